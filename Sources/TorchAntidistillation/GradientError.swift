#if Torch
    /// Why a gradient, or what is made of it, cannot be had.
    public struct GradientError: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is wrong.
        public enum Problem: Hashable, Sendable {
            /// The file lacks a piece of metadata, or holds something that cannot be.
            case malformedMetadata(key: String, value: String?)
            /// The gradient was computed for other weights.
            case otherModel(gradient: String, model: String)
            /// The gradient's tensors are not the model's parameters.
            case otherParameters([String])
            /// A tensor of another shape than the model's parameter.
            case otherShape(tensor: String, gradient: [Int], model: [Int])
            /// A tensor that is not float32.
            case notFloat32(tensor: String, dtype: String)
            /// The tensors' norm is not the one in the metadata, or not a number.
            case wrongNorm(stated: Double, actual: Double)
            /// The loss or the gradient is not finite.
            case notFinite
            /// There is no token to take the loss of.
            case noTokens
            /// A gradient in half precision is not worth its name.
            case halfPrecision(String)
            /// The perturbed copies are not where they should be.
            case roundedAway(dtype: String, deviation: Double)
            /// A setting outside its range.
            case invalidOption(String)
        }

        /// The file concerned, where there is one.
        public var file: String?
        /// What is wrong.
        public var problem: Problem

        init(_ file: String? = nil, _ problem: Problem) {
            self.file = file
            self.problem = problem
        }

        /// One line: the file and what is wrong.
        public var description: String {
            (file.map { $0 + ": " } ?? "") + explanation
        }

        private var explanation: String {
            switch problem {
            case .malformedMetadata(let key, let value):
                value.map { "the metadata's \(key) cannot be '\($0)'" }
                    ?? "not a gradient file: the metadata lack \(key)"
            case .otherModel(let gradient, let model):
                "the gradient was computed for weights with SHA-256 \(gradient), the proxy's have \(model)"
            case .otherParameters(let names):
                "the gradient's tensors are not the proxy's parameters: \(Self.list(names))"
            case .otherShape(let tensor, let gradient, let model):
                "tensor '\(tensor)': the gradient's shape is \(gradient), the proxy's \(model)"
            case .notFloat32(let tensor, let dtype): "tensor '\(tensor)' is \(dtype); gradients are float32"
            case .wrongNorm(let stated, let actual):
                "the metadata state a norm of \(stated), the tensors have \(actual)"
            case .notFinite: "the loss or its gradient is not finite"
            case .noTokens: "the held-out traces have no completion token"
            case .halfPrecision(let dtype):
                "a gradient is computed in float32, not in \(dtype): load the proxy with that type"
            case .roundedAway(let dtype, let deviation):
                "in \(dtype) the perturbed copies are off by \(Int((deviation * 100).rounded())) % of the perturbation"
                    + " (at most 5 % is allowed): perturb in float32, or take exact derivatives"
            case .invalidOption(let reason): reason
            }
        }

        private static func list(_ names: [String]) -> String {
            let shown = names.prefix(5).joined(separator: ", ")
            return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
        }
    }
#endif
