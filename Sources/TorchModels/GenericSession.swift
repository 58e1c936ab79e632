#if Torch
    import Generation
    import Torch

    /// Decoding with a cache on any device and in any type, by single tensor operations.
    ///
    /// With tangents (a direction of change of the weights), everything is computed in forward mode too, and the cache
    /// keeps the derivatives of keys and values. One session must not be used from two threads at once; with tangents no
    /// two sessions, since libtorch has one level of forward mode per process.
    package final class GenericSession: DecodingSession {
        private let model: DecoderModel
        private let tangents: [String: Tensor]?
        private let slots: Int
        private let capacity: Int
        private var lengths: [Int]
        private var cache: KeyValueCache

        /// - Parameters:
        ///   - model: the model.
        ///   - slots: sequences at once.
        ///   - capacity: tokens per sequence.
        ///   - tangents: directions of change by parameter name; those that are not named do not change.
        package init(
            _ model: DecoderModel, slots: Int, capacity: Int, tangents: [String: Tensor]? = nil
        ) throws {
            guard slots > 0, capacity > 0, slots <= 1 << 16, capacity <= 1 << 30 else {
                throw ModelError(nil, .sessionLimit("a session of \(slots) slots of \(capacity) tokens"))
            }
            self.model = model
            self.tangents = tangents
            self.slots = slots
            self.capacity = capacity
            lengths = Array(repeating: 0, count: slots)
            cache = KeyValueCache(
                model.configuration, slots: slots, capacity: capacity, dtype: model.dtype,
                device: model.device,
                hasTangents: tangents != nil)
        }

        package func length(of slot: Int) -> Int {
            lengths.indices.contains(slot) ? lengths[slot] : 0
        }

        package func reset(slot: Int) {
            if lengths.indices.contains(slot) { lengths[slot] = 0 }
        }

        package func extend(_ chunks: [DecodingChunk], into logits: inout LogitsMatrix) throws {
            logits.resize(rows: chunks.count, columns: model.vocabularySize)
            if chunks.isEmpty { return }
            let rows = try extend(chunks) { step in
                let rows = try step.model.logits(fromHidden: step.hidden)  // [n, V]
                return try step.level?.unpack(rows).primal ?? rows
            }
            try logits.withUnsafeMutableBuffer { try rows.copyFloats(into: $0) }
        }

        /// What a step has computed when its results are taken.
        package struct Step {
            /// The model, its weights dual where the session has tangents.
            package let model: DecoderModel
            /// Hidden states after the last norm of each chunk's last token, [n, d], dual where the session has tangents.
            package let hidden: Tensor
            /// The level of forward mode, where the session has tangents.
            package let level: ForwardMode?
        }

        /// Feeds every chunk to its slot and calls `body` with the hidden states of the last tokens.
        ///
        /// What `body` returns must not be dual: its level ends with the call. When `body` throws, the tokens have been
        /// fed nevertheless.
        /// - Parameter chunks: at least one.
        package func extend<R>(_ chunks: [DecodingChunk], _ body: (Step) throws -> R) throws -> R {
            try check(chunks)
            return try Autograd.noGrad {
                guard let tangents else {
                    return try body(Step(model: model, hidden: try advance(model, chunks, nil), level: nil))
                }
                return try ForwardMode.withDualLevel { level in
                    var duals: [String: Tensor] = [:]
                    for (name, tangent) in tangents {
                        duals[name] = try level.makeDual(model.parameter(name), tangent)
                    }
                    let dual = try model.replacing(duals)
                    return try body(Step(model: dual, hidden: try advance(dual, chunks, level), level: level))
                }
            }
        }

        private func check(_ chunks: [DecodingChunk]) throws {
            var seen: Set<Int> = []
            if chunks.isEmpty { throw ModelError(nil, .sessionLimit("no chunks to decode")) }
            for chunk in chunks {
                guard lengths.indices.contains(chunk.slot), seen.insert(chunk.slot).inserted else {
                    throw ModelError(
                        nil, .sessionLimit("slot \(chunk.slot) of \(slots) is not there or given twice"))
                }
                guard !chunk.tokens.isEmpty else {
                    throw ModelError(nil, .sessionLimit("a chunk without tokens for slot \(chunk.slot)"))
                }
                guard chunk.tokens.count <= capacity - lengths[chunk.slot] else {
                    throw ModelError(
                        nil,
                        .sessionLimit(
                            "slot \(chunk.slot) holds \(lengths[chunk.slot]) tokens, \(chunk.tokens.count) more exceed"
                                + " its \(capacity)"))
                }
                let vocabulary = model.vocabularySize
                if let token = chunk.tokens.first(where: { $0 < 0 || Int($0) >= vocabulary }) {
                    throw ModelError(nil, .tokenOutOfRange(token: Int(token), vocabulary: vocabulary))
                }
            }
        }

        /// Runs the chunks' tokens through the model: → hidden states of their last tokens, [n, d].
        private func advance(
            _ model: DecoderModel, _ chunks: [DecodingChunk], _ level: ForwardMode?
        ) throws -> Tensor {
            // Forward mode is not implemented for the fused kernels.
            let kind = model.kind(level == nil ? .fused : .explicit)
            let starts = chunks.map { lengths[$0.slot] }
            try cache.reserve(zip(chunks, starts).reduce(0) { max($0, $1.0.tokens.count + $1.1) })
            let layout = try ChunkLayout(
                chunks, starts: starts, kind: kind, dtype: model.dtype, device: model.device, masks: model.masks,
                row: cache.row(slot:position:))
            let rotary = try model.rotations(atLeast: layout.keys) { try $0.select(layout.positions) }  // [N, 1, D]
            var x = try model.embed(layout.tokens)  // [N, d]
            for (layer, block) in try model.currentBlocks().enumerated() {
                x = try block(x, rotary: rotary[layer]) { projections in
                    try cache.write(layer: layer, projections, rows: layout.rows, level: level)
                    var padded = projections
                    padded.q = try layout.padded(projections.q)  // [n, T, H, D]
                    if let selection = layout.selection {
                        (padded.k, padded.v) = try cache.read(
                            layer: layer, selection, length: layout.keys, level: level)  // [n, S, Hkv, D]
                    } else {
                        padded.k = try layout.padded(projections.k)  // [n, T, Hkv, D]
                        padded.v = try layout.padded(projections.v)  // [n, T, Hkv, D]
                    }
                    return try layout.stripped(block.attention.attend(padded, mask: layout.masks[layer], kind: kind))
                }
            }
            for chunk in chunks { lengths[chunk.slot] += chunk.tokens.count }
            return try model.finalNorm(x.indexSelect(0, layout.last))  // [n, d]
        }
    }
#endif
