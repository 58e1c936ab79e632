/// Reads the model: its vocabulary and merges.
extension TokenizerDefinition {
    static func readBytePair(
        _ model: DefinitionValue, isByteLevel: Bool
    ) throws(TokenizerError) -> (TokenTable, TokenizerModel) {
        try refuseOptions(of: model)
        let table = try readVocabulary(model.required("vocab"), isByteLevel: isByteLevel)
        let fallsBack = try model.bool("byte_fallback", default: false)
        guard !(fallsBack && isByteLevel) else {
            throw model.named("byte_fallback").error(.unsupported, "byte fallback over bytes is not supported")
        }
        let fallback = fallsBack ? ByteFallback(table) : nil
        var byteIDs = [Int32](repeating: -1, count: 256)
        for byte in 0..<(isByteLevel ? 256 : 128) {
            byteIDs[byte] = table.vocabulary.id(of: [UInt8(byte)]) ?? fallback?.id(UInt8(byte)) ?? -1
        }
        var unknownID: Int32?
        if let unknown = try model.optional("unk_token") {
            unknownID = table.id(text: try unknown.utf8())
            if unknownID == nil, !isByteLevel || byteIDs.contains(-1) {
                throw unknown.error(.invalidID, "is no token of the vocabulary, which lacks what it would stand for")
            }
        }
        var bytePair = BytePairModel(
            vocabulary: table.vocabulary, merges: try readMerges(model.required("merges"), table: table),
            byteIDs: byteIDs, ignoresMerges: try model.bool("ignore_merges", default: false), unknownID: unknownID,
            fusesUnknown: try model.bool("fuse_unk", default: false))
        bytePair.isOverCharacters = !isByteLevel
        bytePair.fallback = fallback
        return (table, .bytePair(bytePair))
    }

    /// A list of tokens and their scores, which number the tokens by their place.
    static func readUnigram(_ model: DefinitionValue) throws(TokenizerError) -> (TokenTable, TokenizerModel) {
        let list = try model.required("vocab")
        var table = TokenTable(isByteLevel: false, capacity: list.count)
        var scores: [Double] = []
        try list.forEachElement { (i, entry) throws(TokenizerError) in
            func failure(_ code: TokenizerError.Code, _ message: String) -> TokenizerError {
                TokenizerError(code, file: list.text.file, keyPath: "\(list.path)[\(i)]", message)
            }
            guard i < Int(Vocabulary.idLimit) else {
                throw failure(.tooLarge, "more than \(Vocabulary.idLimit) tokens")
            }
            let parts = entry.isArray ? try entry.elements() : []
            guard parts.count == 2, parts[0].isString, let score = parts[1].number, score.isFinite else {
                throw failure(.wrongType, "is not a token and its score")
            }
            let token = try parts[0].utf8()
            guard case .inserted = table.insert(text: token, id: Int32(i)) else {
                throw failure(.duplicateKey, "is in the vocabulary twice")
            }
            scores.append(score)
        }
        guard !scores.isEmpty else { throw list.error(.missingMember, "is empty") }
        let unknown = try model.required("unk_id").id(below: Vocabulary.idLimit)
        guard Int(unknown) < scores.count else { throw model.named("unk_id").error(.invalidID, "is no token") }
        let fallback = try model.bool("byte_fallback", default: false) ? ByteFallback(table) : nil
        return (table, .unigram(UnigramModel(table, scores: scores, unknownID: unknown, fallback: fallback)))
    }

    static func readWordLevel(
        _ model: DefinitionValue, isByteLevel: Bool
    ) throws(TokenizerError) -> (TokenTable, TokenizerModel) {
        let table = try readVocabulary(model.required("vocab"), isByteLevel: isByteLevel)
        var unknownID: Int32?
        if let unknown = try model.optional("unk_token") { unknownID = table.id(text: try unknown.utf8()) }
        return (table, .wordLevel(table.vocabulary, unknownID: unknownID))
    }

    private static func refuseOptions(of model: DefinitionValue) throws(TokenizerError) {
        if let dropout = try model.optional("dropout"), !dropout.isZeroOrNull {
            throw dropout.error(.unsupported, "dropout of merges is not supported")
        }
        for option in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let value = try model.optional(option), try !value.utf8().isEmpty {
                throw value.error(.unsupported, "is not supported")
            }
        }
    }

    private static func readVocabulary(_ value: DefinitionValue, isByteLevel: Bool) throws(TokenizerError) -> TokenTable
    {
        var table = TokenTable(isByteLevel: isByteLevel, capacity: 1 << 10)
        try value.forEachMember { (token, idValue) throws(TokenizerError) in
            func named() -> DefinitionValue { idValue.named(String(decoding: token.prefix(64), as: UTF8.self)) }
            let id: Int32
            do throws(TokenizerError) {
                id = try idValue.id(below: Vocabulary.idLimit)
            } catch {
                throw named().error(error.code, error.message)
            }
            switch table.insert(text: token, id: id) {
            case .inserted: break
            case .idExists: throw named().error(.invalidID, "another token has id \(id)")
            case .tokenExists: throw named().error(.duplicateKey, "is in the vocabulary twice")
            }
        }
        guard table.count > 0 else { throw value.error(.missingMember, "is empty") }
        return table
    }

    private static func readMerges(_ value: DefinitionValue, table: TokenTable) throws(TokenizerError) -> MergeTable {
        guard value.isArray else { throw value.error(.wrongType, "is not an array") }
        var merges = MergeTable(capacity: value.count)
        var rank: UInt32 = 0
        try value.forEachElement { (i, element) throws(TokenizerError) in
            func failure(_ code: TokenizerError.Code, _ message: String) -> TokenizerError {
                TokenizerError(code, file: value.text.file, keyPath: "\(value.path)[\(i)]", message)
            }
            guard let (left, right) = try pair(element, failure) else { return }
            guard let leftID = table.id(text: left), let rightID = table.id(text: right) else {
                let missing = String(decoding: table.id(text: left) == nil ? left : right, as: UTF8.self)
                throw failure(.invalidMerge, "\"\(missing.prefix(64))\" is not in the vocabulary")
            }
            let merged = left + right
            guard let token = table.id(text: merged) else {
                let shown = String(decoding: merged.prefix(64), as: UTF8.self)
                throw failure(.invalidMerge, "makes \"\(shown)\", which is not in the vocabulary")
            }
            merges.insert(left: leftID, right: rightID, rank: rank, token: token)
            rank += 1
        }
        return merges
    }

    /// The two sides of a merge, "a b" or ["a", "b"]; nil for the version line of old files.
    private static func pair(
        _ element: DefinitionValue, _ failure: (TokenizerError.Code, String) -> TokenizerError
    ) throws(TokenizerError) -> ([UInt8], [UInt8])? {
        var sides: [[UInt8]] = []
        if element.isArray {
            try element.forEachElement { (_, side) throws(TokenizerError) in
                guard side.isString else { throw failure(.wrongType, "is not two tokens") }
                if sides.count < 3 { sides.append(try side.utf8()) }
            }
        } else if element.isString {
            let text = try element.utf8()
            if text.starts(with: "#version".utf8) { return nil }
            sides = text.split(separator: 0x20, omittingEmptySubsequences: false).map(Array.init)
        } else {
            throw failure(.wrongType, "is neither \"a b\" nor [\"a\", \"b\"]")
        }
        // An empty side would make a merge whose result is one of its own parts, without end.
        guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
            throw failure(.invalidMerge, "is not two tokens")
        }
        return (sides[0], sides[1])
    }
}
