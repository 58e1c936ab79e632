import Generation

/// The next-token distributions of a proxy student, by the teacher's token ids, for schemes that read one.
public protocol MarkProxy: AnyObject {
    /// A sequence takes its slot.
    ///
    /// - Throws: What the proxy throws.
    func begin(_ sequence: SequenceContext) throws
    /// Calls `body` for every sequence, with its place in the array and the softmax over the vocabulary after its last
    /// token; in any order. A sequence whose last token the proxy cannot read is left out, and not marked there.
    ///
    /// - Throws: What the proxy throws.
    func distributions(
        after sequences: [SequenceContext], _ body: (Int, UnsafeBufferPointer<Float>) throws -> Void
    ) throws
    /// A sequence has ended; its slot is free.
    func end(_ sequence: SequenceContext)
}

/// A language model as a proxy: with the teacher's vocabulary, or one in which the teacher's tokens have other places.
public final class ModelMarkProxy: MarkProxy {
    private let session: any DecodingSession
    private var logits = LogitsMatrix()
    private var row: [Float]
    /// By the teacher's ids; empty if they are the proxy's own.
    private let proxyIDs: [Int32]
    private var mapped: [Float]
    /// How many of its tokens each slot's sequence has handed over, those the proxy lacks included.
    private var taken: [Int]

    /// - Parameters:
    ///   - model: The proxy.
    ///   - proxyIDs: The proxy's id of each id of the teacher, −1 where it lacks the token: such a token is not read, and
    ///     its q is 0. Nil if the ids are the same.
    ///   - slots: As many as the teacher decodes with.
    ///   - capacity: The most tokens of one sequence.
    /// - Throws: ``WatermarkError/malformedProxy(_:)`` for ids that the proxy does not have, or what the model throws.
    public init(model: any CausalLanguageModel, proxyIDs: [Int32]? = nil, slots: Int, capacity: Int) throws {
        if let wrong = proxyIDs?.first(where: { $0 < -1 || Int($0) >= model.vocabularySize }) {
            throw WatermarkError.malformedProxy("it has \(model.vocabularySize) tokens, and no token \(wrong)")
        }
        session = try model.makeSession(slots: slots, capacity: min(capacity, model.contextLength))
        row = Array(repeating: 0, count: model.vocabularySize)
        self.proxyIDs = proxyIDs ?? []
        mapped = Array(repeating: 0, count: self.proxyIDs.count)
        taken = Array(repeating: 0, count: max(0, slots))
    }

    /// Empties the slot; the prompt is read with the first row.
    ///
    /// - Throws: What the proxy throws.
    public func begin(_ sequence: SequenceContext) throws {
        guard taken.indices.contains(sequence.slot) else {
            throw WatermarkError.malformedProxy("it has \(taken.count) slots, and no slot \(sequence.slot)")
        }
        empty(sequence.slot)
    }

    /// Empties the slot.
    public func end(_ sequence: SequenceContext) {
        if taken.indices.contains(sequence.slot) { empty(sequence.slot) }
    }

    private func empty(_ slot: Int) {
        session.reset(slot: slot)
        taken[slot] = 0
    }

    /// The proxy's own id, nil for a token that it lacks.
    private func proxyID(_ token: Int32) -> Int32? {
        guard !proxyIDs.isEmpty else { return token }
        guard token >= 0, Int(token) < proxyIDs.count, proxyIDs[Int(token)] >= 0 else { return nil }
        return proxyIDs[Int(token)]
    }

    /// What the proxy has not read of a sequence, in its own ids.
    private func unread(_ sequence: SequenceContext) -> [Int32] {
        let held = taken[sequence.slot]
        return sequence.prompt.dropFirst(held).compactMap(proxyID)
            + sequence.generated.dropFirst(max(0, held - sequence.prompt.count)).compactMap(proxyID)
    }

    /// Reads what is new of every sequence and gives the softmax of the logits after it.
    ///
    /// - Throws: What the proxy throws.
    public func distributions(
        after sequences: [SequenceContext], _ body: (Int, UnsafeBufferPointer<Float>) throws -> Void
    ) throws {
        var fresh: [(Int, DecodingChunk)] = []
        var continuing: [(Int, DecodingChunk)] = []
        for (index, sequence) in sequences.enumerated() {
            guard taken.indices.contains(sequence.slot), taken[sequence.slot] < sequence.length else {
                throw WatermarkError.malformedProxy("sequence \(sequence.index) has no token that is new")
            }
            // What is unread waits until the proxy can read the last token.
            guard let last = sequence.lastToken, proxyID(last) != nil else { continue }
            let held = session.length(of: sequence.slot)
            let tokens = unread(sequence)
            taken[sequence.slot] = sequence.length
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
                for (token, id) in proxyIDs.enumerated() { mapped[token] = id < 0 ? 0 : row[Int(id)] }
                try (proxyIDs.isEmpty ? row : mapped).withUnsafeBufferPointer { try body(entry.0, $0) }
            }
        }
    }
}
