/// Reads the normalizer.
extension TokenizerDefinition {
    static func readNormalizer(_ value: DefinitionValue?) throws(TokenizerError) -> [NormalizationStep] {
        guard let value else { return [] }
        switch try value.required("type").string() {
        case "Sequence":
            var steps: [NormalizationStep] = []
            for step in try value.required("normalizers").elements() { steps += try readNormalizer(step) }
            return steps
        case "NFC": return [.form(.c)]
        case "NFD": return [.form(.d)]
        case "NFKC": return [.form(.kc)]
        case "NFKD": return [.form(.kd)]
        case "Lowercase": return [.lowercase]
        case "Prepend": return [.prepend(try value.required("prepend").utf8())]
        case "Strip":
            return [
                .strip(
                    left: try value.bool("strip_left", default: true),
                    right: try value.bool("strip_right", default: true))
            ]
        case "Replace":
            return [.replace(try readPattern(value.required("pattern")), with: try value.required("content").utf8())]
        case let other:
            throw value.named("type").error(
                .unsupported,
                "the normalizer \(other) is not supported; NFC, NFD, NFKC, NFKD, Lowercase, Prepend, Replace and Strip are"
            )
        }
    }

    /// `{"String": …}` or `{"Regex": …}`.
    static func readPattern(_ value: DefinitionValue) throws(TokenizerError) -> TextPattern {
        if let text = try value.optional("String") {
            let bytes = try text.utf8()
            guard !bytes.isEmpty else { throw text.error(.unsupported, "an empty text to look for") }
            return .text(bytes)
        }
        let expression = try value.required("Regex")
        return .expression(try compiled(expression))
    }

    static func compiled(_ value: DefinitionValue) throws(TokenizerError) -> RegularExpression {
        let pattern = try value.string()
        do throws(RegularExpression.Failure) {
            return try RegularExpression(pattern)
        } catch {
            throw value.error(.unsupported, "an expression that cannot be compiled (\(error.reason))")
        }
    }
}
