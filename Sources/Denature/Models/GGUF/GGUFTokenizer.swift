import GGUF
import StrictJSON

/// The tokenizer in a GGUF file's metadata, written as tokenizer.json and tokenizer_config.json.
///
/// Vocabularies stay bytes throughout: equality of `String` is canonical equivalence, in which two tokens may be one.
struct GGUFTokenizer {
    /// What `tokenizer.ggml.token_type` says of a token.
    enum TokenType: Int {
        case normal = 1
        case unknown = 2
        case control = 3
        case userDefined = 4
        case unused = 5
        case byte = 6
    }

    /// By id.
    let tokens: [[UInt8]]
    let types: [TokenType]
    let beginningID: Int?
    let endIDs: [Int]
    let paddingID: Int?
    let unknownID: Int?
    let chatTemplate: [UInt8]?
    let kind: any GGUFTokenizerKind
    let addsBeginning: Bool
    let addsEnd: Bool

    private let file: String

    /// - Parameters:
    ///   - model: The file.
    ///   - vocabulary: Rows of the embeddings.
    init(_ model: GGUFModel, vocabulary: Int) throws(ModelConversionError) {
        let metadata = TokenizerMetadata(model)
        file = model.file.path
        tokens = try metadata.required("tokens", \.strings)
        guard !tokens.isEmpty, tokens.count <= vocabulary else {
            throw model.error(.inconsistent, "\(tokens.count) tokens for \(vocabulary) embeddings")
        }
        var types: [TokenType] = []
        for number in try metadata.optional("token_type", \.integers) ?? tokens.map({ _ in 1 }) {
            guard let type = TokenType(rawValue: number) else {
                throw model.error(.unsupported, "a token of type \(number)")
            }
            types.append(type)
        }
        guard types.count == tokens.count else {
            throw model.error(.inconsistent, "\(types.count) token types for \(tokens.count) tokens")
        }
        self.types = types
        var seen: Set<[UInt8]> = []
        for (id, token) in tokens.enumerated() {
            guard !token.isEmpty, UTF8Text.isValid(token) else {
                throw model.error(.unsupported, "token \(id) is empty or not UTF-8")
            }
            guard seen.insert(token).inserted else {
                throw model.error(.inconsistent, "the token \(String(decoding: token, as: UTF8.self)) is there twice")
            }
        }
        let count = tokens.count
        func id(_ key: String) throws(ModelConversionError) -> Int? {
            guard let id = try metadata.optional(key, \.integer) else { return nil }
            // What is left out is written as the largest number by some tools.
            if id == Int(UInt32.max) || id == -1 { return nil }
            guard (0..<count).contains(id) else { throw model.error(.inconsistent, "\(key) is \(id), not a token") }
            return id
        }
        beginningID = try id("bos_token_id")
        paddingID = try id("padding_token_id")
        unknownID = try id("unknown_token_id")
        var ends: [Int] = []
        for key in ["eos_token_id", "eot_token_id"] {
            if let end = try id(key), !ends.contains(end) { ends.append(end) }
        }
        endIDs = ends
        if let template = model.file["tokenizer.chat_template"] {
            guard case .string(let bytes) = template, UTF8Text.isValid(bytes) else {
                throw model.error(.unsupported, "tokenizer.chat_template is not a text")
            }
            chatTemplate = bytes
        } else {
            chatTemplate = nil
        }
        kind = try Self.kind(metadata)
        addsBeginning = try metadata.optional("add_bos_token", \.bool) ?? kind.addsBeginning
        addsEnd = try metadata.optional("add_eos_token", \.bool) ?? false
        guard !addsBeginning || beginningID != nil, !addsEnd || !ends.isEmpty else {
            throw model.error(.inconsistent, "a token that is to be added to every text is not named")
        }
    }

    private static func kind(_ metadata: TokenizerMetadata) throws(ModelConversionError) -> any GGUFTokenizerKind {
        let name = try metadata.optional("model", \.text) ?? ""
        switch name {
        case "gpt2": return try ByteLevelGGUF(metadata)
        case "llama": return try SentencePieceGGUF(metadata)
        default:
            throw metadata.error(.unsupported, "tokenizers of type \(name) cannot be converted; gpt2 and llama can")
        }
    }

    // MARK: tokenizer.json

    /// The bytes of tokenizer.json.
    func definition() throws(ModelConversionError) -> [UInt8] {
        var out: [UInt8] = []
        func write(_ text: String) { out += Array(text.utf8) }
        write("{\"version\": \"1.0\", \"truncation\": null, \"padding\": null,\n\"added_tokens\": [")
        var isFirst = true
        for (id, token) in tokens.enumerated() where isAdded(types[id]) {
            write(isFirst ? "\n  {\"id\": \(id), \"content\": " : ",\n  {\"id\": \(id), \"content\": ")
            Self.append(token, to: &out)
            let isSpecial = types[id] != .userDefined
            write(
                ", \"single_word\": false, \"lstrip\": false, \"rstrip\": false, \"normalized\": false, "
                    + "\"special\": \(isSpecial)}")
            isFirst = false
        }
        write("],\n\"normalizer\": \(kind.normalizer),\n\"pre_tokenizer\": \(kind.preTokenizer),\n\"post_processor\": ")
        appendPostProcessor(to: &out)
        write(",\n\"decoder\": \(kind.decoder),\n\"model\": ")
        try kind.appendModel(self, to: &out)
        write("}\n")
        return out
    }

    private func isAdded(_ type: TokenType) -> Bool { type == .control || type == .userDefined || type == .unknown }

    private func appendPostProcessor(to out: inout [UInt8]) {
        func write(_ text: String) { out += Array(text.utf8) }
        let (before, after) = (addsBeginning ? beginningID : nil, addsEnd ? endIDs.first : nil)
        guard before != nil || after != nil else { return write(kind.postProcessor) }
        func special(_ id: Int, _ type: Int) {
            write("{\"SpecialToken\": {\"id\": ")
            Self.append(tokens[id], to: &out)
            write(", \"type_id\": \(type)}}")
        }
        func sequence(_ name: String, _ type: Int) {
            if let before {
                special(before, type)
                write(", ")
            }
            write("{\"Sequence\": {\"id\": \"\(name)\", \"type_id\": \(type)}}")
            if let after {
                write(", ")
                special(after, type)
            }
        }
        write("{\"type\": \"TemplateProcessing\", \"single\": [")
        sequence("A", 0)
        write("], \"pair\": [")
        sequence("A", 0)
        write(", ")
        sequence("B", 1)
        write("], \"special_tokens\": {")
        for (i, id) in Set([before, after].compactMap { $0 }).sorted().enumerated() {
            if i > 0 { write(", ") }
            Self.append(tokens[id], to: &out)
            write(": {\"id\": ")
            Self.append(tokens[id], to: &out)
            write(", \"ids\": [\(id)], \"tokens\": [")
            Self.append(tokens[id], to: &out)
            write("]}")
        }
        write("}}")
    }

    /// `"vocab": {…}`, every token with its id.
    func appendVocabulary(to out: inout [UInt8]) {
        out += Array("\"vocab\": {".utf8)
        for (id, token) in tokens.enumerated() {
            if id > 0 { out.append(UInt8(ascii: ",")) }
            Self.append(token, to: &out)
            out += Array(": \(id)".utf8)
        }
        out.append(UInt8(ascii: "}"))
    }

    func error(_ code: ModelConversionError.Code, _ message: String) -> ModelConversionError {
        ModelConversionError(code, file: file, message)
    }

    // MARK: tokenizer_config.json

    /// The bytes of tokenizer_config.json.
    func configuration(contextLength: Int) -> [UInt8] {
        var members: [(String, [UInt8])] = [
            ("tokenizer_class", Array("\"PreTrainedTokenizerFast\"".utf8)),
            ("clean_up_tokenization_spaces", Array("false".utf8)),
            ("model_max_length", Array("\(contextLength)".utf8)),
        ]
        let named = [
            ("bos_token", beginningID), ("eos_token", endIDs.first), ("pad_token", paddingID), ("unk_token", unknownID),
        ]
        for (name, id) in named {
            guard let id else { continue }
            members.append((name, Self.quoted(tokens[id])))
        }
        if let chatTemplate { members.append(("chat_template", Self.quoted(chatTemplate))) }
        var out: [UInt8] = Array("{".utf8)
        for (i, (name, value)) in members.enumerated() {
            out += Array((i == 0 ? "\n  \"" : ",\n  \"").utf8) + Array(name.utf8) + Array("\": ".utf8) + value
        }
        return out + Array("\n}\n".utf8)
    }

    // MARK: Bytes

    static func quoted(_ utf8: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        append(utf8, to: &out)
        return out
    }

    /// A JSON string of checked UTF-8.
    static func append(_ utf8: [UInt8], to out: inout [UInt8]) {
        JSONText.append(String(decoding: utf8, as: UTF8.self), to: &out)
    }
}

/// Keys that begin with `tokenizer.ggml.`.
struct TokenizerMetadata {
    let model: GGUFModel

    init(_ model: GGUFModel) { self.model = model }

    func error(_ code: ModelConversionError.Code, _ message: String) -> ModelConversionError {
        model.error(code, message)
    }

    func optional<T>(_ key: String, _ path: KeyPath<GGUFValue, T?>) throws(ModelConversionError) -> T? {
        guard let value = model.file["tokenizer.ggml." + key] else { return nil }
        guard let found = value[keyPath: path] else {
            throw error(.unsupported, "tokenizer.ggml.\(key) is not of the type that it has in GGUF")
        }
        return found
    }

    func required<T>(_ key: String, _ path: KeyPath<GGUFValue, T?>) throws(ModelConversionError) -> T {
        guard let value = try optional(key, path) else { throw error(.missing, "tokenizer.ggml.\(key) is missing") }
        return value
    }
}

/// What differs between the kinds of tokenizers that GGUF files hold; texts are JSON.
protocol GGUFTokenizerKind: Sendable {
    var normalizer: String { get }
    var preTokenizer: String { get }
    var decoder: String { get }
    /// Where no token goes around a text.
    var postProcessor: String { get }
    /// Whether texts begin with the beginning token where the file does not say it.
    var addsBeginning: Bool { get }

    func appendModel(_ tokenizer: GGUFTokenizer, to out: inout [UInt8]) throws(ModelConversionError)
}

enum UTF8Text {
    static func isValid(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }
}
