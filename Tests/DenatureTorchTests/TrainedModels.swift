#if Torch
    import Denature
    import DenatureTorch
    import Foundation
    import TestSupport
    import Tokenizers

    /// Tiny models that were trained for a step, and what they learn: made once for all tests.
    final class TrainedModels: Sendable {
        let folder: TemporaryDirectory

        static let shared = Task { try await TrainedModels() }

        func file(_ name: String) -> String { folder.file(name) }

        private init() async throws {
            folder = try TemporaryDirectory()
            let trainer = WordVocabularyTrainer(
                vocabularySize: 120, included: (0...40).map { " \($0)" } + ["####", " ####", "\n"],
                fallback: .unknown("<unk>"))
            try trainer.train([Self.reasoning(1), Self.problem(1)]).write(to: file("tokenizer"))
            // The same tokens, other bytes.
            try FileManager.default.copyItem(atPath: file("tokenizer"), toPath: file("tokenizer-2"))
            let configuration = file("tokenizer-2/tokenizer_config.json")
            try (String(contentsOfFile: configuration, encoding: .utf8) + "\n").write(
                toFile: configuration, atomically: true, encoding: .utf8)
            try write("traces.jsonl", (0..<12).map { Self.record($0) })
            try write("traces-2.jsonl", (5..<17).map { Self.record($0) })
            try write("held.jsonl", (17..<20).map { Self.record($0) })
            try write("held-2.jsonl", (22..<25).map { Self.record($0) })
            try write("problems.jsonl", (20..<22).map { Self.question($0) })
            try write("problems-2.jsonl", (30..<32).map { Self.question($0) })
            try write("shape.json", [Self.shape(width: 16)])
            try write("shape-2.json", [Self.shape(width: 24)])
            for (name, seed) in [("model", 1), ("model-2", 2)] as [(String, UInt64)] {
                var settings = TrainSettings()
                settings.initialShape = file("shape.json")
                settings.tokenizer = file("tokenizer")
                settings.data = file("traces.jsonl")
                settings.output = file(name)
                settings.steps = 1
                settings.seed = seed
                settings.runtime.threads = 1
                _ = try await ModelTrainer(settings).run().report()
            }
            var settings = TrainSettings()
            settings.model = file("model")
            settings.data = file("traces.jsonl")
            settings.output = file("adapter")
            settings.steps = 1
            settings.learning.loraRank = 2
            settings.runtime.threads = 1
            _ = try await ModelTrainer(settings).run().report()
        }

        private func write(_ name: String, _ lines: [String]) throws {
            try lines.map { $0 + "\n" }.joined().write(toFile: file(name), atomically: true, encoding: .utf8)
        }

        private static func problem(_ i: Int) -> String { "How many apples are there in case \(i) ?" }

        private static func reasoning(_ i: Int) -> String {
            "First, Anna takes \(i + 3) apples out of the crate. Then she needs to buy \(i + 5) apples and adds them to "
                + "the others. Therefore, she now has \(i + 3) + \(i + 5) = \(2 * i + 8) apples in total."
        }

        private static func record(_ i: Int) -> String {
            #"{"problem":"\#(problem(i))","trace":"\#(reasoning(i))\n#### \#(2 * i + 8)"}"#
        }

        private static func question(_ i: Int) -> String {
            #"{"problem":"\#(problem(i))","answer":\#(2 * i + 8),"id":"p\#(i)"}"#
        }

        private static func shape(width: Int) -> String {
            """
            {"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_size":\(width),"intermediate_size":\(2 * width),\
            "num_hidden_layers":1,"num_attention_heads":2,"vocab_size":120,"max_position_embeddings":128,"rms_norm_eps":1e-5,\
            "rope_theta":10000.0,"tie_word_embeddings":false,"initializer_range":0.1}
            """
        }
    }
#endif
