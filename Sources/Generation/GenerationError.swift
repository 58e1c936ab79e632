/// Why decoding could not begin or go on.
public enum GenerationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A setting outside its range.
    case invalidParameter(name: String, value: String, allowed: String)
    /// A request that cannot be carried out.
    case invalidRequest(index: Int, reason: String)
    /// The model gave a logit that is NaN or +∞, or −∞ for every token.
    case invalidLogits(index: Int, position: Int, token: Int32, value: Float)
    /// The processors left a score that is NaN or +∞, or none that is finite.
    case invalidScores(index: Int, position: Int, value: Float)
    /// A model gave another number of rows or columns than it promised.
    case wrongShape(rows: Int, columns: Int, expectedRows: Int, expectedColumns: Int)
    /// A processor changed the number of rows, or a sampler gave a token outside the vocabulary.
    case brokenContract(String)

    /// The same in a sentence, with no token of a prompt in it.
    public var description: String {
        switch self {
        case .invalidParameter(let name, let value, let allowed):
            "\(name) is \(value); it must be \(allowed)"
        case .invalidRequest(let index, let reason):
            "request \(index): \(reason)"
        case .invalidLogits(let index, let position, let token, let value):
            value == -.infinity
                ? "request \(index), new token \(position): the model's logits are all −infinity"
                : "request \(index), new token \(position): the model's logit of token \(token) is \(value)"
        case .invalidScores(let index, let position, let value):
            value == -.infinity
                ? "request \(index), new token \(position): the processors left no token to choose from"
                : "request \(index), new token \(position): the processors left a score that is \(value)"
        case .wrongShape(let rows, let columns, let expectedRows, let expectedColumns):
            "the model gave \(rows) × \(columns) logits instead of \(expectedRows) × \(expectedColumns)"
        case .brokenContract(let what):
            what
        }
    }
}
