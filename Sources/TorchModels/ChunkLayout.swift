#if Torch
    import Generation
    import Torch

    /// How the tokens of several chunks of unequal lengths go through the model together.
    ///
    /// Everything but attention sees them one after the other without padding, [N]; attention sees [n, T], each chunk
    /// filled up on the right.
    struct ChunkLayout {
        /// Chunks, n.
        let count: Int
        /// The longest chunk, T.
        let length: Int
        /// Tokens in the longest sequence after this step, S.
        let keys: Int
        /// Token ids, int64 [N].
        let tokens: Tensor
        /// Positions in their sequences, int64 [N].
        let positions: Tensor
        /// Rows in the cache, int64 [N].
        let rows: Tensor
        /// The last token of each chunk, int64 [n].
        let last: Tensor
        /// The slots' part of the cache; nil where all slots were empty and the step sees only itself.
        let selection: SlotSelection?
        let masks: DecoderModel.LayerMasks
        /// [N] → [n·T] and back; nil where all chunks have one length.
        private let padding: (fill: Tensor, strip: Tensor)?

        /// - Parameters:
        ///   - chunks: not empty, checked.
        ///   - starts: how many tokens each chunk's slot holds before it.
        ///   - makeMasks: makes the masks of all layers by calling for those of one window.
        ///   - row: where a token goes in the cache.
        init(
            _ chunks: [DecodingChunk], starts: [Int], kind: AttentionKind, dtype: DType, device: Device,
            masks makeMasks: ((Int?) throws -> AttentionMask) throws -> DecoderModel.LayerMasks,
            row: (Int, Int) -> Int64
        ) throws {
            let length = chunks.reduce(0) { max($0, $1.tokens.count) }
            let isRagged = chunks.contains { $0.tokens.count != length }
            var lists = Lists()
            for (i, chunk) in chunks.enumerated() {
                let first = lists.tokens.count
                for (t, token) in chunk.tokens.enumerated() {
                    lists.tokens.append(Int64(token))
                    lists.positions.append(Int64(starts[i] + t))
                    lists.rows.append(row(chunk.slot, starts[i] + t))
                    lists.strip.append(Int64(i * length + t))
                }
                lists.last.append(Int64(lists.tokens.count - 1))
                for t in 0..<length { lists.fill.append(Int64(first + min(t, chunk.tokens.count - 1))) }
            }
            func tensor(_ values: [Int64]) throws -> Tensor { try Tensor(values).to(device) }
            count = chunks.count
            self.length = length
            keys = zip(chunks, starts).reduce(0) { max($0, $1.0.tokens.count + $1.1) }
            tokens = try tensor(lists.tokens)
            positions = try tensor(lists.positions)
            rows = try tensor(lists.rows)
            last = try tensor(lists.last)
            padding = isRagged ? (fill: try tensor(lists.fill), strip: try tensor(lists.strip)) : nil
            if starts.allSatisfy({ $0 == 0 }) {
                selection = nil
                masks = try makeMasks {
                    try .causal(length, kind: kind, dtype: dtype, device: device, window: $0)
                }
            } else {
                selection = try SlotSelection(chunks.map(\.slot), device: device)
                let isOneStep = length == 1 && starts.allSatisfy { $0 == starts[0] }
                let queries = starts.flatMap { start in (0..<length).map { Int64(start + $0) } }
                let (count, keys) = (count, keys)
                masks = try makeMasks { window in
                    // A single step sees all that is there, if it is within the window.
                    if isOneStep, window.map({ keys <= $0 }) ?? true { return AttentionMask() }
                    return AttentionMask(
                        bias: try AttentionMask.bias(
                            tensor(queries).reshaped([count, length]), keys: keys, dtype: dtype, device: device,
                            window: window))
                }
            }
        }

        private struct Lists {
            var tokens: [Int64] = []
            var positions: [Int64] = []
            var rows: [Int64] = []
            var last: [Int64] = []
            var fill: [Int64] = []
            var strip: [Int64] = []
        }

        /// [N, heads, D] → [n, T, heads, D], a chunk's last token repeated where it is shorter.
        func padded(_ x: Tensor) throws -> Tensor {
            let rows = try padding.map { try x.indexSelect(0, $0.fill) } ?? x
            return try rows.reshaped([count, length] + x.shape.dropFirst())
        }

        /// [n, T, width] → [N, width].
        func stripped(_ x: Tensor) throws -> Tensor {
            let rows = try x.reshaped([count * length, x.size(-1)])
            return try padding.map { try rows.indexSelect(0, $0.strip) } ?? rows
        }
    }
#endif
