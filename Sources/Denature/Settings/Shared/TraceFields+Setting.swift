import Traces

extension TraceFieldPaths {
    /// Checks the values of a setting `field`.
    ///
    /// - Throws: ``SettingsError``.
    static func check(_ fields: [String]) throws(SettingsError) {
        do throws(FieldError) {
            _ = try TraceFieldPaths(fields)
        } catch {
            throw SettingsError("field", "`field` \(error.description)")
        }
    }
}
