extension Parser {
    /// One expression, or several with commas between.
    ///
    /// - Parameters:
    ///   - conditionals: Whether `a if b else c` may stand there.
    ///   - end: A name that ends it.
    ///   - inParentheses: Whether nothing at all is an empty tuple.
    mutating func tuple(
        conditionals: Bool = true, end: String? = nil, inParentheses: Bool = false
    ) throws(ChatTemplateError) -> Expression {
        var elements: [Expression] = []
        var isTuple = false
        while !isTupleEnd(end) {
            elements.append(conditionals ? try expression() : try either())
            guard skip(.symbol(",")) else { break }
            isTuple = true
        }
        if !isTuple {
            if let only = elements.first { return only }
            guard inParentheses else { throw failure("an expression was expected, and \(current.words) stands there") }
        }
        return .tuple(elements)
    }

    private func isTupleEnd(_ name: String?) -> Bool {
        switch current.kind {
        case .variableEnd, .blockEnd, .symbol(")"): true
        case .name(let current): current == name
        default: false
        }
    }

    /// One expression.
    mutating func expression() throws(ChatTemplateError) -> Expression {
        try nested { (parser) throws(ChatTemplateError) in
            var value = try parser.either()
            // Conditions without `else` nest to the left.
            var count = 0
            while parser.skip(.name("if")) {
                count += 1
                guard count < parser.limits.nesting else { throw parser.failure("too many conditions", .limit) }
                let condition = try parser.either()
                var otherwise: Expression?
                if parser.skip(.name("else")) { otherwise = try parser.expression() }
                value = .conditional(condition, then: value, otherwise: otherwise)
            }
            return value
        }
    }

    private mutating func either() throws(ChatTemplateError) -> Expression {
        var terms = [try both()]
        while skip(.name("or")) { terms.append(try both()) }
        return terms.count == 1 ? terms[0] : .or(terms)
    }

    private mutating func both() throws(ChatTemplateError) -> Expression {
        var terms = [try negation()]
        while skip(.name("and")) { terms.append(try negation()) }
        return terms.count == 1 ? terms[0] : .and(terms)
    }

    private mutating func negation() throws(ChatTemplateError) -> Expression {
        var isNegated = false
        var count = 0
        while skip(.name("not")) {
            isNegated.toggle()
            count += 1
        }
        let value = try comparison()
        // Twice negated, a value is still made a truth value.
        return count == 0 ? value : isNegated ? .not(value) : .not(.not(value))
    }

    private mutating func comparison() throws(ChatTemplateError) -> Expression {
        let first = try ranked(0)
        var rest: [(Expression.Comparison, Expression)] = []
        while let comparison = comparisonHere() { rest.append((comparison, try ranked(0))) }
        return rest.isEmpty ? first : .comparison(first, rest)
    }

    private mutating func comparisonHere() -> Expression.Comparison? {
        if skip(.name("in")) { return .isIn }
        if isName("not"), following == .name("in") {
            advance()
            advance()
            return .isNotIn
        }
        guard case .symbol(let symbol) = current.kind, let comparison = Expression.Comparison(rawValue: symbol) else {
            return nil
        }
        advance()
        return comparison
    }

    /// The operators by rank, the weakest first; `~` stands between the first two.
    private static let ranks: [[Expression.Arithmetic]] = [
        [.add, .subtract], [.multiply, .divide, .floorDivide, .remainder], [.power],
    ]

    private mutating func ranked(_ rank: Int) throws(ChatTemplateError) -> Expression {
        guard rank < Self.ranks.count else { return try unary() }
        let first = try operand(rank)
        var rest: [(Expression.Arithmetic, Expression)] = []
        while case .symbol(let symbol) = current.kind, let sign = Expression.Arithmetic(rawValue: symbol),
            Self.ranks[rank].contains(sign)
        {
            advance()
            rest.append((sign, try operand(rank)))
        }
        return rest.isEmpty ? first : .arithmetic(first, rest)
    }

    private mutating func operand(_ rank: Int) throws(ChatTemplateError) -> Expression {
        guard rank == 0 else { return try ranked(rank + 1) }
        var terms = [try ranked(1)]
        while skip(.symbol("~")) { terms.append(try ranked(1)) }
        return terms.count == 1 ? terms[0] : .concatenation(terms)
    }

    private mutating func unary(filters: Bool = true) throws(ChatTemplateError) -> Expression {
        var base: Expression
        if isSymbol("-") || isSymbol("+") {
            let isNegative = isSymbol("-")
            advance()
            let value = try nested { (parser) throws(ChatTemplateError) in try parser.unary(filters: false) }
            base = isNegative ? .negative(value) : .positive(value)
        } else {
            base = try primary()
        }
        var operations = try accesses()
        if filters { operations += try filtersAndTests() }
        if operations.isEmpty { return base }
        // What follows in a chain is done one after the other, without nesting.
        if case .postfix(let inner, let earlier) = base {
            base = inner
            operations = earlier + operations
        }
        return .postfix(base, operations)
    }

    private mutating func primary() throws(ChatTemplateError) -> Expression {
        let token = current
        switch token.kind {
        case .name(let name):
            advance()
            switch name {
            case "true", "True": return .bool(true)
            case "false", "False": return .bool(false)
            case "none", "None": return .none
            default:
                if ["caller", "varargs", "kwargs"].contains(name) {
                    for i in specialNames.indices { specialNames[i].insert(name) }
                }
                return .name(name)
            }
        case .string(var text):
            advance()
            while case .string(let more) = current.kind {
                text.units += more.units
                advance()
            }
            return .string(text)
        case .integer(let value):
            advance()
            return .int(value)
        case .float(let value):
            advance()
            return .float(value)
        case .symbol("("):
            advance()
            let inner = try nested { (parser) throws(ChatTemplateError) in try parser.tuple(inParentheses: true) }
            try expect(.symbol(")"))
            return inner
        case .symbol("["): return try list()
        case .symbol("{"): return try dict()
        default: throw failure("an expression was expected, and \(token.words) stands there")
        }
    }

    private mutating func list() throws(ChatTemplateError) -> Expression {
        try expect(.symbol("["))
        var elements: [Expression] = []
        while !isSymbol("]") {
            elements.append(try expression())
            guard skip(.symbol(",")) else { break }
        }
        try expect(.symbol("]"))
        return .list(elements)
    }

    private mutating func dict() throws(ChatTemplateError) -> Expression {
        try expect(.symbol("{"))
        var members: [(Expression, Expression)] = []
        while !isSymbol("}") {
            let key = try expression()
            try expect(.symbol(":"))
            members.append((key, try expression()))
            guard skip(.symbol(",")) else { break }
        }
        try expect(.symbol("}"))
        return .dict(members)
    }

    // MARK: What follows a value

    /// Members, elements and calls.
    private mutating func accesses() throws(ChatTemplateError) -> [Postfix] {
        var operations: [Postfix] = []
        while true {
            let line = current.line
            if skip(.symbol(".")) {
                switch current.kind {
                case .name(let name): operations.append(Postfix(operation: .attribute(name), line: line))
                case .integer(let place): operations.append(Postfix(operation: .item(.int(place)), line: line))
                default: throw failure("a name was expected, and \(current.words) stands there")
                }
                advance()
            } else if isSymbol("[") {
                operations.append(Postfix(operation: try element(), line: line))
            } else if isSymbol("(") {
                operations.append(Postfix(operation: .call(try arguments()), line: line))
            } else {
                return operations
            }
        }
    }

    private mutating func element() throws(ChatTemplateError) -> Postfix.Operation {
        try expect(.symbol("["))
        var start: Expression?
        var bounds: [Expression?] = []
        if !isSymbol(":") { start = try expression() }
        while skip(.symbol(":")), bounds.count < 2 {
            bounds.append(isSymbol(":") || isSymbol("]") ? nil : try expression())
        }
        if isSymbol(",") {
            guard bounds.isEmpty, let start else { throw failure("several slices at once are not run", .unsupported) }
            var elements = [start]
            while skip(.symbol(",")) {
                if isSymbol("]") { break }
                elements.append(try expression())
            }
            try expect(.symbol("]"))
            return .item(elements.count == 1 ? start : .tuple(elements))
        }
        try expect(.symbol("]"))
        if bounds.isEmpty, let start { return .item(start) }
        return .slice(start, bounds.first ?? nil, bounds.count > 1 ? bounds[1] : nil)
    }

    private mutating func filtersAndTests() throws(ChatTemplateError) -> [Postfix] {
        var operations: [Postfix] = []
        while true {
            let line = current.line
            if isSymbol("|") {
                operations += try filters(first: false)
            } else if isName("is") {
                operations.append(Postfix(operation: try test(), line: line))
            } else if isSymbol("(") {
                operations.append(Postfix(operation: .call(try arguments()), line: line))
            } else {
                return operations
            }
        }
    }

    /// Filters after each other.
    ///
    /// - Parameter first: Whether the first stands without its bar.
    mutating func filters(first: Bool) throws(ChatTemplateError) -> [Postfix] {
        var operations: [Postfix] = []
        var isBare = first
        while isBare || skip(.symbol("|")) {
            isBare = false
            let line = current.line
            let name = try dottedName()
            if !isConditional, let reason = Filters.refusal(of: name) {
                throw failure(reason, .unsupported, line: line)
            }
            let arguments = isSymbol("(") ? try arguments() : Arguments()
            operations.append(Postfix(operation: .filter(name, arguments), line: line))
        }
        return operations
    }

    private mutating func dottedName() throws(ChatTemplateError) -> String {
        var name = try expectName()
        while skip(.symbol(".")) { name += "." + (try expectName()) }
        return name
    }

    private mutating func test() throws(ChatTemplateError) -> Postfix.Operation {
        let line = current.line
        advance()
        let isNegated = skip(.name("not"))
        let name = try dottedName()
        guard isConditional || ValueTest.names.contains(name) else {
            throw failure("there is no test '\(name)'", .unsupported, line: line)
        }
        var arguments = Arguments()
        switch current.kind {
        case .symbol("("): arguments = try self.arguments()
        case .name("else"), .name("or"), .name("and"): break
        case .name("is"): throw failure("tests cannot follow each other")
        case .name, .string, .integer, .float, .symbol("["), .symbol("{"):
            let value = try primary()
            let operations = try accesses()
            arguments.positional = [operations.isEmpty ? value : .postfix(value, operations)]
        default: break
        }
        return .test(name, arguments, isNegated: isNegated)
    }

    /// The arguments of a call, from one parenthesis to the other.
    mutating func arguments() throws(ChatTemplateError) -> Arguments {
        var arguments = Arguments()
        try expect(.symbol("("))
        while !isSymbol(")") {
            if skip(.symbol("*")) {
                guard arguments.sequence == nil, arguments.mapping == nil else {
                    throw failure("'*' stands here twice")
                }
                arguments.sequence = try expression()
            } else if skip(.symbol("**")) {
                guard arguments.mapping == nil else { throw failure("'**' stands here twice") }
                arguments.mapping = try expression()
            } else if case .name(let name) = current.kind, following == .symbol("=") {
                guard arguments.mapping == nil else { throw failure("an argument follows '**'") }
                advance()
                advance()
                arguments.keywords.append((name, try expression()))
            } else {
                guard arguments.keywords.isEmpty, arguments.sequence == nil, arguments.mapping == nil else {
                    throw failure("an argument without a name follows one with a name")
                }
                arguments.positional.append(try expression())
            }
            guard skip(.symbol(",")) else { break }
        }
        try expect(.symbol(")"))
        return arguments
    }
}
