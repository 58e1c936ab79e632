#if Torch
    import Antidistillation
    import Foundation
    import TestSupport
    import Tokenizers
    import Torch
    import TorchAntidistillation
    import TorchModels
    import TraceRewriting
    import Traces
    import TrainingExamples

    /// The lab's models and traces, and random models for its tokens.
    enum Lab {
        static let folder = Repository.path("fixtures/lab")
        static let format = PromptFormat.plain(separator: "\n")

        static func tokenizer() throws -> Tokenizer { try Tokenizer.load(folder + "/proxy") }

        static func vocabulary() throws -> SwapVocabulary { SwapVocabulary(try tokenizer(), size: 344) }

        static func model(_ name: String, dtype: DType = .float32) throws -> DecoderModel {
            TorchRuntime.setThreads(1)
            return try DecoderModel.load(folder + "/" + name, dtype: dtype, device: .cpu)
        }

        static func gradient(_ model: DecoderModel) throws -> ProxyGradient {
            try GradientFile.load(folder + "/gradient.safetensors", for: model, modelDigest: nil)
        }

        static func turns(_ count: Int) throws -> [AnalysedTurn] {
            let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/warm-traces.jsonl"))
            return try data.split(separator: 0x0A).prefix(count).enumerated().flatMap { index, line in
                let location = SourceLocation(file: "warm-traces.jsonl", line: index + 1)
                return try Data(line).withUnsafeBytes {
                    try TraceParser.parse(line: $0, format: nil, location: location).turns
                }.map(AnalysedTurn.init)
            }
        }

        static func texts(_ count: Int) throws -> [SwapText] {
            let (tokenizer, vocabulary) = (try tokenizer(), try vocabulary())
            return try turns(count).map {
                try SwapText($0, tokenizer: tokenizer, format: format, vocabulary: vocabulary)
            }
        }

        static func scorer(_ ranking: ProxySwapScorer.Ranking, teacher: SwapTeacher? = nil) throws -> ProxySwapScorer {
            let proxy = try model("proxy")
            return try ProxySwapScorer(
                proxy, gradient: gradient(proxy), vocabulary: vocabulary(), ranking: ranking, teacher: teacher)
        }

        static func teacher() throws -> SwapTeacher {
            SwapTeacher(
                try model("teacher"), tokenizer: try Tokenizer.load(folder + "/teacher"), format: format,
                map: .identity(size: 344))
        }

        /// Small, random, in double precision.
        static func random(_ architecture: DecoderConfiguration.Architecture, tied: Bool) throws -> DecoderModel {
            TorchRuntime.setThreads(1)
            let configuration = try DecoderConfiguration(
                architecture: architecture, hiddenSize: 16, intermediateSize: 24, layers: 2, heads: 4, kvHeads: 2,
                vocabularySize: 344, maxPositions: 256, tied: tied, initializerRange: 0.3)
            return try DecoderModel.random(configuration, seed: 3, dtype: .float64, device: .cpu)
        }

        /// The gradient of a model's loss on the last of so many traces.
        static func gradient(of model: DecoderModel, _ texts: [SwapText]) throws -> ProxyGradient {
            let result = try GradientJob(model: model, examples: texts.map(example)).run()
            return ProxyGradient(
                names: model.parameterNames, tensors: result.gradient,
                info: GradientInfo(
                    loss: result.loss, norm: result.norm, lossAverage: .token, traces: result.traces,
                    tokens: result.tokens, dataDigest: "data", modelDigest: "model", toolVersion: "test"))
        }

        static func example(_ text: SwapText) -> TokenizedExample {
            TokenizedExample(prompt: text.prompt, completion: text.completion, line: 1)
        }
    }
#endif
