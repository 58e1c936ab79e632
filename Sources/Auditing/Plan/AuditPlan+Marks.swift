import Marks

/// The marks that tests look for, by the registry's schemes.
extension AuditPlan.Test {
    /// What is looked for in token ids.
    ///
    /// - Parameter registry: The schemes that are known.
    /// - Throws: ``AuditError/invalidPlan(_:)`` for a scheme that is none of sampled tokens, or parameters out of range.
    package func configuration(in registry: MarkRegistry = .standard) throws(AuditError) -> TokenTestConfiguration {
        let name = TokenMarkName(scheme)
        guard registry.keyringNames.contains(name) else {
            throw .invalidPlan("test \(id): '\(scheme)' is no scheme of sampled tokens")
        }
        do {
            return try TokenTestConfiguration(
                try registry.mark(name, options: options, leavesOthers: true), width: width ?? 4)
        } catch {
            throw .invalidPlan("test \(id): \(error)")
        }
    }

    /// The parameters by the settings that give them.
    private var options: [String: MarkValue] {
        var options = parameters ?? [:]
        if let gamma { options["gamma"] = .number(gamma) }
        if let layers { options["layers"] = .whole(layers) }
        return options
    }

    /// Takes the parameters that the test's scheme has, the others at their standard values.
    ///
    /// - Parameters:
    ///   - options: Parameters by the settings that give them; what the scheme does not have is left alone.
    ///   - width: Tokens of context.
    ///   - registry: The schemes that are known.
    /// - Throws: ``AuditError/invalidPlan(_:)`` for a scheme that is none of sampled tokens, or parameters out of range.
    package mutating func takeMark(
        options: [String: MarkValue], width: Int, in registry: MarkRegistry = .standard
    ) throws(AuditError) {
        self.width = width
        parameters = options
        var shape = try configuration(in: registry).mark.shape
        // These two had members of their own before schemes could have others.
        if case .number(let value)? = shape.removeValue(forKey: "gamma") { gamma = value }
        if case .whole(let value)? = shape.removeValue(forKey: "layers") { layers = value }
        parameters = shape.isEmpty ? nil : shape
    }
}
