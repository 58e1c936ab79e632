/// Reads tokenizer.json as `tokenizers` writes it. What is not implemented is refused by name: a tokenizer that is almost
/// right gives a model ids it was never trained on.
extension TokenizerDefinition {
    init(reading root: DefinitionValue) throws(TokenizerError) {
        guard root.isObject else { throw root.error(.wrongType, "is not a JSON object") }
        let steps = try PreTokenization(reading: root.optional("pre_tokenizer"))
        let model = try root.required("model")
        switch try Self.modelType(model) {
        case "BPE":
            guard steps.isByteLevel else {
                throw root.error(
                    .unsupported, "a BPE model without the ByteLevel pre-tokenizer; only byte-level BPE is supported")
            }
            (table, self.model) = try Self.readBytePair(model)
        case "WordLevel":
            (table, self.model) = try Self.readWordLevel(model, isByteLevel: steps.isByteLevel)
        case let other:
            throw model.named("type").error(
                .unsupported, "\(other) models are not supported; BPE (byte level) and WordLevel are")
        }
        scanners = steps.scanners
        addsPrefixSpace = steps.addsPrefixSpace
        composes = try Self.readNormalizer(root.optional("normalizer"))
        decoding = try Self.readDecoder(root.optional("decoder"), isByteLevel: steps.isByteLevel)
        if let added = try root.optional("added_tokens") { try readAddedTokens(added) }
        if let processor = try root.optional("post_processor") { try readPostProcessor(processor) }
    }

    /// Whether a token of the model or an added one has this id.
    func contains(id: Int32) -> Bool {
        table.contains(id: id) || addedTokens.contains { $0.id == id }
    }

    // MARK: Parts

    private static func modelType(_ model: DefinitionValue) throws(TokenizerError) -> String {
        if let type = try model.string("type") { return type }
        // Files from before the tag existed.
        if try model.optional("merges") != nil { return "BPE" }
        throw model.error(.missingMember, "has no \"type\"")
    }

    private static func readNormalizer(_ value: DefinitionValue?) throws(TokenizerError) -> Bool {
        guard let value else { return false }
        switch try value.required("type").string() {
        case "NFC": return true
        case "Sequence":
            var composes = false
            for step in try value.required("normalizers").elements() {
                composes = try readNormalizer(step) || composes
            }
            return composes
        case let other:
            throw value.named("type").error(.unsupported, "the normalizer \(other) is not supported; NFC is")
        }
    }

    private static func readDecoder(
        _ value: DefinitionValue?, isByteLevel: Bool
    ) throws(TokenizerError) -> TokenizerDecoding {
        guard let value else { return .spaced }
        switch try value.required("type").string() {
        case "ByteLevel":
            guard isByteLevel else {
                throw value.error(.unsupported, "a ByteLevel decoder without the ByteLevel pre-tokenizer")
            }
            return .bytes
        case "Sequence":
            let steps = try value.required("decoders").elements()
            guard steps.count == 1, let step = steps.first else {
                throw value.error(.unsupported, "a sequence of \(steps.count) decoders is not supported; ByteLevel is")
            }
            return try readDecoder(step, isByteLevel: isByteLevel)
        case let other:
            throw value.named("type").error(.unsupported, "the decoder \(other) is not supported; ByteLevel is")
        }
    }

    private mutating func readAddedTokens(_ value: DefinitionValue) throws(TokenizerError) {
        var ids: Set<Int32> = []
        var contents: Set<[UInt8]> = []
        for entry in try value.elements() {
            let content = try entry.required("content").utf8()
            let idValue = try entry.required("id")
            let id = try idValue.id(below: Vocabulary.idLimit)
            guard !content.isEmpty else { throw entry.error(.unsupported, "an added token without text") }
            guard ids.insert(id).inserted else { throw idValue.error(.invalidID, "two added tokens have id \(id)") }
            guard contents.insert(content).inserted else {
                throw entry.error(.duplicateKey, "the same text as an added token before it")
            }
            if let known = table.id(text: content) {
                guard known == id else {
                    throw idValue.error(.invalidID, "is \(id), but the vocabulary gives the token id \(known)")
                }
            } else if table.contains(id: id) {
                throw idValue.error(.invalidID, "another token of the vocabulary has id \(id)")
            }
            let isSpecial = try entry.bool("special", default: false)
            addedTokens.append(
                AddedToken(
                    id: id, content: String(decoding: content, as: UTF8.self), isSpecial: isSpecial,
                    stripsLeft: try entry.bool("lstrip", default: false),
                    stripsRight: try entry.bool("rstrip", default: false),
                    matchesSingleWord: try entry.bool("single_word", default: false),
                    isNormalized: try entry.bool("normalized", default: !isSpecial)))
        }
    }

    private mutating func readPostProcessor(_ value: DefinitionValue) throws(TokenizerError) {
        switch try value.required("type").string() {
        case "ByteLevel": return
        case "Sequence":
            for step in try value.required("processors").elements() { try readPostProcessor(step) }
        case "TemplateProcessing": try readTemplate(value)
        case let other:
            throw value.named("type").error(
                .unsupported, "the post-processor \(other) is not supported; TemplateProcessing and ByteLevel are")
        }
    }

    private mutating func readTemplate(_ value: DefinitionValue) throws(TokenizerError) {
        let specials = try value.optional("special_tokens")
        var before: [Int32] = []
        var after: [Int32] = []
        var isAfter = false
        for item in try value.required("single").elements() {
            if let sequence = try item.optional("Sequence") {
                guard !isAfter, try sequence.required("id").string() == "A" else {
                    throw item.error(.unsupported, "only a template with the text once, as sequence A, is supported")
                }
                isAfter = true
            } else {
                let name = try item.required("SpecialToken").required("id").string()
                guard let special = try specials?.optional(name) else {
                    throw item.error(.missingMember, "special_tokens has no \"\(name)\"")
                }
                for idValue in try special.required("ids").elements() {
                    let id = try idValue.id(below: Vocabulary.idLimit)
                    guard contains(id: id) else { throw idValue.error(.invalidID, "no token has id \(id)") }
                    if isAfter { after.append(id) } else { before.append(id) }
                }
            }
        }
        guard isAfter else { throw value.named("single").error(.unsupported, "a template without the text") }
        prefix = before + prefix
        suffix += after
    }
}

/// The pre-tokenizer as a list of scanners.
private struct PreTokenization {
    var scanners: [PieceScanner] = []
    var isByteLevel = false
    var addsPrefixSpace = false

    init(reading value: DefinitionValue?) throws(TokenizerError) {
        if let value { try read(value) }
        if scanners.isEmpty { scanners = [.whole] }
    }

    private mutating func read(_ value: DefinitionValue) throws(TokenizerError) {
        let type = try value.required("type").string()
        if isByteLevel {
            throw value.error(.unsupported, "the pre-tokenizer \(type) after ByteLevel is not supported")
        }
        switch type {
        case "Sequence":
            for step in try value.required("pretokenizers").elements() { try read(step) }
        case "ByteLevel":
            addsPrefixSpace = try value.bool("add_prefix_space", default: true)
            if addsPrefixSpace, !scanners.isEmpty {
                throw value.named("add_prefix_space").error(
                    .unsupported, "a prefix space after another pre-tokenizer is not supported")
            }
            if try value.bool("use_regex", default: true) { scanners.append(.gpt2) }
            isByteLevel = true
        case "Split": scanners.append(try Self.readSplit(value))
        case "Digits":
            guard try value.bool("individual_digits", default: false) else {
                throw value.error(.unsupported, "Digits without individual_digits is not supported")
            }
            scanners.append(.digits)
        case "Whitespace": scanners.append(.words)
        case "WhitespaceSplit": scanners.append(.nonSpaces)
        default:
            throw value.named("type").error(
                .unsupported,
                "the pre-tokenizer \(type) is not supported; ByteLevel, Split, Digits, Whitespace and WhitespaceSplit are"
            )
        }
    }

    private static func readSplit(_ value: DefinitionValue) throws(TokenizerError) -> PieceScanner {
        let behavior = try value.required("behavior").string()
        guard behavior == "Isolated", try !value.bool("invert", default: false) else {
            throw value.error(.unsupported, "Split is supported only with behavior Isolated and without invert")
        }
        let pattern = try value.required("pattern")
        guard let expression = try pattern.string("Regex") else {
            throw pattern.error(.unsupported, "Split by a plain string is not supported")
        }
        guard let scanner = PieceScanner(pattern: expression) else {
            let shown = expression.count > 80 ? expression.prefix(80) + "…" : expression[...]
            throw pattern.named("Regex").error(
                .unsupported,
                "the expression is not one of GPT-2, Qwen2 and Llama-3, for which there are scanners: \(shown)")
        }
        return scanner
    }
}
