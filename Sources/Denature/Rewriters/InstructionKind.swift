import TraceRewriting

/// `instruction:TEMPLATE`: an endpoint rewrites by an instruction; without a template by that of the setting `prompt`.
struct InstructionKind: RewriterKind {
    let name = "instruction"
    let argument: String? = "TEMPLATE"

    func rewriter(argument: String?, in context: RewriterContext) throws -> any TraceRewriter {
        let name = argument ?? context.settings.prompt
        let template = try context.template(name)
        if name.hasSuffix(".md") || name.contains("/") { context.protect(file: name) }
        let endpoint = try context.endpoint()
        context.protect(instruction: template.instructionText)
        try context.forceAnswers(endpoint)
        return InstructionRewriter(template: template, endpoint: endpoint)
    }
}
