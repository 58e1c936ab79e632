import Files
import Synchronization

/// A tokenizer read from a Hugging Face tokenizer.json: text to token ids and back.
///
/// Byte-pair encoding over bytes or over characters with byte fallback, Unigram, and word-level vocabularies; ids equal those
/// of the `tokenizers` library. Other kinds are refused when loading. Safe to use from many threads at once; results depend on
/// nothing but the file and the text. Truncation and padding that a file may ask for are not applied.
public final class Tokenizer: Sendable {
    /// Tokens matched in the text before it is split into pieces, by id: control tokens and others.
    public let addedTokens: [AddedToken]
    /// The beginning of a text (`bos_token`), if the files name one that the vocabulary has.
    public let beginningID: Int32?
    /// The end of a text (`eos_token`), if the files name one that the vocabulary has.
    public let endID: Int32?
    /// What fills a batch (`pad_token`), if the files name one that the vocabulary has.
    public let paddingID: Int32?
    /// What stands for unknown text (`unk_token`), if the files name one that the vocabulary has.
    public let unknownID: Int32?
    /// The Jinja chat template that came with the files; `ChatFormat` runs it.
    public let chatTemplate: String?
    /// The tokens that the files name (`bos_token` and others), by those names: templates read them.
    public let namedTokens: [String: String]
    /// Ids put before a text when special tokens are asked for.
    public let prefixIDs: [Int32]
    /// Ids put after a text when special tokens are asked for.
    public let suffixIDs: [Int32]
    /// The file this was read from, as the caller named it.
    public let file: String

    let definition: TokenizerDefinition
    let givenTokens: AddedTokenMatcher
    let normalizedTokens: AddedTokenMatcher
    private let addedByID: [Int32: AddedToken]
    private let addedByText: [[UInt8]: Int32]
    private let scratchPool = Mutex<[BytePairModel.Scratch]>([])
    private static let pooledScratches = 16

    // MARK: Loading

    /// Loads a tokenizer from a folder that holds tokenizer.json, with tokenizer_config.json, special_tokens_map.json and
    /// chat_template.jinja if they are there; or from the path of a tokenizer.json, with the files beside it.
    ///
    /// - Throws: `TokenizerError` naming file and member if a file is missing, damaged or of a kind not implemented.
    public static func load(_ path: String) throws(TokenizerError) -> Tokenizer {
        let isFolder = FilePath.isFolder(path)
        var folder = path
        if !isFolder { folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }
        func beside(_ name: String) -> String { folder.hasSuffix("/") ? folder + name : folder + "/" + name }
        let file = isFolder ? beside("tokenizer.json") : path
        let tape = try DefinitionText(parsing: FileReading.bytes(file), file: file)
        func optional(_ name: String) throws(TokenizerError) -> DefinitionText? {
            guard let bytes = try FileReading.bytesIfPresent(beside(name)) else { return nil }
            return try DefinitionText(parsing: bytes, file: beside(name))
        }
        var configuration = try TokenizerConfiguration(
            configuration: optional("tokenizer_config.json"), specialTokens: optional("special_tokens_map.json"))
        // The file of its own is the newer one, and goes before the member.
        if let template = try FileReading.bytesIfPresent(beside("chat_template.jinja")) {
            configuration.chatTemplate = String(decoding: template, as: UTF8.self)
        }
        return try Tokenizer(TokenizerDefinition(reading: tape.root), configuration, file: file)
    }

    /// Reads a tokenizer from memory.
    ///
    /// - Parameters:
    ///   - json: The bytes of tokenizer.json.
    ///   - configuration: The bytes of tokenizer_config.json.
    ///   - file: How errors name it.
    /// - Throws: ``TokenizerError`` naming the member that is wrong or not supported.
    public convenience init(
        json: [UInt8], configuration: [UInt8]? = nil, file: String = "<tokenizer>"
    ) throws(TokenizerError) {
        var settings = TokenizerConfiguration()
        if let configuration {
            settings = try TokenizerConfiguration(
                configuration: DefinitionText(parsing: configuration, file: file), specialTokens: nil)
        }
        try self.init(
            TokenizerDefinition(reading: DefinitionText(parsing: json, file: file).root), settings, file: file)
    }

    init(
        _ definition: TokenizerDefinition, _ configuration: TokenizerConfiguration, file: String
    ) throws(TokenizerError) {
        self.file = file
        self.definition = definition
        addedTokens = definition.addedTokens.sorted { $0.id < $1.id }
        var byID: [Int32: AddedToken] = [:]
        var byText: [[UInt8]: Int32] = [:]
        var given = AddedTokenMatcher()
        var normalized = AddedTokenMatcher()
        for token in definition.addedTokens {
            byID[token.id] = token
            byText[Array(token.content.utf8)] = token.id
            let pattern = Array(token.content.utf8)
            if token.isNormalized {
                let changed = pattern.withUnsafeBufferPointer(definition.normalized)
                normalized.insert(token, pattern: changed ?? pattern)
            } else {
                given.insert(token, pattern: pattern)
            }
        }
        addedByID = byID
        addedByText = byText
        givenTokens = given
        normalizedTokens = normalized
        func id(_ text: String?) -> Int32? {
            text.flatMap { byText[Array($0.utf8)] ?? definition.table.id(text: Array($0.utf8)) }
        }
        beginningID = id(configuration.beginning)
        endID = id(configuration.end)
        paddingID = id(configuration.padding)
        unknownID = id(configuration.unknown)
        chatTemplate = configuration.chatTemplate
        namedTokens = configuration.namedTokens
        if configuration.addsBeginning != nil || configuration.addsEnd != nil {
            prefixIDs = configuration.addsBeginning == true ? [beginningID].compactMap { $0 } : []
            suffixIDs = configuration.addsEnd == true ? [endID].compactMap { $0 } : []
        } else {
            prefixIDs = definition.prefix
            suffixIDs = definition.suffix
        }
    }

    // MARK: Tokens

    /// How many tokens there are, added ones included.
    public var vocabularySize: Int {
        definition.table.count + addedTokens.count { !definition.table.contains(id: $0.id) }
    }

    /// One more than the largest id: what a model's embedding must at least have rows for.
    public var idBound: Int {
        max(definition.table.idBound, Int(addedTokens.last?.id ?? -1) + 1)
    }

    /// The token with an id as tokenizer.json writes it ("Ġthe" for " the"), or nil if no token has the id.
    public func token(for id: Int32) -> String? {
        addedByID[id]?.content ?? definition.table.text(of: id)
    }

    /// The id of a token as tokenizer.json writes it, or nil.
    public func id(for token: String) -> Int32? {
        addedByText[Array(token.utf8)] ?? definition.table.id(text: Array(token.utf8))
    }

    /// The bytes that a token stands for in a text, or nil if no token has the id. Not always whole UTF-8.
    public func bytes(for id: Int32) -> [UInt8]? {
        if let added = addedByID[id] { return Array(added.content.utf8) }
        guard let bytes = definition.table.bytes(of: id) else { return nil }
        guard case .pieces(let rule) = definition.decoding else { return Array(bytes) }
        return rule.byte(bytes).map { [$0] } ?? rule.text(bytes, isFirst: false)
    }

    /// Whether a token is a control token.
    public func isSpecial(_ id: Int32) -> Bool {
        addedByID[id]?.isSpecial ?? false
    }

    /// For each id of this tokenizer the id of the same token in another, or -1 where it has none. Length `idBound`.
    public func mapping(to other: Tokenizer) -> [Int32] {
        (0..<Int32(idBound)).map { id in token(for: id).flatMap { other.id(for: $0) } ?? -1 }
    }

    /// An added token's text as decoders of pieces see it: one that is matched in the normalized text is normalized itself.
    func addedContent(_ id: Int32) -> [UInt8]? {
        guard let token = addedByID[id] else { return nil }
        let content = Array(token.content.utf8)
        guard token.isNormalized else { return content }
        return content.withUnsafeBufferPointer(definition.normalized) ?? content
    }

    // MARK: Working memory

    /// Lends one of a bounded set of working memories, so that calls share what they have cached without a lock held.
    func withScratch<Result>(_ body: (inout BytePairModel.Scratch) -> Result) -> Result {
        var scratch = scratchPool.withLock { $0.popLast() } ?? BytePairModel.Scratch()
        let result = body(&scratch)
        scratchPool.withLock { pool in
            if pool.count < Self.pooledScratches { pool.append(scratch) }
        }
        return result
    }
}
