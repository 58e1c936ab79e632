import GGUF

/// Byte-level byte-pair encoding. `tokenizer.ggml.pre` names how text is cut into pieces first; what stands for each name here is
/// what the tokenizer.json of the models has that llama.cpp gives this name.
struct ByteLevelGGUF: GGUFTokenizerKind {
    /// How text is cut.
    private enum Cut: Sendable {
        /// GPT-2's expression.
        case gpt2
        /// Digits one by one, then GPT-2's expression.
        case digitsGPT2
        /// An expression of its own.
        case split(String)
    }

    private struct Rule: Sendable {
        var cut: Cut
        var composes = false
        var ignoresMerges = false
        var addsBeginning = false
    }

    private static let contractions = #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"#
    private static let rest = #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

    private static let rules: [String: Rule] = {
        let llama3 = Cut.split(contractions + #"\p{N}{1,3}"# + rest)
        let qwen2 = Rule(cut: .split(contractions + #"\p{N}"# + rest), composes: true)
        let digits = Rule(cut: .digitsGPT2)
        return [
            "gpt-2": Rule(cut: .gpt2), "olmo": Rule(cut: .gpt2),
            "smollm": digits, "starcoder": digits, "refact": digits, "codeshell": digits,
            "llama-bpe": Rule(cut: llama3, ignoresMerges: true, addsBeginning: true),
            "llama3": Rule(cut: llama3, ignoresMerges: true, addsBeginning: true),
            "llama-v3": Rule(cut: llama3, ignoresMerges: true, addsBeginning: true),
            "dbrx": Rule(cut: llama3), "smaug-bpe": Rule(cut: llama3),
            "qwen2": qwen2, "deepseek-r1-qwen": qwen2,
        ]
    }()

    private let rule: Rule
    private let merges: [[UInt8]]

    init(_ metadata: TokenizerMetadata) throws(ModelConversionError) {
        let name = try metadata.optional("pre", \.text) ?? "default"
        guard let rule = Self.rules[name] else {
            throw metadata.error(
                .unsupported,
                "the pre-tokenizer \(name) cannot be converted; " + Self.rules.keys.sorted().joined(separator: ", ")
                    + " can")
        }
        if try metadata.optional("add_space_prefix", \.bool) ?? false {
            throw metadata.error(.unsupported, "a byte-level tokenizer that puts a space before texts")
        }
        self.rule = rule
        merges = try metadata.required("merges", \.strings)
        for merge in merges where !UTF8Text.isValid(merge) || merge.count(where: { $0 == 0x20 }) != 1 {
            throw metadata.error(.unsupported, "a merge that is not two tokens")
        }
    }

    var normalizer: String { rule.composes ? #"{"type": "NFC"}"# : "null" }
    var addsBeginning: Bool { rule.addsBeginning }
    var decoder: String { Self.byteLevel(usesExpression: true) }
    var postProcessor: String { Self.byteLevel(usesExpression: true) }

    var preTokenizer: String {
        switch rule.cut {
        case .gpt2: return Self.byteLevel(usesExpression: true)
        case .digitsGPT2:
            return #"{"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true}, "#
                + Self.byteLevel(usesExpression: true) + "]}"
        case .split(let expression):
            let quoted = String(decoding: GGUFTokenizer.quoted(Array(expression.utf8)), as: UTF8.self)
            return #"{"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "# + quoted
                + #"}, "behavior": "Isolated", "invert": false}, "# + Self.byteLevel(usesExpression: false) + "]}"
        }
    }

    private static func byteLevel(usesExpression: Bool) -> String {
        #"{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": "# + "\(usesExpression)}"
    }

    func appendModel(_ tokenizer: GGUFTokenizer, to out: inout [UInt8]) throws(ModelConversionError) {
        out += Array(
            """
            {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null, \
            "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, \
            "ignore_merges": \(rule.ignoresMerges),

            """.utf8)
        tokenizer.appendVocabulary(to: &out)
        out += Array(",\n\"merges\": [".utf8)
        for (i, merge) in merges.enumerated() {
            if i > 0 { out.append(UInt8(ascii: ",")) }
            let sides = merge.split(separator: 0x20, omittingEmptySubsequences: false).map(Array.init)
            out.append(UInt8(ascii: "["))
            GGUFTokenizer.append(sides[0], to: &out)
            out.append(UInt8(ascii: ","))
            GGUFTokenizer.append(sides[1], to: &out)
            out.append(UInt8(ascii: "]"))
        }
        out += Array("]}".utf8)
    }
}
