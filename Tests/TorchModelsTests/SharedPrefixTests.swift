#if Torch
    import Generation
    import TestSupport
    import Testing
    import Torch

    @testable import TorchModels

    @Suite("Models: variants of a text")
    struct SharedPrefixTests {
        private func model(
            _ architecture: DecoderConfiguration.Architecture, _ dtype: DType = .float64
        ) throws -> DecoderModel {
            try DecoderModel.random(
                DecoderConfiguration(
                    architecture: architecture, hiddenSize: 16, intermediateSize: 24, layers: 2, heads: 4, kvHeads: 2,
                    headDim: 6, vocabularySize: 20, maxPositions: 64, tied: false, initializerRange: 0.3),
                seed: 3, dtype: dtype)
        }

        private func plain(_ sequences: [TeacherForcedSequence], _ model: DecoderModel) throws -> [[Double]] {
            try TeacherForcedBatch.perToken(sequences, options: ScoringOptions(), model: model, missing: 0) {
                try $0.logProbabilities(model)
            }
        }

        @Test(
            "What is read once is what is read for each",
            arguments: ArchitectureRegistry.standard.architectures, [0, 1, 5, 9])
        func isTheSame(architecture: DecoderConfiguration.Architecture, common: Int) throws {
            let model = try model(architecture)
            var random = SplitMix64(seed: UInt64(common) + 17)
            func token() -> Int32 { Int32.random(in: 0..<20, using: &random) }
            for count in [10, common + 1, common + 2] where count > 1 {
                let prompt = (0..<7).map { _ in token() }
                let beginning = (0..<common).map { _ in token() }
                let sequences = (0..<9).map { _ in
                    TeacherForcedSequence(
                        prompt: prompt, completion: beginning + (common..<count).map { _ in token() })
                }
                let variants = try #require(TextVariants(sequences))
                // Passes of several variants, of one alone, and by tokens.
                for options in [
                    ScoringOptions(), ScoringOptions(batchSize: 4), ScoringOptions(batchSize: 1),
                    ScoringOptions(batchTokens: 40),
                ] {
                    let values = try Autograd.noGrad { try variants.logProbabilities(model, options: options) }
                    let expected = try Autograd.noGrad { try plain(sequences, model) }
                    #expect(values.map(\.count) == expected.map(\.count))
                    for (value, other) in zip(values.joined(), expected.joined()) {
                        #expect(abs(value - other) < 1e-10)
                    }
                }
            }
        }

        @Test func oneTextIsNoVariant() {
            let text = TeacherForcedSequence(prompt: [1, 2], completion: [3, 4])
            #expect(TextVariants([text]) == nil)
            #expect(TextVariants([text, TeacherForcedSequence(prompt: [1], completion: [3, 4])]) == nil)
            #expect(TextVariants([text, TeacherForcedSequence(prompt: [1, 2], completion: [3])]) == nil)
            #expect(
                TextVariants(
                    [[3, 4], [4, 4]].map { TeacherForcedSequence(prompt: [], completion: $0) }) == nil)
            #expect(TextVariants([text, text]) != nil)
        }

        @Test(arguments: [Int32(-1), 20])
        func unknownTokensAreAnError(token: Int32) throws {
            let model = try model(.llama)
            for completion in [[3, token, 4, 5], [token, 3, 4, 5], [3, 3, 4, token]] {
                let variants = try #require(
                    TextVariants([
                        TeacherForcedSequence(prompt: [1], completion: [3, 3, 4, 5]),
                        TeacherForcedSequence(prompt: [1], completion: completion),
                    ]))
                #expect(throws: ModelError.self) {
                    try variants.logProbabilities(model, options: ScoringOptions())
                }
            }
        }
    }
#endif
