import Marks
import Sanitizing
import Traces

/// The channels and the texts of a detection or a calibration.
enum TestedTexts {
    /// The channels of a list, in the registry's order; all of them where there is no list.
    ///
    /// - Throws: ``SettingsError`` for a name that is none, or what making a channel throws.
    static func schemes(_ list: String?, in registry: MarkRegistry) throws -> [any TextMarkScheme] {
        let names = list.map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map {
                String($0.trimming(while: \.isWhitespace))
            }
        }
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

    /// The texts of a record that are tested: its reasoning; of a record in which nothing says what is reasoning, the
    /// assistant's texts, since a suspect's output may be a marked trace without a mark around it.
    static func documents(of record: TraceRecord) -> [DetectionDocument] {
        let found = documents(of: record) { $0.role }
        return found.isEmpty ? documents(of: record) { $0.role == .reply ? .trace : $0.role } : found
    }

    private static func documents(
        of record: TraceRecord, role: (TraceField) -> TraceField.Role
    ) -> [DetectionDocument] {
        record.turns.flatMap { turn in
            turn.fields.compactMap { field in
                let reasoning = TraceRegions.find(in: field.text, role: role(field)).reasoning
                return reasoning.isEmpty ? nil : DetectionDocument(text: field.text, reasoning: reasoning)
            }
        }
    }

    /// Bytes of input that a worker takes at a time.
    static let unitBytes = 256 << 10

    /// An input's name in errors.
    static func name(of path: String) -> String { path == "-" ? "<stdin>" : path }
}
