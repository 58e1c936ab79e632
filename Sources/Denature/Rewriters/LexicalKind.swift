import TraceRewriting

/// `lexical`: word for word by the built-in lexicon, offline; with the tenant's key where the lexical mark is ordered.
struct LexicalKind: RewriterKind {
    let name = "lexical"
    let argument: String? = nil

    func rewriter(argument: String?, in context: RewriterContext) throws -> any TraceRewriter {
        context.order.contains(.lexical)
            ? try LexicalRewriter(scheme: context.lexicalScheme, key: context.subkey(.lexical))
            : try LexicalRewriter(scheme: context.lexicalScheme, seed: context.settings.seed)
    }
}
