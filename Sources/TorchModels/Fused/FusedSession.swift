#if Torch
    import Generation

    /// The decoding session of one model on the fused decoder.
    package final class FusedSession: DecodingSession {
        private let decoder: FusedDecoder

        /// - Parameters:
        ///   - model: A model that ``FusedWeights/supports(_:)`` accepts; its weights are copied.
        ///   - slots: Sequences at once.
        ///   - capacity: Tokens per sequence.
        package init(_ model: DecoderModel, slots: Int, capacity: Int) throws {
            decoder = try FusedDecoder(models: [model], slots: slots, capacity: capacity)
        }

        /// Rows are computed as they are, without padding.
        package var takesRaggedChunks: Bool { true }

        package func extend(_ chunks: [DecodingChunk], into logits: inout LogitsMatrix) throws {
            try decoder.extend(chunks, into: &logits)
        }

        package func length(of slot: Int) -> Int { decoder.length(of: slot) }

        package func reset(slot: Int) { decoder.reset(slot: slot) }
    }
#endif
