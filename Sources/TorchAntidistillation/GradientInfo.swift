#if Torch
    import Antidistillation

    /// What a gradient file says of itself.
    public struct GradientInfo: Hashable, Sendable, Codable {
        /// What the tensors are.
        public enum Direction: String, Hashable, Sendable, CaseIterable, Codable {
            /// ∇L.
            case gradient
            /// −∇L: the control that should help a student.
            case negated
            /// A random direction of the same norm: the control that should do nothing.
            case random
        }

        /// L: the mean negative log-likelihood of a completion token in nats.
        public var loss: Double
        /// ‖g‖.
        public var norm: Double
        /// How the losses of tokens were put together.
        public var lossAverage: LossAverage
        /// What the loss was taken of.
        public var lossTokens: LossTokens
        /// The number of held-out traces.
        public var traces: Int
        /// The number of completion tokens that the loss is taken of.
        public var tokens: Int
        /// SHA-256 of the held-out traces.
        public var dataDigest: String
        /// SHA-256 of the proxy's weights, see ``ModelDigest``.
        public var modelDigest: String
        /// The version of the tool that wrote the file.
        public var toolVersion: String
        /// What the tensors are.
        public var direction: Direction
        /// The seed of a random direction.
        public var seed: UInt64?

        /// - Parameters:
        ///   - loss: L in nats per token.
        ///   - norm: ‖g‖.
        ///   - lossAverage: How the losses of tokens were put together.
        ///   - traces: The number of held-out traces.
        ///   - tokens: The number of completion tokens.
        ///   - dataDigest: SHA-256 of the held-out traces.
        ///   - modelDigest: SHA-256 of the proxy's weights.
        ///   - toolVersion: The version of the tool that writes the file.
        ///   - direction: What the tensors are.
        ///   - seed: The seed of a random direction.
        ///   - lossTokens: What the loss was taken of.
        public init(
            loss: Double, norm: Double, lossAverage: LossAverage, traces: Int, tokens: Int, dataDigest: String,
            modelDigest: String, toolVersion: String, direction: Direction = .gradient, seed: UInt64? = nil,
            lossTokens: LossTokens = .completion
        ) {
            self.loss = loss
            self.norm = norm
            self.lossAverage = lossAverage
            self.traces = traces
            self.tokens = tokens
            self.dataDigest = dataDigest
            self.modelDigest = modelDigest
            self.toolVersion = toolVersion
            self.direction = direction
            self.seed = seed
            self.lossTokens = lossTokens
        }
    }

    extension GradientInfo {
        private static let kind = "denature-gradient/1"

        /// The file's string map.
        var metadata: [String: String] {
            var map = [
                "format": "pt", "kind": Self.kind, "loss": "\(loss)", "norm": "\(norm)",
                "loss_average": lossAverage.rawValue, "traces": "\(traces)", "tokens": "\(tokens)",
                "data_sha256": dataDigest, "model_sha256": modelDigest, "tool_version": toolVersion,
                "direction": direction.rawValue,
            ]
            if let seed { map["seed"] = "\(seed)" }
            // As files were before there was a choice.
            if lossTokens != .completion { map["loss_tokens"] = lossTokens.rawValue }
            return map
        }

        /// Reads the string map back.
        ///
        /// - Throws: ``GradientError`` with `malformedMetadata`.
        init(metadata: [String: String], file: String) throws {
            func value<T>(_ key: String, _ parse: (String) -> T?) throws -> T {
                guard let text = metadata[key] else {
                    throw GradientError(file, .malformedMetadata(key: key, value: nil))
                }
                guard let value = parse(text) else {
                    throw GradientError(file, .malformedMetadata(key: key, value: String(text.prefix(80))))
                }
                return value
            }
            _ = try value("kind") { $0 == Self.kind ? $0 : nil }
            func finite(_ text: String) -> Double? { Double(text).flatMap { $0.isFinite ? $0 : nil } }
            func count(_ text: String) -> Int? { Int(text).flatMap { $0 >= 0 ? $0 : nil } }
            self.init(
                loss: try value("loss", finite), norm: try value("norm") { finite($0).flatMap { $0 >= 0 ? $0 : nil } },
                lossAverage: try value("loss_average", LossAverage.init(rawValue:)),
                traces: try value("traces", count), tokens: try value("tokens", count),
                dataDigest: try value("data_sha256") { $0 }, modelDigest: try value("model_sha256") { $0 },
                toolVersion: try value("tool_version") { $0 },
                direction: try value("direction", Direction.init(rawValue:)),
                seed: try metadata["seed"] == nil ? nil : value("seed") { UInt64($0) },
                lossTokens: try metadata["loss_tokens"] == nil
                    ? .completion : value("loss_tokens", LossTokens.init(rawValue:)))
        }
    }
#endif
