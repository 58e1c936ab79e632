import Files
import StrictJSON

/// A tokenizer just made: the files that `Tokenizer.load` and the `tokenizers` library read.
public struct TrainedTokenizer: Hashable, Sendable {
    /// The bytes of tokenizer.json.
    public let json: [UInt8]
    /// The bytes of tokenizer_config.json.
    public let configuration: [UInt8]

    /// The tokenizer itself.
    ///
    /// - Throws: `TokenizerError` if special tokens contradict each other.
    public func tokenizer() throws(TokenizerError) -> Tokenizer {
        try Tokenizer(json: json, configuration: configuration, file: "<trained tokenizer>")
    }

    /// Writes tokenizer.json and tokenizer_config.json into a folder, which is made if need be.
    ///
    /// - Throws: ``TokenizerError`` for a file that cannot be written.
    public func write(to folder: String) throws(TokenizerError) {
        do throws(FileError) {
            try FilePath.makeFolder(folder)
            try WholeFile.write(json, to: folder + "/tokenizer.json", replacing: true)
            try WholeFile.write(configuration, to: folder + "/tokenizer_config.json", replacing: true)
        } catch {
            throw TokenizerError(.unwritable, file: folder, "cannot be written: \(error.reason)")
        }
    }
}

/// The control tokens of a tokenizer to be made.
public struct ControlTokens: Hashable, Sendable {
    /// The beginning of a text; written as `bos_token`, put before texts that ask for special tokens.
    public var beginning: String?
    /// The end of a text; written as `eos_token`.
    public var end: String?
    /// What fills a batch; written as `pad_token`. May be the end token.
    public var padding: String?
    /// Others, such as turn markers.
    public var others: [String]

    /// - Parameters:
    ///   - beginning: The beginning of a text.
    ///   - end: The end of a text.
    ///   - padding: What fills a batch.
    ///   - others: Others, such as turn markers.
    public init(
        beginning: String? = nil, end: String? = "<|endoftext|>", padding: String? = nil, others: [String] = []
    ) {
        self.beginning = beginning
        self.end = end
        self.padding = padding
        self.others = others
    }

    /// All of them once, in the order of their ids.
    var all: [String] {
        var out: [String] = []
        for token in [beginning, end, padding].compactMap({ $0 }) + others
        where !out.contains(where: { $0.utf8.elementsEqual(token.utf8) }) {
            out.append(token)
        }
        return out
    }
}

/// Writes the two files.
struct TokenizerWriter {
    /// The model's tokens by their text in the file; the index is the id.
    var tokens: [String]
    /// For byte-pair models: pairs of texts in order of rank.
    var merges: [(String, String)] = []
    var kind: Kind
    var preTokenizer: String
    var control: ControlTokens

    enum Kind {
        case bytePair(ignoresMerges: Bool)
        case wordLevel(unknown: String)
    }

    func trained() -> TrainedTokenizer {
        TrainedTokenizer(json: Array(json().utf8), configuration: Array(configuration().utf8))
    }

    private func json() -> String {
        let added = control.all.enumerated().map { id, token in
            """
            {"id":\(id),"content":\(Self.quoted(token)),"single_word":false,"lstrip":false,"rstrip":false,\
            "normalized":false,"special":true}
            """
        }
        let vocabulary = tokens.enumerated().map { "\(Self.quoted($1)):\($0)" }.joined(separator: ",\n")
        let model: String
        switch kind {
        case .bytePair(let ignoresMerges):
            let pairs = merges.map { "[\(Self.quoted($0.0)),\(Self.quoted($0.1))]" }.joined(separator: ",\n")
            model = """
                {"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,\
                "end_of_word_suffix":null,"fuse_unk":false,"byte_fallback":false,"ignore_merges":\(ignoresMerges),
                "vocab":{\(vocabulary)},
                "merges":[\(pairs)]}
                """
        case .wordLevel(let unknown):
            model = """
                {"type":"WordLevel","vocab":{\(vocabulary)},
                "unk_token":\(Self.quoted(unknown))}
                """
        }
        return """
            {"version":"1.0","truncation":null,"padding":null,
            "added_tokens":[\(added.joined(separator: ",\n"))],
            "normalizer":null,
            "pre_tokenizer":\(preTokenizer),
            "post_processor":\(postProcessor()),
            "decoder":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true},
            "model":\(model)}

            """
    }

    private func postProcessor() -> String {
        let byteLevel = #"{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false,"use_regex":true}"#
        guard let beginning = control.beginning else { return byteLevel }
        let id = control.all.firstIndex { $0.utf8.elementsEqual(beginning.utf8) } ?? 0
        let name = Self.quoted(beginning)
        func special(_ type: Int) -> String { "{\"SpecialToken\":{\"id\":\(name),\"type_id\":\(type)}}" }
        func sequence(_ id: String, _ type: Int) -> String { "{\"Sequence\":{\"id\":\"\(id)\",\"type_id\":\(type)}}" }
        return """
            {"type":"TemplateProcessing","single":[\(special(0)),\(sequence("A", 0))],\
            "pair":[\(special(0)),\(sequence("A", 0)),\(special(1)),\(sequence("B", 1))],\
            "special_tokens":{\(name):{"id":\(name),"ids":[\(id)],"tokens":[\(name)]}}}
            """
    }

    private func configuration() -> String {
        var members = ["\"tokenizer_class\":\"PreTrainedTokenizerFast\""]
        let named = [("bos_token", control.beginning), ("eos_token", control.end), ("pad_token", control.padding)]
        for (name, token) in named {
            if let token { members.append("\"\(name)\":\(Self.quoted(token))") }
        }
        if case .wordLevel(let unknown) = kind { members.append("\"unk_token\":\(Self.quoted(unknown))") }
        members.append("\"clean_up_tokenization_spaces\":false")
        return "{\(members.joined(separator: ",\n"))}\n"
    }

    /// A JSON string.
    static func quoted(_ text: String) -> String {
        var out: [UInt8] = []
        JSONText.append(text, to: &out)
        return String(decoding: out, as: UTF8.self)
    }
}
