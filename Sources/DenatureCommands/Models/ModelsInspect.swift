#if Torch
    import ArgumentParser
    import Denature
    import DenatureTorch
    import Foundation

    extension ModelsCommand {
        /// `denature models inspect`.
        struct Inspect: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Check a model's files and say what they hold.",
                discussion: """
                    Compares every tensor's name, shape and type with config.json, checks the shards against their index,
                    looks for values that are not finite, and compares the tokenizer with the vocabulary. The digest is over
                    names, types, shapes and weights, however they are cut into files.

                      denature models inspect DIR --json

                    Exit status: 0 in order; 1 not; 2 wrong usage.
                    """)

            @OptionGroup var options: SettingsOptions<ModelsInspectSettings>
            @Flag(help: "Print one JSON object.") var json = false

            func run() async throws {
                let description = try await ModelInspector(options.settings).run().report()
                if json {
                    try Console.json(description)
                } else {
                    for line in description.lines { try Console.output(line) }
                }
            }
        }
    }

    extension CheckpointDescription {
        /// Lines of names and values for a person.
        fileprivate var lines: [String] {
            let types = dtypes.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
            let ends = endTokens.map { "\($0)" }.joined(separator: ", ")
            let (single, half) = (Self.size(memory.weightsFloat32), Self.size(memory.weightsHalf))
            let (cache, training) = (Self.size(memory.cachePerTokenFloat32), Self.size(memory.trainingFloat32))
            var lines: [String] = []
            func add(_ name: String, _ text: String) { lines.append(name + "\t" + text) }
            add("architecture", architecture)
            add("parameters", "\(parameters)")
            add("blocks", "\(layers) of width \(hiddenSize), MLP \(intermediateSize)")
            add("heads", "\(heads) of \(headDim), keys and values \(keyValueHeads)")
            add("vocabulary", "\(vocabularySize)" + (tiedEmbeddings ? ", tied embeddings" : ""))
            add("context", "\(contextLength), rope theta \(ropeTheta), scaling \(ropeScaling)")
            add("files", "\(shards.count): \(tensors) tensors (\(types)), \(Self.size(weightsBytes))")
            add("tokenizer", tokens.map { "\($0) tokens" } ?? "none")
            add("end tokens", ends.isEmpty ? "none" : ends)
            add("weights", "\(single) in float32, \(half) in half precision")
            add("cache", "\(cache) per token and sequence in float32")
            add("training", "\(training) and activations")
            if let digest { add("digest", digest) }
            return lines
        }

        private static func size(_ bytes: Int) -> String {
            let units = ["B", "KiB", "MiB", "GiB", "TiB"]
            var (value, unit) = (Double(bytes), 0)
            while value >= 1024, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
            return unit == 0 ? "\(bytes) B" : String(format: "%.1f %@", value, units[unit])
        }
    }
#endif
