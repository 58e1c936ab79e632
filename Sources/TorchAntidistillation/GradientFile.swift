#if Torch
    import Foundation
    import Safetensors
    import Torch
    import TorchModels

    /// A direction in a proxy's weights: g, or a control in its place.
    public struct ProxyGradient: Sendable {
        /// The parameters' names in the model's order.
        public let names: [String]
        /// One float32 tensor for each parameter, of its shape, on the model's device.
        public let tensors: [String: Tensor]
        /// What the file says of it.
        public let info: GradientInfo
        /// ‖g‖.
        public var norm: Double { info.norm }

        /// - Parameters:
        ///   - names: The parameters' names in the model's order.
        ///   - tensors: One tensor for each parameter.
        ///   - info: What is known of it; its norm is ‖g‖.
        public init(names: [String], tensors: [String: Tensor], info: GradientInfo) {
            self.names = names
            self.tensors = tensors
            self.info = info
        }

        /// The tensor of a parameter.
        func tensor(_ name: String) throws -> Tensor {
            guard let tensor = tensors[name] else { throw GradientError(nil, .otherParameters([name])) }
            return tensor
        }

        /// √Σ x² over tensors, summed in double precision.
        static func norm(_ tensors: some Sequence<Tensor>) throws -> Double {
            try tensors.reduce(0.0) { try $0 + $1.to(.float64).squared().sum().item() }.squareRoot()
        }
    }

    /// A gradient as a file: safetensors, float32, under the checkpoint's tensor names.
    public enum GradientFile {
        /// Writes a gradient. The file appears complete or not at all.
        ///
        /// - Parameters:
        ///   - gradient: One tensor for each of the model's parameters.
        ///   - path: Where the file appears.
        ///   - replacing: Whether a file that is there already gives way; otherwise it is an error.
        /// - Throws: `SafetensorsError` or `TorchError`.
        public static func write(_ gradient: ProxyGradient, to path: String, replacing: Bool = false) throws {
            let declarations = try gradient.names.map {
                TensorDeclaration(name: $0, dtype: .float32, shape: try gradient.tensor($0).shape)
            }
            try SafetensorsWriter.write(
                to: path, tensors: declarations, metadata: gradient.info.metadata, replacing: replacing
            ) { tensor, append in
                try gradient.tensor(tensor.name).detach().to(device: .cpu, dtype: .float32).withBytes(append)
            }
        }

        /// Reads what a file says of itself.
        ///
        /// - Throws: `SafetensorsError`, or ``GradientError`` for a file that is no gradient.
        public static func info(_ path: String) throws -> GradientInfo {
            try GradientInfo(metadata: SafetensorsFile(path: path).metadata, file: path)
        }

        /// Reads a gradient for a proxy.
        ///
        /// - Parameters:
        ///   - path: The file.
        ///   - model: The proxy.
        ///   - modelDigest: The ``ModelDigest`` of the proxy's folder; nil to compare names and shapes only.
        /// - Throws: ``GradientError`` for a gradient of another proxy, naming both digests or shapes, or one that is
        ///   damaged; `SafetensorsError`, `TorchError`.
        public static func load(_ path: String, for model: DecoderModel, modelDigest: String?) throws -> ProxyGradient {
            let file = try SafetensorsFile(path: path)
            let info = try GradientInfo(metadata: file.metadata, file: path)
            let known = Set(model.parameterNames)
            let unmatched =
                model.parameterNames.filter { file[$0] == nil } + file.names.filter { !known.contains($0) }.sorted()
            guard unmatched.isEmpty else { throw GradientError(path, .otherParameters(unmatched)) }
            for name in model.parameterNames {
                let tensor = try file.info(name)
                let shape = try model.parameter(name).shape
                guard tensor.shape == shape else {
                    throw GradientError(path, .otherShape(tensor: name, gradient: tensor.shape, model: shape))
                }
                guard tensor.dtype == .float32 else {
                    throw GradientError(path, .notFloat32(tensor: name, dtype: tensor.dtype.rawValue))
                }
            }
            if let modelDigest, modelDigest != info.modelDigest {
                throw GradientError(path, .otherModel(gradient: info.modelDigest, model: modelDigest))
            }
            var tensors: [String: Tensor] = [:]
            for name in model.parameterNames {
                let shape = try file.info(name).shape
                tensors[name] = try file.withTensorBytes(name) {
                    try Tensor(bytes: $0, dtype: .float32, shape: shape).to(device: model.device)
                }
            }
            let norm = try ProxyGradient.norm(tensors.values)
            guard norm.isFinite, abs(norm - info.norm) <= 1e-5 * max(norm, info.norm) else {
                throw GradientError(path, .wrongNorm(stated: info.norm, actual: norm))
            }
            return ProxyGradient(names: model.parameterNames, tensors: tensors, info: info)
        }
    }
#endif
