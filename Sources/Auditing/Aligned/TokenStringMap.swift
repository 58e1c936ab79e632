import Tokenizers

/// The tokens of one tokenizer in another: by the bytes they stand for, control tokens among themselves.
public struct TokenStringMap: Hashable, Sendable {
    /// For each id of the source the target's, −1 where it has no equal.
    public let targets: [Int32]

    private struct Key: Hashable {
        var bytes: [UInt8]
        var isSpecial: Bool
    }

    /// - Parameters:
    ///   - source: Whose ids are mapped.
    ///   - target: Whose ids they are mapped to; of several with the same bytes the smallest.
    public init(from source: Tokenizer, to target: Tokenizer) {
        var ids: [Key: Int32] = [:]
        for id in 0..<Int32(target.idBound) {
            guard let key = Self.key(id, target), ids[key] == nil else { continue }
            ids[key] = id
        }
        targets = (0..<Int32(source.idBound)).map { id in Self.key(id, source).flatMap { ids[$0] } ?? -1 }
    }

    private static func key(_ id: Int32, _ tokenizer: Tokenizer) -> Key? {
        tokenizer.bytes(for: id).map { Key(bytes: $0, isSpecial: tokenizer.isSpecial(id)) }
    }

    /// A distribution in the target's ids. Tokens without an equal are left out, so that less probability remains; of
    /// several with one equal the probabilities add up.
    public func callAsFunction(_ row: TopTokens) -> TopTokens {
        var sums: [Int32: Float] = [:]
        for (token, probability) in zip(row.tokens, row.probabilities) {
            guard token >= 0, Int(token) < targets.count, targets[Int(token)] >= 0 else { continue }
            sums[targets[Int(token)], default: 0] += probability
        }
        let order = sums.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
        return TopTokens(tokens: order.map(\.key), probabilities: order.map(\.value))
    }
}
