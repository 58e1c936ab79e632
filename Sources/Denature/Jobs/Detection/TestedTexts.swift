import Marks
import Sanitizing
import Traces

/// The channels and the texts of a detection or a calibration.
enum TestedTexts {
    /// The channels of a list, in the registry's order; all of them where there is no list.
    ///
    /// - Throws: ``SettingsError`` for a name that is none, or what making a channel throws.
    static func schemes(_ list: String?, in registry: MarkRegistry) throws -> [any TextMarkScheme] {
        let names = list.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        if let names {
            if list == "none" || list == "" {
                throw SettingsError("scheme", "`scheme` needs at least one scheme")
            }
            for name in names where !registry.textNames.contains(name) {
                throw SettingsError(
                    "scheme",
                    "`scheme` '\(name)' is not a mark of texts (known: \(registry.textNames.joined(separator: ", ")))")
            }
        }
        return try registry.textSchemes.filter { names?.contains($0.name) ?? true }
            .map { try $0.standard(contextWidth: nil) }
    }

    /// The reasoning texts of a record.
    static func documents(of record: TraceRecord) -> [DetectionDocument] {
        record.turns.flatMap { turn in
            turn.fields.compactMap { field in
                let reasoning = TraceRegions.find(in: field.text, role: field.role).reasoning
                return reasoning.isEmpty ? nil : DetectionDocument(text: field.text, reasoning: reasoning)
            }
        }
    }

    /// Bytes of input that a worker takes at a time.
    static let unitBytes = 256 << 10

    /// An input's name in errors.
    static func name(of path: String) -> String { path == "-" ? "<stdin>" : path }
}
