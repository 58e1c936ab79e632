#if Torch
    import Files
    import Foundation
    import Safetensors
    import StrictJSON
    import Torch
    import TorchModels

    /// Adapters in the layout of the PEFT library: `adapter_config.json` and `adapter_model.safetensors`.
    public enum AdapterFolder {
        /// What PEFT's configuration file says, as far as it matters here.
        private struct Configuration: Codable {
            var peftType = "LORA"
            var taskType: String? = "CAUSAL_LM"
            var baseModelNameOrPath: String?
            var r = 8
            var loraAlpha = 8.0
            var loraDropout: Double? = 0
            var targetModules: Targets? = .list([])
            var bias: String? = "none"
            var fanInFanOut: Bool? = false
            var useRslora: Bool? = false
            var useDora: Bool? = false
            var modulesToSave: [String]?
            var alphaPattern: [String: Double]? = [:]
            var rankPattern: [String: Int]? = [:]
            var inferenceMode: Bool? = true
        }

        /// A list of names, or a pattern.
        private enum Targets: Codable {
            case list([String])
            case pattern(String)

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let list = try? container.decode([String].self) {
                    self = .list(list)
                } else {
                    self = .pattern(try container.decode(String.self))
                }
            }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                switch self {
                case .list(let names): try container.encode(names)
                case .pattern(let pattern): try container.encode(pattern)
                }
            }
        }

        private static let prefix = "base_model.model."

        // MARK: Writing

        /// Writes a model's adapters; each file appears complete or not at all, the weights last.
        ///
        /// - Parameters:
        ///   - model: A model with adapters.
        ///   - options: What they were made with.
        ///   - baseModel: Where the model without adapters is, for PEFT to find it.
        ///   - folder: Where the files go; must exist.
        ///   - replacing: Whether files that are there give way.
        /// - Throws: ``FineTuningError``, `SafetensorsError` or `TorchError`.
        public static func write(
            _ model: DecoderModel, options: AdapterOptions, baseModel: String?, to folder: String,
            replacing: Bool = false
        ) throws {
            var tensors: [String: Tensor] = [:]
            for (module, adapter) in model.adapters {
                tensors[prefix + module + ".lora_A.weight"] = try adapter.a.detach().to(.float32)
                tensors[prefix + module + ".lora_B.weight"] = try adapter.b.detach().to(.float32)
            }
            let configuration = Configuration(
                baseModelNameOrPath: baseModel, r: options.rank, loraAlpha: options.alpha,
                targetModules: .list(options.suffixes.sorted()))
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let path = folder + "/adapter_config.json"
            let text = try encoder.encode(configuration) + [0x0A]
            do throws(FileError) {
                try WholeFile.write(text, to: path, replacing: true)
            } catch {
                throw FineTuningError(.unwritable, "\(path): cannot be written: \(error.reason)")
            }
            let writer = try CheckpointWriter(
                folder: folder, baseName: "adapter_model",
                tensors: tensors.keys.sorted().map { name in
                    TensorDeclaration(name: name, dtype: .float32, shape: tensors[name]?.shape ?? [])
                }, replacing: replacing)
            for (name, tensor) in tensors { try tensor.withBytes { try writer.append($0, to: name) } }
            try writer.finish()
        }

        // MARK: Reading

        /// The path or name of the model that a folder's adapters belong to, if the file says so.
        ///
        /// - Throws: ``FineTuningError``.
        public static func baseModel(of folder: String) throws(FineTuningError) -> String? {
            try configuration(folder).baseModelNameOrPath
        }

        /// Reads adapters and gives them to a model, in float32.
        ///
        /// - Returns: Their rank and alpha, with their targets.
        /// - Throws: ``FineTuningError`` for adapters that do not fit or are of a kind not implemented; `SafetensorsError`.
        @discardableResult
        public static func attach(_ folder: String, to model: DecoderModel) throws -> AdapterOptions {
            let configuration = try configuration(folder)
            let file = try Checkpoint(folder: folder, baseName: "adapter_model")
            var halves: [String: [String: Tensor]] = [:]
            for name in file.tensorNames {
                guard name.hasPrefix(prefix),
                    let kind = ["lora_A", "lora_B"].first(where: { name.hasSuffix(".\($0).weight") })
                else {
                    throw FineTuningError(
                        .adapterMismatch, "\(folder): the tensor \(name) is of no kind of adapter that is implemented")
                }
                let module = String(name.dropFirst(prefix.count).dropLast(".\(kind).weight".count))
                halves[module, default: [:]][kind] = try Tensor(
                    file.floats(name), shape: file.info(name).shape
                ).to(model.device)
            }
            var adapters: [String: LowRankAdapter] = [:]
            for (module, pair) in halves.sorted(by: { $0.key < $1.key }) {
                guard let a = pair["lora_A"], let b = pair["lora_B"], a.rank == 2, a.size(0) > 0 else {
                    throw FineTuningError(.adapterMismatch, "\(folder): \(module) lacks one of its two matrices")
                }
                // rsLoRA (arXiv 2312.03732) scales by the root of the rank.
                let rank = Double(a.size(0))
                let scale = configuration.loraAlpha / (configuration.useRslora == true ? rank.squareRoot() : rank)
                adapters[module] = LowRankAdapter(a: a, b: b, scale: scale)
            }
            // The model checks shapes when it builds its layers.
            model.adapters = adapters
            _ = try model.replacing([:])
            var targets: [String] = []
            if case .list(let names)? = configuration.targetModules { targets = names }
            return AdapterOptions(rank: configuration.r, alpha: configuration.loraAlpha, targets: targets)
        }

        private static func configuration(_ folder: String) throws(FineTuningError) -> Configuration {
            let path = folder + "/adapter_config.json"
            let data: [UInt8]
            do throws(FileError) {
                data = try WholeFile.read(path)
            } catch {
                throw FineTuningError(.unreadable, "\(path): cannot be read: \(error.reason)")
            }
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            let configuration: Configuration
            do throws(JSONError) {
                configuration = try StrictDecoding.decode(Configuration.self, from: data, decoder: decoder)
            } catch {
                throw FineTuningError(.unreadable, "\(path): is not the configuration of adapters: \(error.message)")
            }
            let refused: [(String, Bool)] = [
                ("peft_type other than LORA", configuration.peftType != "LORA"),
                ("use_dora", configuration.useDora == true),
                ("fan_in_fan_out", configuration.fanInFanOut == true),
                ("trained biases", (configuration.bias ?? "none") != "none"),
                ("modules_to_save", configuration.modulesToSave?.isEmpty == false),
                ("rank_pattern", configuration.rankPattern?.isEmpty == false),
                ("alpha_pattern", configuration.alphaPattern?.isEmpty == false),
            ]
            for (name, isUsed) in refused where isUsed {
                throw FineTuningError(.adapterMismatch, "\(path): \(name) is not implemented")
            }
            guard configuration.r > 0, configuration.loraAlpha.isFinite else {
                throw FineTuningError(.unreadable, "\(path): rank and alpha make no sense")
            }
            return configuration
        }
    }

    extension DecoderModel {
        /// The same model with its adapters added into the weights: W + scale · B A, summed in float32.
        ///
        /// - Throws: `TorchError`, or `ModelError` for adapters of a tied output matrix.
        public func mergingAdapters() throws -> DecoderModel {
            var merged: [String: Tensor] = [:]
            try Autograd.noGrad {
                for (module, adapter) in adapters {
                    let name = module + ".weight"
                    let change = try adapter.b.to(.float32).matmul(adapter.a.to(.float32))  // [out, in]
                    merged[name] = try parameter(name).to(.float32).adding(change, scaledBy: adapter.scale).to(dtype)
                }
            }
            let model = try replacing(merged)
            model.adapters = [:]
            return model
        }
    }
#endif
