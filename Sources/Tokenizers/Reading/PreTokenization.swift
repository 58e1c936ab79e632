/// The pre-tokenizer as a list of steps.
struct PreTokenization {
    var steps: [PreTokenizerStep] = []
    var isByteLevel = false
    var addsPrefixSpace = false

    init(reading value: DefinitionValue?) throws(TokenizerError) {
        if let value { try read(value) }
        if steps.isEmpty { steps = [.scan(.whole)] }
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
            if addsPrefixSpace, !steps.isEmpty {
                throw value.named("add_prefix_space").error(
                    .unsupported, "a prefix space after another pre-tokenizer is not supported")
            }
            if try value.bool("use_regex", default: true) { steps.append(.scan(.gpt2)) }
            isByteLevel = true
        case "Split": steps.append(try Self.readSplit(value))
        case "Digits":
            let isIndividual = try value.bool("individual_digits", default: false)
            steps.append(.scan(isIndividual ? .digits : .digitRuns))
        case "Metaspace": steps.append(.metaspace(try Self.readMetaspace(value)))
        case "Whitespace": steps.append(.scan(.words))
        case "WhitespaceSplit": steps.append(.scan(.nonSpaces))
        default:
            throw value.named("type").error(
                .unsupported,
                "the pre-tokenizer \(type) is not supported; ByteLevel, Split, Digits, Metaspace, Whitespace and "
                    + "WhitespaceSplit are")
        }
    }

    private static func readSplit(_ value: DefinitionValue) throws(TokenizerError) -> PreTokenizerStep {
        let name = try value.required("behavior")
        guard let behavior = SplitRule.Behavior(rawValue: try name.string()) else {
            throw name.error(.unsupported, "the behavior \(try name.string()) is not known")
        }
        let isInverted = try value.bool("invert", default: false)
        let pattern = try value.required("pattern")
        // A hand-written scanner, where there is one for the expression, is a hundred times faster.
        if behavior == .isolated, !isInverted, let expression = try pattern.string("Regex"),
            let scanner = PieceScanner(pattern: expression)
        {
            return .scan(scanner)
        }
        return .split(
            SplitRule(
                pattern: try TokenizerDefinition.readPattern(pattern), behavior: behavior, isInverted: isInverted))
    }

    static func readMetaspace(_ value: DefinitionValue) throws(TokenizerError) -> Metaspace {
        let mark = try value.required("replacement")
        guard try mark.string().unicodeScalars.count == 1 else {
            throw mark.error(.unsupported, "is not a single character")
        }
        // Files from before the scheme had a name said only whether there is a prefix.
        let isPrefixed = try value.bool("add_prefix_space", default: true)
        var prefix = Metaspace.Prefix.always
        if let scheme = try value.optional("prepend_scheme") {
            guard let known = Metaspace.Prefix(rawValue: try scheme.string()) else {
                throw scheme.error(.unsupported, "is none of always, first and never")
            }
            guard isPrefixed || known == .never else {
                throw scheme.error(.unsupported, "contradicts add_prefix_space")
            }
            prefix = known
        } else if !isPrefixed {
            prefix = .never
        }
        return Metaspace(mark: try mark.utf8(), prefix: prefix, splits: try value.bool("split", default: true))
    }
}
