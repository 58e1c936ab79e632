/// A scheme as it is embedded. Embedding and detection must use the same parameters; none of them is secret.
public struct WatermarkConfiguration: Hashable, Sendable {
    /// The scheme and its parameters.
    public let mark: TokenMark
    /// How many tokens before a token decide its keyed words.
    public let width: Int
    /// Whether a scheme that changes logits does so before temperature and truncation.
    public let beforeTruncation: Bool

    /// The widest context.
    public static let maximumWidth = 64

    /// - Parameters:
    ///   - mark: The scheme and its parameters.
    ///   - width: 1...64 tokens of context.
    ///   - beforeTruncation: For schemes that change logits: whether they do so before temperature and truncation.
    /// - Throws: ``WatermarkError/invalidParameter(name:value:allowed:)``, or ``WatermarkError/detectionOnly(_:)``.
    public init(_ mark: TokenMark, width: Int = 4, beforeTruncation: Bool = false) throws(WatermarkError) {
        guard mark.embedding != nil else { throw .detectionOnly(mark.name) }
        try Self.check(width: width)
        try mark.validate()
        self.mark = mark
        self.width = width
        self.beforeTruncation = beforeTruncation
    }

    /// The name of the scheme.
    public var scheme: TokenMarkName { mark.name }

    static func check(width: Int, name: String = "width") throws(WatermarkError) {
        guard (1...maximumWidth).contains(width) else {
            throw .invalidParameter(name: name, value: "\(width)", allowed: "from 1 to \(maximumWidth)")
        }
    }
}
