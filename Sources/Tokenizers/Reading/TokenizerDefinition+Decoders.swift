/// Reads the decoder.
extension TokenizerDefinition {
    static func readDecoder(
        _ value: DefinitionValue?, isByteLevel: Bool
    ) throws(TokenizerError) -> TokenizerDecoding {
        guard let value else { return .spaced }
        var steps: [DefinitionValue] = []
        if try value.required("type").string() == "Sequence" {
            steps = try value.required("decoders").elements()
        } else {
            steps = [value]
        }
        if steps.count == 1, let only = steps.first, try only.required("type").string() == "ByteLevel" {
            guard isByteLevel else {
                throw value.error(.unsupported, "a ByteLevel decoder without the ByteLevel pre-tokenizer")
            }
            return .bytes
        }
        let rule = try readPieceDecoder(steps)
        guard !isByteLevel else {
            throw value.error(.unsupported, "a byte-level tokenizer with another decoder than ByteLevel")
        }
        return .pieces(rule)
    }

    private static func readPieceDecoder(_ steps: [DefinitionValue]) throws(TokenizerError) -> PieceDecoding {
        var rule = PieceDecoding()
        var isFused = false
        for step in steps {
            let type = try step.required("type").string()
            func misplaced() -> TokenizerError {
                step.error(.unsupported, "the decoder \(type) after those before it is not supported")
            }
            switch type {
            case "Replace":
                guard !isFused, !rule.fallsBackToBytes else { throw misplaced() }
                guard case .text(let from) = try readPattern(step.required("pattern")) else {
                    throw step.error(.unsupported, "a decoder that replaces what an expression matches")
                }
                rule.replacements.append(.init(from: from, to: try step.required("content").utf8()))
            case "Metaspace":
                guard rule.replacements.isEmpty, !isFused, !rule.fallsBackToBytes else { throw misplaced() }
                let metaspace = try PreTokenization.readMetaspace(step)
                if metaspace.prefix != .never { rule.markLeftOutOfFirst = metaspace.mark }
                rule.replacements.append(.init(from: metaspace.mark, to: [0x20]))
            case "ByteFallback":
                guard !isFused, rule.markLeftOutOfFirst == nil else { throw misplaced() }
                rule.fallsBackToBytes = true
            case "Fuse": isFused = true
            case "Strip":
                guard isFused, rule.leading.isEmpty, try step.count("stop") == 0 else { throw misplaced() }
                rule.leading = try step.required("content").utf8()
                rule.leadingLimit = try step.count("start")
            default:
                throw step.named("type").error(
                    .unsupported,
                    "the decoder \(type) is not supported; ByteLevel, Metaspace, Replace, ByteFallback, Fuse and Strip are"
                )
            }
        }
        return rule
    }
}
