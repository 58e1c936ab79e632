import Tokenizers

/// The token strings of a tokenizer, as far as two of them are compared.
public struct Vocabulary: Sendable {
    /// How errors name it: the tokenizer's file.
    public let name: String
    /// The token of each id, nil where there is none.
    public let tokens: [String?]
    /// The ids of added tokens: control tokens and others that are not part of the model of the text.
    public let addedIDs: Set<Int32>

    /// - Parameters:
    ///   - name: How errors name it.
    ///   - tokens: The token of each id, nil where there is none.
    ///   - addedIDs: The ids of added tokens.
    public init(name: String, tokens: [String?], addedIDs: Set<Int32>) {
        self.name = name
        self.tokens = tokens
        self.addedIDs = addedIDs
    }

    /// The tokens of a tokenizer.
    public init(_ tokenizer: Tokenizer) {
        self.init(
            name: tokenizer.file, tokens: (0..<Int32(tokenizer.idBound)).map { tokenizer.token(for: $0) },
            addedIDs: Set(tokenizer.addedTokens.map(\.id)))
    }
}

/// The proxy's id of every id of the teacher.
///
/// Vocabularies may differ by added tokens, by their numbering, and by unused rows of the models' embeddings.
public struct VocabularyMap: Hashable, Sendable {
    /// For each id of the teacher the proxy's, −1 where the proxy lacks the token. As long as a row of teacher logits.
    public let proxyIDs: [Int32]
    /// The length of a row of proxy logits.
    public let proxySize: Int
    /// Whether every token has the same id on both sides.
    public let isIdentity: Bool

    /// Teacher and proxy with one vocabulary.
    public static func identity(size: Int) -> VocabularyMap {
        VocabularyMap(unchecked: (0..<Int32(max(0, size))).map { $0 }, proxySize: size)
    }

    /// A map given outright.
    ///
    /// - Throws: ``AntidistillationError`` with code `unknownToken` for an id that the proxy has no row for.
    public init(proxyIDs: [Int32], proxySize: Int) throws(AntidistillationError) {
        for (id, other) in proxyIDs.enumerated() where other < -1 || Int(other) >= proxySize {
            throw AntidistillationError(
                .unknownToken, "token \(id) is mapped to \(other), and the proxy has \(proxySize) tokens")
        }
        self.init(unchecked: proxyIDs, proxySize: proxySize)
    }

    /// Maps by token string.
    ///
    /// - Parameters:
    ///   - teacher: The teacher's tokens.
    ///   - proxy: The proxy's tokens.
    ///   - teacherSize: The length of a row of teacher logits.
    ///   - proxySize: The length of a row of proxy logits.
    /// - Throws: ``AntidistillationError`` with code `vocabularyMismatch`, naming both, if one has an ordinary token that
    ///   the other lacks: then the proxy would read the teacher's text in pieces that it has never seen.
    public init(
        teacher: Vocabulary, proxy: Vocabulary, teacherSize: Int, proxySize: Int
    ) throws(AntidistillationError) {
        // By bytes: strings that are only canonically equivalent are different tokens.
        let proxyIDs = Self.ids(of: proxy, below: proxySize)
        let teacherIDs = Self.ids(of: teacher, below: teacherSize)
        if let token = Self.firstMissing(of: teacher, in: proxyIDs) {
            throw Self.mismatch(teacher, proxy, "the proxy's lacks the token '\(token)'")
        }
        if let token = Self.firstMissing(of: proxy, in: teacherIDs) {
            throw Self.mismatch(teacher, proxy, "the teacher's lacks the token '\(token)'")
        }
        var map = [Int32](repeating: -1, count: max(0, teacherSize))
        for (bytes, id) in teacherIDs { map[Int(id)] = proxyIDs[bytes] ?? -1 }
        self.init(unchecked: map, proxySize: proxySize)
    }

    private init(unchecked map: [Int32], proxySize: Int) {
        proxyIDs = map
        self.proxySize = proxySize
        isIdentity = map.count == proxySize && map.enumerated().allSatisfy { Int($1) == $0 }
    }

    private static func ids(of vocabulary: Vocabulary, below bound: Int) -> [[UInt8]: Int32] {
        var ids: [[UInt8]: Int32] = [:]
        for (id, token) in vocabulary.tokens.prefix(max(0, bound)).enumerated() {
            guard let token else { continue }
            let key = Array(token.utf8)
            if ids[key] == nil { ids[key] = Int32(id) }
        }
        return ids
    }

    private static func firstMissing(of vocabulary: Vocabulary, in ids: [[UInt8]: Int32]) -> String? {
        for (id, token) in vocabulary.tokens.enumerated() {
            guard let token, !vocabulary.addedIDs.contains(Int32(id)) else { continue }
            if ids[Array(token.utf8)] == nil { return token }
        }
        return nil
    }

    private static func mismatch(
        _ teacher: Vocabulary, _ proxy: Vocabulary, _ reason: String
    ) -> AntidistillationError {
        AntidistillationError(
            .vocabularyMismatch,
            "teacher and proxy have different tokenizers: \(teacher.name) and \(proxy.name): \(reason)")
    }

    /// The proxy's id of a token of the teacher, nil if the proxy lacks it.
    public func proxyID(of token: Int32) -> Int32? {
        guard token >= 0, Int(token) < proxyIDs.count else { return nil }
        let id = proxyIDs[Int(token)]
        return id < 0 ? nil : id
    }

    /// A text of the teacher as the proxy reads it: tokens that it lacks are left out.
    public func proxyTokens(_ tokens: some Sequence<Int32>) -> [Int32] {
        tokens.compactMap { proxyID(of: $0) }
    }
}
