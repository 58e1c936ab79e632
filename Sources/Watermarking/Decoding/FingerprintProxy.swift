import Generation

/// The next-token distributions of a proxy student, by the teacher's token ids, for the `fingerprint` scheme.
public protocol FingerprintProxy: AnyObject {
    /// A sequence takes its slot.
    func begin(_ sequence: SequenceContext) throws
    /// Calls `body` for every sequence, with its place in the array and the softmax over the vocabulary after its last
    /// token; in any order.
    func distributions(
        after sequences: [SequenceContext], _ body: (Int, UnsafeBufferPointer<Float>) throws -> Void
    ) throws
    /// A sequence has ended; its slot is free.
    func end(_ sequence: SequenceContext)
}

/// A language model with the teacher's vocabulary as a proxy.
public final class ModelFingerprintProxy: FingerprintProxy {
    private let session: any DecodingSession
    private var logits = LogitsMatrix()
    private var row: [Float]

    /// - Parameters:
    ///   - model: The proxy.
    ///   - slots: As many as the teacher decodes with.
    ///   - capacity: The most tokens of one sequence.
    public init(model: any CausalLanguageModel, slots: Int, capacity: Int) throws {
        session = try model.makeSession(slots: slots, capacity: min(capacity, model.contextLength))
        row = Array(repeating: 0, count: model.vocabularySize)
    }

    /// Empties the slot; the prompt is read with the first row.
    public func begin(_ sequence: SequenceContext) throws {
        session.reset(slot: sequence.slot)
    }

    /// Empties the slot.
    public func end(_ sequence: SequenceContext) {
        session.reset(slot: sequence.slot)
    }

    /// Reads what is new of every sequence and gives the softmax of the logits after it.
    public func distributions(
        after sequences: [SequenceContext], _ body: (Int, UnsafeBufferPointer<Float>) throws -> Void
    ) throws {
        var fresh: [(Int, DecodingChunk)] = []
        var continuing: [(Int, DecodingChunk)] = []
        for (index, sequence) in sequences.enumerated() {
            let held = session.length(of: sequence.slot)
            let tokens =
                Array(sequence.prompt.dropFirst(held))
                + sequence.generated.dropFirst(max(0, held - sequence.prompt.count))
            guard !tokens.isEmpty else {
                throw WatermarkError.malformedProxy("sequence \(sequence.index) has no token that is new")
            }
            let chunk = DecodingChunk(slot: sequence.slot, tokens: tokens)
            if held == 0 { fresh.append((index, chunk)) } else { continuing.append((index, chunk)) }
        }
        let calls = session.takesRaggedChunks ? [fresh + continuing] : [fresh, continuing]
        for call in calls where !call.isEmpty {
            try session.extend(call.map(\.1), into: &logits)
            for (position, entry) in call.enumerated() {
                logits.withRow(position) { values in
                    row.withUnsafeMutableBufferPointer { row in
                        guard row.count == values.count, let maximum = VectorMath.maximum(values) else { return }
                        let total = Float(VectorMath.exponentials(values, shift: maximum, into: row))
                        for i in row.indices { row[i] /= total }
                    }
                }
                try row.withUnsafeBufferPointer { try body(entry.0, $0) }
            }
        }
    }
}
