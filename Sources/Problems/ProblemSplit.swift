import KeyedPRF
import Traces

/// Puts problems into a training and a holdout part by a hash of what they ask: equal questions are never in both, and
/// where a problem goes depends on nothing else, neither on the others nor on their order.
public struct ProblemSplit: Hashable, Sendable {
    /// The expected share of the training part, 0 to 1.
    public var trainingShare: Double
    /// Another seed is another split.
    public var seed: UInt64

    /// - Parameters:
    ///   - trainingShare: The expected share of the training part, 0 to 1.
    ///   - seed: Another seed is another split.
    public init(trainingShare: Double = 0.7, seed: UInt64 = 0) {
        self.trainingShare = trainingShare
        self.seed = seed
    }

    /// Whether a question belongs to the training part. Case, white space and the way Unicode composes a character do
    /// not matter.
    public func isTraining(_ question: String) -> Bool {
        Double(hash("split", question) >> 11) * 0x1p-53 < trainingShare
    }

    /// The place of a question in a random order: whoever takes some of a part takes those with the smallest.
    public func draw(_ question: String) -> UInt64 { hash("draw", question) }

    private func hash(_ purpose: String, _ question: String) -> UInt64 {
        let digest = SHA256Digest.of("denature problem \(purpose) 1\n\(seed)\n" + Self.normalised(question))
        return digest.hex.prefix(16).reduce(UInt64(0)) { $0 << 4 | UInt64($1.hexDigitValue ?? 0) }
    }

    /// The text by which questions count as equal.
    public static func normalised(_ text: String) -> String { ProblemKey.of(text) }
}
