import TraceRewriting

/// `gradient`, where there is no libtorch: says what is missing. The library with libtorch puts its own in this place.
struct MissingGradientKind: RewriterKind {
    let name = "gradient"
    let argument: String? = nil

    func rewriter(argument: String?, in context: RewriterContext) throws -> any TraceRewriter {
        throw Self.error("rewriter")
    }

    static func error(_ setting: String) -> SettingsError {
        SettingsError(setting, "gradient rewriting needs a build with libtorch (the package's trait Torch)")
    }
}
