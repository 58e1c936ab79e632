#if Torch
    import Safetensors
    import Torch

    extension DecoderModel {
        /// Reads a model from a folder in Hugging Face's layout: `config.json` and `model.safetensors`, or shards with
        /// their index.
        ///
        /// Every tensor that the configuration asks for must be there in its shape, and no others.
        /// - Parameters:
        ///   - folder: the folder's path.
        ///   - dtype: the type to compute in; by default float32 on the CPU and the file's on a CUDA device.
        ///   - device: where the weights go.
        ///   - architectures: those that the model may be of.
        /// - Throws: ``ModelError``, `SafetensorsError` or, where memory runs out, `TorchError`.
        public static func load(
            _ folder: String, dtype: DType? = nil, device: Device = .cpu,
            architectures: ArchitectureRegistry = .standard
        ) throws -> DecoderModel {
            let configuration = try DecoderConfiguration.load(folder, architectures: architectures)
            let checkpoint = try ModelCheckpoint(folder, configuration)
            let target = dtype ?? (device == .cpu ? .float32 : checkpoint.dtype)
            guard target.isFloatingPoint else {
                throw ModelError(
                    nil, .unsupported(key: "dtype", value: target.rawValue, supported: "floating point"))
            }
            var parameters: [String: Tensor] = [:]
            for (name, _) in configuration.parameterShapes {
                parameters[name] = try checkpoint.tensor(name).to(device: device, dtype: target)
            }
            return try DecoderModel(configuration: configuration, parameters: parameters)
        }
    }

    /// A model's files, checked against its configuration before anything is read.
    package struct ModelCheckpoint {
        /// The files.
        package let files: Checkpoint
        /// The type of the embeddings in the file.
        package let dtype: DType
        private let configuration: DecoderConfiguration

        /// Opens every shard and compares names, shapes and types with the configuration.
        package init(_ folder: String, _ configuration: DecoderConfiguration) throws {
            files = try Checkpoint(folder: folder)
            self.configuration = configuration
            let shapes = configuration.storedShapes
            let missing = shapes.map(\.name).filter { [files] in !files.contains($0) }
            if !missing.isEmpty { throw ModelError(folder, .missingTensors(missing)) }
            let known = Set(shapes.map(\.name))
            let unexpected = files.tensorNames.filter {
                !known.contains($0) && !Self.isIgnored($0, configuration)
            }
            if !unexpected.isEmpty { throw ModelError(folder, .unexpectedTensors(unexpected)) }
            var first: DType?
            for (name, shape) in shapes {
                let info = try files.info(name)
                guard info.shape == shape else {
                    throw ModelError(folder, .wrongShape(tensor: name, expected: shape, actual: info.shape))
                }
                guard let dtype = DType(info.dtype) else {
                    throw ModelError(folder, .wrongDType(tensor: name, dtype: info.dtype.rawValue))
                }
                first = first ?? dtype
            }
            dtype = first ?? .float32
            try files.verify()
            try checkTiedHead()
        }

        /// A parameter in the file's type, on the CPU.
        package func tensor(_ parameter: String) throws -> Tensor {
            let name = configuration.storedName(parameter)
            let info = try files.info(name)
            guard let dtype = DType(info.dtype) else {
                throw ModelError(files.folder, .wrongDType(tensor: name, dtype: info.dtype.rawValue))
            }
            let whole = try files.withTensorBytes(name) {
                try Tensor(bytes: $0, dtype: dtype, shape: info.shape)
            }
            guard let rows = configuration.rows(of: parameter) else { return whole }
            return try whole.narrow(0, start: rows.lowerBound, length: rows.count).clone()
        }

        /// Reads every weight and fails for one that is NaN or infinite.
        package func checkFinite() throws {
            for (name, _) in configuration.parameterShapes {
                let isFinite = try tensor(name).to(.float32).isFinite().to(.float32).amin().item() > 0
                if !isFinite { throw ModelError(files.folder, .notFinite(tensor: name)) }
            }
        }

        /// What older versions of transformers stored without need.
        private static func isIgnored(_ name: String, _ configuration: DecoderConfiguration) -> Bool {
            name.hasSuffix(".self_attn.rotary_emb.inv_freq")
                || (configuration.tied && name == configuration.storedName("lm_head.weight"))
        }

        /// Some tools store a tied output matrix a second time. One that differs means that the configuration is wrong.
        private func checkTiedHead() throws {
            let name = configuration.storedName("lm_head.weight")
            guard configuration.tied, files.contains(name) else { return }
            let isEqual = try files.withTensorBytes(name) { head in
                try files.withTensorBytes(configuration.storedName("model.embed_tokens.weight")) { embeddings in
                    head.elementsEqual(embeddings)
                }
            }
            if !isEqual { throw ModelError(files.folder, .headNotTied) }
        }
    }

    extension DecoderConfiguration {
        /// What a parameter is called in files.
        func storedName(_ parameter: String) -> String { architecture.definition.storedName(of: parameter) }

        /// ``parameterShapes`` with the names that files have; those of one name are stacked.
        var storedShapes: [(name: String, shape: [Int])] {
            var stored: [(name: String, shape: [Int])] = []
            var places: [String: Int] = [:]
            for (parameter, shape) in parameterShapes {
                let name = storedName(parameter)
                if let place = places[name] {
                    stored[place].shape[0] += shape[0]
                } else {
                    places[name] = stored.count
                    stored.append((name, shape))
                }
            }
            return stored
        }

        /// Which rows of a stored tensor are a parameter; nil where it is the whole tensor.
        func rows(of parameter: String) -> Range<Int>? {
            let name = storedName(parameter)
            var start = 0
            var own: Range<Int>?
            for (other, shape) in parameterShapes where storedName(other) == name {
                if other == parameter { own = start..<start + shape[0] }
                start += shape[0]
            }
            return own.flatMap { $0.count == start ? nil : $0 }
        }
    }

    extension DType {
        /// The type that a file names, where weights can have it.
        package init?(_ stored: SafetensorsDType) {
            switch stored {
            case .float32: self = .float32
            case .float64: self = .float64
            case .float16: self = .float16
            case .bfloat16: self = .bfloat16
            default: return nil
            }
        }

        /// Whether sums are better taken in float32.
        package var isHalf: Bool { self == .bfloat16 || self == .float16 }

        /// The name in a file, where weights can have this type.
        package var stored: SafetensorsDType? {
            switch self {
            case .float32: .float32
            case .float64: .float64
            case .float16: .float16
            case .bfloat16: .bfloat16
            default: nil
            }
        }
    }
#endif
