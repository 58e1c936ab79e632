import Generation

/// Marks with the `fingerprint` scheme while decoding. Positions with fewer than `width` tokens before them stay unmarked.
public final class FingerprintLogitsProcessor: LogitsProcessor {
    private let watermark: FingerprintWatermark
    private let width: Int
    private let proxy: any MarkProxy

    /// - Parameters:
    ///   - watermark: The scheme with its key.
    ///   - width: The width of its contexts.
    ///   - proxy: The distributions that the student is expected to start from.
    public init(_ watermark: FingerprintWatermark, width: Int, proxy: any MarkProxy) {
        self.watermark = watermark
        self.width = width
        self.proxy = proxy
    }

    /// The proxy takes the sequence.
    ///
    /// - Throws: What the proxy throws.
    public func begin(_ sequence: SequenceContext) throws {
        try proxy.begin(sequence)
    }

    /// The proxy forgets the sequence.
    public func end(_ sequence: SequenceContext) {
        proxy.end(sequence)
    }

    /// Adds the fingerprint to every row that has a context.
    ///
    /// - Throws: What the proxy throws.
    public func process(_ rows: inout [CandidateScores], sequences: [SequenceContext]) throws {
        let marked = sequences.indices.filter { sequences[$0].generated.count >= width }
        guard !marked.isEmpty else { return }
        try proxy.distributions(after: marked.map { sequences[$0] }) { position, distribution in
            let index = marked[position]
            guard let context = sequences[index].watermarkContext(width: width) else { return }
            watermark.apply(to: &rows[index], after: context, proxy: distribution)
        }
    }
}
