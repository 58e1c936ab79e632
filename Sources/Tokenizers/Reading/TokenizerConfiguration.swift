/// What tokenizer_config.json, special_tokens_map.json and chat_template.jinja add to tokenizer.json.
struct TokenizerConfiguration: Sendable {
    var beginning: String?
    var end: String?
    var padding: String?
    var unknown: String?
    var chatTemplate: String?
    /// All tokens with a name, by it.
    var namedTokens: [String: String] = [:]
    /// Set by the tokenizer classes that write their own template over the file's: whether to put the token there.
    var addsBeginning: Bool?
    var addsEnd: Bool?

    init() {}

    /// - Parameters:
    ///   - configuration: tokenizer_config.json.
    ///   - specialTokens: special_tokens_map.json, for what the former leaves out.
    init(configuration: DefinitionText?, specialTokens: DefinitionText?) throws(TokenizerError) {
        for root in [configuration?.root, specialTokens?.root] {
            guard let root else { continue }
            if beginning == nil { beginning = try Self.token("bos_token", in: root) }
            if end == nil { end = try Self.token("eos_token", in: root) }
            if padding == nil { padding = try Self.token("pad_token", in: root) }
            if unknown == nil { unknown = try Self.token("unk_token", in: root) }
            for name in Self.tokenNames where namedTokens[name] == nil {
                namedTokens[name] = try Self.token(name, in: root)
            }
        }
        guard let root = configuration?.root else { return }
        chatTemplate = try Self.template(in: root)
        if let name = try root.optional("tokenizer_class"), name.isString,
            ["LlamaTokenizer", "LlamaTokenizerFast"].contains(try name.string())
        {
            addsBeginning = try Self.flag("add_bos_token", in: root)
            addsEnd = try Self.flag("add_eos_token", in: root)
        }
    }

    private static let tokenNames = [
        "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
    ]

    /// A token given by its text or as an object with its text.
    private static func token(_ name: String, in root: DefinitionValue) throws(TokenizerError) -> String? {
        guard let value = try root.optional(name) else { return nil }
        return value.isObject ? try value.required("content").string() : try value.string()
    }

    private static func flag(_ name: String, in root: DefinitionValue) throws(TokenizerError) -> Bool? {
        try root.optional(name)?.bool()
    }

    /// The template, or of a list of named templates the one named "default".
    private static func template(in root: DefinitionValue) throws(TokenizerError) -> String? {
        guard let value = try root.optional("chat_template") else { return nil }
        guard value.isArray else { return try value.string() }
        for entry in try value.elements() where try entry.required("name").string() == "default" {
            return try entry.required("template").string()
        }
        return nil
    }
}
