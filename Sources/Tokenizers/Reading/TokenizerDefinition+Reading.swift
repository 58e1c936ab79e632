/// Reads tokenizer.json as `tokenizers` writes it. What is not implemented is refused by name: a tokenizer that is almost
/// right gives a model ids it was never trained on.
extension TokenizerDefinition {
    init(reading root: DefinitionValue) throws(TokenizerError) {
        guard root.isObject else { throw root.error(.wrongType, "is not a JSON object") }
        let steps = try PreTokenization(reading: root.optional("pre_tokenizer"))
        let model = try root.required("model")
        switch try Self.modelType(model) {
        case "BPE": (table, self.model) = try Self.readBytePair(model, isByteLevel: steps.isByteLevel)
        case "Unigram":
            guard !steps.isByteLevel else {
                throw root.error(.unsupported, "a Unigram model over the ByteLevel pre-tokenizer is not supported")
            }
            (table, self.model) = try Self.readUnigram(model)
        case "WordLevel":
            (table, self.model) = try Self.readWordLevel(model, isByteLevel: steps.isByteLevel)
        case let other:
            throw model.named("type").error(
                .unsupported, "\(other) models are not supported; BPE, Unigram and WordLevel are")
        }
        self.steps = steps.steps
        addsPrefixSpace = steps.addsPrefixSpace
        normalization = try Self.readNormalizer(root.optional("normalizer"))
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
