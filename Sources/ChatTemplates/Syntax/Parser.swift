/// Makes a template's tree: the statements. Expressions are in an extension.
struct Parser {
    private let tokens: [Token]
    private var index = 0
    let limits: ChatTemplateLimits
    private var nesting = 0
    /// Whether `break` and `continue` have a loop around them here.
    private var isInLoop = false
    /// Whether what stands here may never be run: then what is unknown is an error only once it is.
    private(set) var isConditional = false
    /// The special names read so far, one set for every macro around this place.
    var specialNames: [Set<String>] = []

    /// The statements of a template.
    static func parse(_ text: String, _ limits: ChatTemplateLimits) throws(ChatTemplateError) -> [Statement] {
        guard text.utf8.count <= limits.sourceBytes else {
            throw ChatTemplateError(.limit, line: 0, "the template has more than \(limits.sourceBytes) bytes")
        }
        var parser = Parser(tokens: try Lexer.tokens(text), limits: limits)
        return try parser.statements(until: [])
    }

    private init(tokens: [Token], limits: ChatTemplateLimits) {
        self.tokens = tokens
        self.limits = limits
    }

    // MARK: Tokens

    var current: Token { tokens[index] }

    var following: Token.Kind { tokens[min(index + 1, tokens.count - 1)].kind }

    /// Moves on; the last token is the end, and stays.
    mutating func advance() {
        if index < tokens.count - 1 { index += 1 }
    }

    func isName(_ name: String) -> Bool { current.kind == .name(name) }

    func isSymbol(_ symbol: String) -> Bool { current.kind == .symbol(symbol) }

    mutating func skip(_ kind: Token.Kind) -> Bool {
        guard current.kind == kind else { return false }
        advance()
        return true
    }

    mutating func expect(_ kind: Token.Kind) throws(ChatTemplateError) {
        guard skip(kind) else {
            throw failure("\(Token(kind: kind, line: 0).words) was expected, and \(current.words) stands there")
        }
    }

    mutating func expectName() throws(ChatTemplateError) -> String {
        guard case .name(let name) = current.kind else {
            throw failure("a name was expected, and \(current.words) stands there")
        }
        advance()
        return name
    }

    func failure(_ message: String, _ code: ChatTemplateError.Code = .syntax, line: Int? = nil) -> ChatTemplateError {
        ChatTemplateError(code, line: line ?? current.line, message)
    }

    /// Goes one level deeper for a while.
    mutating func nested<Result>(
        _ body: (inout Parser) throws(ChatTemplateError) -> Result
    ) throws(ChatTemplateError) -> Result {
        nesting += 1
        guard nesting <= limits.nesting else {
            throw failure("nested more than \(limits.nesting) levels deep", .limit)
        }
        defer { nesting -= 1 }
        return try body(&self)
    }

    // MARK: Statements

    /// The statements up to a block with one of some names, which stays, or to the end.
    private mutating func statements(until names: Set<String>) throws(ChatTemplateError) -> [Statement] {
        var body: [Statement] = []
        while true {
            let line = current.line
            switch current.kind {
            case .data(let text):
                body.append(.text(text))
                advance()
            case .variableBegin:
                advance()
                body.append(.output(try tuple(), line: line))
                try expect(.variableEnd)
            case .blockBegin:
                advance()
                guard case .name(let name) = current.kind else {
                    throw failure("a statement was expected, and \(current.words) stands there")
                }
                if names.contains(name) { return body }
                body.append(try nested { (parser) throws(ChatTemplateError) in try parser.statement(name, line) })
                try expect(.blockEnd)
            case .end:
                guard names.isEmpty else {
                    throw failure("the template ends where \(names.sorted().joined(separator: " or ")) is missing")
                }
                return body
            default:
                throw failure("\(current.words) does not belong here")
            }
        }
    }

    /// The body of a statement up to its end, whose name is read too.
    private mutating func body(
        _ names: Set<String>, inLoop: Bool? = nil, conditional: Bool = false
    ) throws(ChatTemplateError) -> (statements: [Statement], end: String) {
        let outer = (isInLoop, isConditional)
        defer { (isInLoop, isConditional) = outer }
        if let inLoop { isInLoop = inLoop }
        isConditional = conditional
        _ = skip(.symbol(":"))
        try expect(.blockEnd)
        let body = try statements(until: names)
        return (body, try expectName())
    }

    private static let refused: Set<String> = [
        "autoescape", "block", "do", "extends", "from", "import", "include", "trans",
    ]

    private mutating func statement(_ name: String, _ line: Int) throws(ChatTemplateError) -> Statement {
        advance()
        switch name {
        case "for": return try loop(line)
        case "if": return try conditional(line)
        case "set": return try assignment(line)
        case "macro":
            let name = try expectName()
            return .macro(try macro(name, try parameters(), end: "endmacro", line))
        case "call": return try callBlock(line)
        case "filter":
            let filters = try filters(first: true)
            return .filter(filters, body: try body(["endfilter"]).statements, line: line)
        case "with": return try with(line)
        case "print":
            let value = try expression()
            guard !isSymbol(",") else { throw failure("printing several values at once is not run", .unsupported) }
            return .output(value, line: line)
        case "generation": return .generation(try body(["endgeneration"], inLoop: false).statements)
        case "break", "continue":
            guard isInLoop else { throw failure("'\(name)' stands outside a loop", line: line) }
            return name == "break" ? .leaveLoop : .continueLoop
        default:
            if Self.refused.contains(name) {
                throw failure("the statement '\(name)' is not run", .unsupported, line: line)
            }
            throw failure("there is no statement '\(name)'", line: line)
        }
    }

    private mutating func loop(_ line: Int) throws(ChatTemplateError) -> Statement {
        let target = try target(end: "in")
        try expect(.name("in"))
        let iterable = try tuple(conditionals: false, end: "recursive")
        var condition: Expression?
        if skip(.name("if")) { condition = try expression() }
        let isRecursive = skip(.name("recursive"))
        let (statements, end) = try body(["endfor", "else"], inLoop: true)
        var otherwise: [Statement] = []
        if end == "else" { otherwise = try body(["endfor"]).statements }
        return .loop(
            Statement.Loop(
                target, in: iterable, where: condition, isRecursive: isRecursive, body: statements,
                otherwise: otherwise, line: line))
    }

    private mutating func conditional(_ line: Int) throws(ChatTemplateError) -> Statement {
        var branches: [Statement.Branch] = []
        var line = line
        let outer = isConditional
        defer { isConditional = outer }
        isConditional = true
        while true {
            let condition = try tuple(conditionals: false)
            let (statements, end) = try body(["elif", "else", "endif"], conditional: true)
            branches.append(Statement.Branch(condition: condition, body: statements, line: line))
            line = current.line
            if end == "endif" { return .conditional(branches, otherwise: []) }
            if end == "else" {
                return .conditional(branches, otherwise: try body(["endif"], conditional: true).statements)
            }
        }
    }

    private mutating func assignment(_ line: Int) throws(ChatTemplateError) -> Statement {
        let target = try target(members: true)
        if skip(.symbol("=")) { return .set(target, try tuple(), line: line) }
        let filters = try filters(first: false)
        return .setBlock(target, filters: filters, body: try body(["endset"]).statements, line: line)
    }

    private mutating func with(_ line: Int) throws(ChatTemplateError) -> Statement {
        var values: [(Target, Expression)] = []
        while current.kind != .blockEnd, !isSymbol(":") {
            if !values.isEmpty { try expect(.symbol(",")) }
            let target = try target(single: true)
            try expect(.symbol("="))
            values.append((target, try expression()))
        }
        return .with(values, body: try body(["endwith"]).statements, line: line)
    }

    // MARK: Macros

    private mutating func parameters() throws(ChatTemplateError) -> [Statement.Parameter] {
        var parameters: [Statement.Parameter] = []
        try expect(.symbol("("))
        while !isSymbol(")") {
            if !parameters.isEmpty { try expect(.symbol(",")) }
            let name = try expectName()
            var standard: Expression?
            if skip(.symbol("=")) {
                standard = try expression()
            } else if parameters.last?.standard != nil {
                throw failure("a parameter without a value follows one with a value")
            }
            parameters.append(Statement.Parameter(name: name, standard: standard))
        }
        try expect(.symbol(")"))
        return parameters
    }

    private mutating func macro(
        _ name: String, _ parameters: [Statement.Parameter], end: String, _ line: Int
    ) throws(ChatTemplateError) -> Statement.Macro {
        specialNames.append([])
        let statements = try body([end], inLoop: false).statements
        let special = specialNames.removeLast()
        return Statement.Macro(name, parameters, statements, special: special, line: line)
    }

    private mutating func callBlock(_ line: Int) throws(ChatTemplateError) -> Statement {
        let parameters = isSymbol("(") ? try parameters() : []
        guard case .postfix(let callee, var operations) = try expression(),
            case .call(let arguments)? = operations.popLast()?.operation
        else { throw failure("a call was expected", line: line) }
        let caller = try macro("caller", parameters, end: "endcall", line)
        return .call(
            Statement.CallBlock(
                callee: callee, operations: operations, arguments: arguments, caller: caller, line: line))
    }

    // MARK: Targets

    /// What is assigned to: names, tuples of them, members of a namespace where they may be.
    private mutating func target(
        members: Bool = false, single: Bool = false, end: String? = nil
    ) throws(ChatTemplateError) -> Target {
        var targets: [Target] = []
        var isTuple = false
        while true {
            if !targets.isEmpty || isTuple {
                if let end, isName(end) { break }
                if isSymbol("=") || current.kind == .blockEnd || isSymbol(")") { break }
            }
            targets.append(try singleTarget(members: members))
            guard !single, skip(.symbol(",")) else { break }
            isTuple = true
        }
        if !isTuple, let target = targets.first { return target }
        return .tuple(targets)
    }

    private mutating func singleTarget(members: Bool) throws(ChatTemplateError) -> Target {
        if skip(.symbol("(")) {
            let inner = try nested { (parser) throws(ChatTemplateError) in try parser.target(members: members) }
            try expect(.symbol(")"))
            return inner
        }
        let name = try expectName()
        guard !["true", "false", "none", "True", "False", "None"].contains(name) else {
            throw failure("'\(name)' cannot be assigned to")
        }
        if members, skip(.symbol(".")) { return .member(of: name, try expectName()) }
        return .name(name)
    }
}
