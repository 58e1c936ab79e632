#if Torch
    /// Why a model could not be read, built or written.
    public struct ModelError: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is wrong.
        public enum Problem: Hashable, Sendable {
            /// The file is not there or the system refuses it.
            case unreadable(String)
            /// Not a JSON object.
            case malformedJSON(String)
            /// A key that must be there is not.
            case missingKey(String)
            /// A key's value is of another kind than it must be.
            case wrongType(key: String, expected: String)
            /// A key's value is outside what any model of this kind has.
            case outOfRange(key: String, value: String, allowed: String)
            /// A model that this package does not run.
            case unsupported(key: String, value: String, supported: String)
            /// Values that do not fit each other.
            case inconsistent(String)
            /// Tensors that the configuration asks for and the files lack.
            case missingTensors([String])
            /// Tensors in the files that the configuration has no place for.
            case unexpectedTensors([String])
            /// A tensor of another shape than the configuration gives it.
            case wrongShape(tensor: String, expected: [Int], actual: [Int])
            /// A tensor whose elements are not F32, F16, BF16 or F64.
            case wrongDType(tensor: String, dtype: String)
            /// A tensor with elements that are NaN or infinite.
            case notFinite(tensor: String)
            /// The file has an output matrix of its own although the configuration says that the embeddings serve.
            case headNotTied
            /// No parameter has that name.
            case noSuchParameter(String)
            /// An adapter for a module that the model does not have, or of the wrong shape.
            case unusableAdapter(module: String, reason: String)
            /// A token id outside the vocabulary.
            case tokenOutOfRange(token: Int, vocabulary: Int)
            /// A session was asked for something that it has no room for.
            case sessionLimit(String)
        }

        /// The file or folder concerned, where there is one.
        public var file: String?
        /// What is wrong.
        public var problem: Problem

        /// - Parameters:
        ///   - file: The file or folder concerned, where there is one.
        ///   - problem: What is wrong.
        public init(_ file: String? = nil, _ problem: Problem) {
            self.file = file
            self.problem = problem
        }

        /// One line: the file and what is wrong.
        public var description: String {
            (file.map { $0 + ": " } ?? "") + explanation
        }

        private var explanation: String {
            switch problem {
            case .unreadable(let reason): "cannot be read: \(reason)"
            case .malformedJSON(let reason): "not a JSON object: \(reason)"
            case .missingKey(let key): "the key \(key) is missing"
            case .wrongType(let key, let expected): "\(key) is not \(expected)"
            case .outOfRange(let key, let value, let allowed): "\(key) is \(value), allowed is \(allowed)"
            case .unsupported(let key, let value, let supported):
                "\(key) \(Self.quoted(value)) is not supported (supported: \(supported))"
            case .inconsistent(let reason): reason
            case .missingTensors(let names): "tensors are missing: \(Self.list(names))"
            case .unexpectedTensors(let names):
                "tensors that the configuration has no place for: \(Self.list(names))"
            case .wrongShape(let tensor, let expected, let actual):
                "tensor \(Self.quoted(tensor)): its shape is \(actual), the configuration asks for \(expected)"
            case .wrongDType(let tensor, let dtype):
                "tensor \(Self.quoted(tensor)): weights of type \(dtype) are not supported"
                    + " (supported: F32, F16, BF16, F64)"
            case .notFinite(let tensor): "tensor \(Self.quoted(tensor)): it has values that are not finite"
            case .headNotTied:
                "tie_word_embeddings is true, but lm_head.weight differs from model.embed_tokens.weight"
            case .noSuchParameter(let name): "the model has no parameter \(Self.quoted(name))"
            case .unusableAdapter(let module, let reason): "adapter of \(Self.quoted(module)): \(reason)"
            case .tokenOutOfRange(let token, let vocabulary):
                "the token id \(token) is outside the model's vocabulary of \(vocabulary)"
            case .sessionLimit(let reason): reason
            }
        }

        /// The first names, and how many more there are.
        private static func list(_ names: [String]) -> String {
            let shown = names.prefix(5).map(quoted).joined(separator: ", ")
            return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
        }

        /// Text from a file, fit for one line of a terminal.
        private static func quoted(_ text: String) -> String {
            var shown = "'"
            for (count, scalar) in text.unicodeScalars.enumerated() {
                if count == 200 {
                    shown += "…"
                    break
                }
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator:
                    shown += "\\u{" + String(scalar.value, radix: 16) + "}"
                default: shown.unicodeScalars.append(scalar)
                }
            }
            return shown + "'"
        }
    }
#endif
