import TraceRewriting

/// A kind of rewriter, by the name that settings give it.
///
/// A rewriter of one's own is a type with this protocol and a place in a registry:
///
///     struct ShoutingKind: RewriterKind {
///         let name = "shouting"
///         let argument: String? = nil
///
///         func rewriter(argument: String?, in context: RewriterContext) throws -> any TraceRewriter {
///             ShoutingRewriter(seed: context.settings.seed)
///         }
///     }
///
///     let defence = try Defence(settings, keyring: keyring, rewriters: .standard.adding(ShoutingKind()))
public protocol RewriterKind: Sendable {
    /// The name in settings.
    var name: String { get }
    /// What may stand behind the name and a colon, as messages call it: `TEMPLATE`; nil where nothing may.
    var argument: String? { get }

    /// Makes the rewriter of a job.
    ///
    /// - Parameters:
    ///   - argument: What stood behind the name and a colon.
    ///   - context: The job's settings and keys; hears what else decides the result.
    /// - Throws: ``SettingsError`` where the settings do not suffice; whatever is wrong with files that are read.
    func rewriter(argument: String?, in context: RewriterContext) throws -> any TraceRewriter
}

/// A rewriter that needs nothing of a job's settings, as a kind.
struct FixedKind: RewriterKind {
    let fixed: any TraceRewriter
    let argument: String? = nil

    var name: String { fixed.name }

    func rewriter(argument: String?, in context: RewriterContext) -> any TraceRewriter { fixed }
}
