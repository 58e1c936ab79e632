#if Torch
    import Antidistillation
    import Generation
    import Torch
    import TorchModels

    /// The matrix products of a decoder's step and nothing else: no norm, no attention, no sampling.
    public struct DecoderProducts {
        private let decoder: FusedDecoder

        /// - Parameter models: Models of one shape, which are run together.
        /// - Throws: `ModelError`, `TorchError`.
        public init(_ models: [DecoderModel]) throws {
            decoder = try FusedDecoder(models: models, slots: 1, capacity: 1)
        }

        /// Computes them.
        ///
        /// - Parameters:
        ///   - rows: Rows of every matrix but the last.
        ///   - headRows: Rows of the output projection; 0 to leave it out.
        /// - Throws: `TorchError`.
        public func run(rows: Int, headRows: Int) throws { try decoder.runProducts(rows: rows, headRows: headRows) }

        /// The matrix of a model's output projection.
        ///
        /// - Throws: `TorchError`.
        public static func headWeight(of model: DecoderModel) throws -> Tensor { try model.headWeight }
    }

    /// Δ from the logits of the whole vocabulary: what restricted projections save is seen beside it.
    public final class FullProjectionSession: DirectionalDerivativeSession {
        /// Two of one model, or one of two.
        private let decoders: [FusedDecoder]
        private let scale: Float
        private var logits: [LogitsMatrix]

        /// - Parameters:
        ///   - groups: The two copies: by themselves, or both in one group to run them together.
        ///   - epsilon: How far they are from the proxy.
        /// - Throws: `ModelError`, `TorchError`.
        public init(_ groups: [[DecoderModel]], slots: Int, capacity: Int, epsilon: Double) throws {
            decoders = try groups.map { try FusedDecoder(models: $0, slots: slots, capacity: capacity) }
            scale = Float(0.5 / epsilon)
            logits = decoders.map { _ in LogitsMatrix() }
        }

        /// Feeds chunks and differences the candidates' logits.
        ///
        /// - Throws: `TorchError`.
        public func extend(_ chunks: [DecodingChunk], candidates: [[Int32]]) throws -> [[Float]] {
            for i in decoders.indices { try decoders[i].extend(chunks, into: &logits[i]) }
            let (last, offset) = decoders.count == 2 ? (1, 0) : (0, chunks.count)
            return candidates.enumerated().map { row, tokens in
                logits[0].withRow(row) { plus in
                    logits[last].withRow(offset + row) { minus in
                        tokens.map { (plus[Int($0)] - minus[Int($0)]) * scale }
                    }
                }
            }
        }

        /// Frees a slot.
        public func reset(slot: Int) {
            for decoder in decoders { decoder.reset(slot: slot) }
        }
    }
#endif
