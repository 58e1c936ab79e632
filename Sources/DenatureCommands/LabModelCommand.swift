#if Torch
    import ArgumentParser
    import TorchModels

    /// `denature lab model`.
    struct LabModel: AsyncParsableCommand {
        /// The lab's models.
        enum Role: String, CaseIterable, ExpressibleByArgument {
            case teacher, proxy, student
        }

        static let configuration = CommandConfiguration(
            commandName: "model", abstract: "An untrained model of the lab's shapes, with the lab's tokenizer.",
            discussion: """
                teacher: width 128, 4 layers, 4 heads, MLP 384. proxy: 96, 3, 4, 256. student: 80, 4, 4, 256. Llama blocks
                with separate input and output embeddings.

                  denature lab model --role student --seed 1 -o DIR
                """)

        @Option(help: "teacher, proxy or student.") var role: Role
        @Option(help: "Decides the weights.") var seed: UInt64 = 1
        @Option(name: .shortAndLong, help: "The folder to write.") var output: String
        @Flag(help: "Replace an existing model.") var force = false

        mutating func run() async throws {
            do {
                let trained = try LabTokenizer.make()
                let tokenizer = try trained.tokenizer()
                let end = tokenizer.endID.map { [$0] } ?? []
                let shape: (hidden: Int, layers: Int, intermediate: Int)
                switch role {
                case .teacher: shape = (128, 4, 384)
                case .proxy: shape = (96, 3, 256)
                case .student: shape = (80, 4, 256)
                }
                let configuration = try DecoderConfiguration(
                    architecture: .llama, hiddenSize: shape.hidden, intermediateSize: shape.intermediate,
                    layers: shape.layers, heads: 4, vocabularySize: tokenizer.vocabularySize, maxPositions: 256,
                    initializerRange: 0.06, endIDs: end)
                try DecoderModel.random(configuration, seed: seed).save(to: output, replacing: force)
                try trained.write(to: output)
            } catch {
                throw CommandFailure(description: "\(error)")
            }
        }
    }
#endif
