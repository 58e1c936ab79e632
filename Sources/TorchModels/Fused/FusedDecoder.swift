#if Torch
    import CTorch
    import Generation
    import Torch

    /// Decoding with a cache on the CPU in float32, for one model or several of one shape that read the same tokens: one
    /// call computes a step of all of them.
    ///
    /// Chunks of any lengths are computed without padding, and a sequence's results are the same bits whatever else is fed
    /// beside it, in however many calls, and on however many threads. Not for use from several threads at once; the models'
    /// weights must not be changed in place while it lives.
    package final class FusedDecoder {
        /// How many models.
        package let groups: Int
        /// V: the width of a row of logits.
        package let vocabularySize: Int
        /// The most sequences at once.
        package let slots: Int
        /// The most tokens of a sequence.
        package let capacity: Int
        private let handle: OpaquePointer
        /// The caches' decoder reads some of the models' tensors.
        private let weights: [FusedWeights]
        private var input = FusedInput()

        /// - Parameters:
        ///   - models: Models of one shape that ``FusedWeights/supports(_:)`` accepts.
        ///   - slots: Sequences at once.
        ///   - capacity: Tokens per sequence.
        ///   - instructionSet: nil for the best that the processor has; `avx512`, `avx2` or `baseline` for checks.
        package convenience init(
            models: [DecoderModel], slots: Int, capacity: Int, instructionSet: String? = nil
        ) throws {
            guard let first = models.first else { throw ModelError(nil, .sessionLimit("a decoder without a model")) }
            try self.init(
                models.map(FusedWeights.of), configuration: first.configuration, rotary: first.rotary, slots: slots,
                capacity: capacity, instructionSet: instructionSet)
        }

        private init(
            _ weights: [FusedWeights], configuration: DecoderConfiguration, rotary: RotaryTable, slots: Int,
            capacity: Int, instructionSet: String?
        ) throws {
            guard slots > 0, capacity > 0, slots <= 1 << 16, capacity <= 1 << 24 else {
                throw ModelError(nil, .sessionLimit("a session of \(slots) slots of \(capacity) tokens"))
            }
            var made: OpaquePointer?
            let handles = weights.map { Optional($0.handle) }
            try Tensor.perform("fused_decoder", []) {
                ct_fused_decoder_create(
                    handles, Int64(handles.count), rotary.inverseFrequencies, 1, Int64(slots), Int64(capacity),
                    instructionSet, &made)
            }
            guard let made else {
                throw TorchError(kind: .failed, operation: "fused_decoder", message: "no decoder was made")
            }
            handle = made
            groups = weights.count
            vocabularySize = configuration.vocabularySize
            self.weights = weights
            self.slots = slots
            self.capacity = capacity
        }

        deinit {
            ct_fused_decoder_free(handle)
        }

        /// The number of tokens that a slot holds.
        package func length(of slot: Int) -> Int {
            max(0, Int(ct_fused_decoder_length(handle, Int64(slot))))
        }

        /// Forgets what a slot holds.
        package func reset(slot: Int) {
            _ = ct_fused_decoder_truncate(handle, Int64(slot), 0)
        }

        /// Forgets all but a slot's first `length` tokens.
        /// - Throws: `TorchError` if there are fewer.
        package func truncate(slot: Int, to length: Int) throws {
            try Tensor.perform("fused_truncate", []) {
                ct_fused_decoder_truncate(handle, Int64(slot), Int64(length))
            }
        }

        /// Feeds every chunk to its slot and writes raw logits.
        ///
        /// - Parameters:
        ///   - chunks: At most one per slot, none empty.
        ///   - everyToken: Whether each token has a row, or only each chunk's last one.
        ///   - logits: Row g·n + i is model g's row i of n.
        /// - Throws: `ModelError` for chunks that do not fit, before anything is fed; `TorchError`.
        package func extend(
            _ chunks: [DecodingChunk], everyToken: Bool = false, into logits: inout LogitsMatrix
        ) throws {
            try take(chunks)
            let rows = everyToken ? input.tokens.count : chunks.count
            logits.resize(rows: groups * rows, columns: vocabularySize)
            if chunks.isEmpty { return }
            try logits.withUnsafeMutableBuffer { target in
                try Tensor.perform("fused_extend", []) {
                    input.withChunks {
                        ct_fused_decoder_extend(handle, $0, everyToken, target.baseAddress, Int64(target.count))
                    }
                }
            }
        }

        /// Feeds every chunk to its slot and computes the raw logits of some tokens only.
        ///
        /// - Parameters:
        ///   - chunks: At most one per slot, none empty.
        ///   - candidates: For each chunk the tokens whose logits after its last token are wanted; any number.
        /// - Returns: The values of all rows one after another, for each model in turn.
        /// - Throws: `ModelError` for chunks or candidates that do not fit, before anything is fed; `TorchError`.
        package func extend(_ chunks: [DecodingChunk], candidates: [[Int32]]) throws -> [Float] {
            try take(chunks)
            guard candidates.count == chunks.count else {
                throw ModelError(
                    nil, .sessionLimit("candidates of \(candidates.count) rows for \(chunks.count) chunks"))
            }
            if chunks.isEmpty { return [] }
            let wanted = candidates.flatMap { $0 }
            try checkTokens(wanted)
            let counts = candidates.map { Int64($0.count) }
            return try [Float](unsafeUninitializedCapacity: groups * wanted.count) { scores, count in
                // Where no row wants anything, there is still a step to take.
                let size = groups * wanted.count
                try Tensor.perform("fused_extend", []) {
                    input.withChunks {
                        ct_fused_decoder_extend_candidates(
                            handle, $0, false, counts, wanted, scores.baseAddress, Int64(size))
                    }
                }
                count = size
            }
        }

        /// Feeds chunks whose results nobody wants.
        package func feed(_ chunks: [DecodingChunk]) throws {
            try take(chunks)
            if chunks.isEmpty { return }
            try Tensor.perform("fused_feed", []) { input.withChunks { ct_fused_decoder_feed(handle, $0) } }
        }

        /// The matrix products of a step and nothing else: what a step is measured against.
        ///
        /// - Parameters:
        ///   - rows: Tokens of the step, 1 to 256.
        ///   - headRows: Rows of the full output projection.
        package func runProducts(rows: Int, headRows: Int) throws {
            try Tensor.perform("fused_products", []) {
                ct_fused_decoder_products(handle, Int64(rows), Int64(headRows))
            }
        }

        private func take(_ chunks: [DecodingChunk]) throws {
            input.removeAll()
            for chunk in chunks {
                guard chunk.slot >= 0, chunk.slot < slots, !input.slots.contains(Int64(chunk.slot)) else {
                    throw ModelError(
                        nil, .sessionLimit("slot \(chunk.slot) of \(slots) is not there or given twice"))
                }
                guard !chunk.tokens.isEmpty else {
                    throw ModelError(nil, .sessionLimit("a chunk without tokens for slot \(chunk.slot)"))
                }
                let held = length(of: chunk.slot)
                guard chunk.tokens.count <= capacity - held else {
                    throw ModelError(
                        nil,
                        .sessionLimit(
                            "slot \(chunk.slot) holds \(held) tokens, \(chunk.tokens.count) more exceed its \(capacity)"
                        ))
                }
                try checkTokens(chunk.tokens)
                input.append(chunk)
            }
        }

        private func checkTokens(_ tokens: [Int32]) throws {
            if let token = tokens.first(where: { $0 < 0 || Int($0) >= vocabularySize }) {
                throw ModelError(nil, .tokenOutOfRange(token: Int(token), vocabulary: vocabularySize))
            }
        }
    }

    /// Chunks as the C interface takes them; the arrays are kept between steps.
    private struct FusedInput {
        private(set) var slots: [Int64] = []
        private(set) var counts: [Int64] = []
        private(set) var tokens: [Int32] = []

        mutating func removeAll() {
            slots.removeAll(keepingCapacity: true)
            counts.removeAll(keepingCapacity: true)
            tokens.removeAll(keepingCapacity: true)
        }

        mutating func append(_ chunk: DecodingChunk) {
            slots.append(Int64(chunk.slot))
            counts.append(Int64(chunk.tokens.count))
            tokens.append(contentsOf: chunk.tokens)
        }

        func withChunks<R>(_ body: (UnsafePointer<ct_fused_chunks>) -> R) -> R {
            slots.withUnsafeBufferPointer { slots in
                counts.withUnsafeBufferPointer { counts in
                    tokens.withUnsafeBufferPointer { tokens in
                        var chunks = ct_fused_chunks(
                            count: Int64(slots.count), slots: slots.baseAddress, counts: counts.baseAddress,
                            tokens: tokens.baseAddress)
                        return body(&chunks)
                    }
                }
            }
        }
    }
#endif
