extension Interpreter {
    func evaluate(_ expression: Expression, _ scope: Scope) throws(ChatTemplateError) -> Value {
        switch expression {
        case .none: return .none
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(value)
        case .float(let value): return .float(value)
        case .string(let text): return .string(text)
        case .name(let name): return lookUp(name, scope) ?? .undefined("'\(name)' is undefined")
        default: break
        }
        try enter()
        defer { leave() }
        switch expression {
        case .tuple(let elements): return try tuple(try evaluate(elements, scope))
        case .list(let elements): return try list(try evaluate(elements, scope))
        case .dict(let members): return try evaluate(members, scope)
        case .negative(let value): return try negated(try evaluate(value, scope))
        case .positive(let value): return try posited(try evaluate(value, scope))
        case .not(let value): return .bool(!isTrue(try evaluate(value, scope)))
        case .arithmetic(let first, let rest): return try evaluate(first, rest, scope)
        case .concatenation(let terms): return try concatenated(terms, scope)
        case .comparison(let first, let rest): return try compared(first, rest, scope)
        case .and(let terms): return try evaluate(terms, until: false, scope)
        case .or(let terms): return try evaluate(terms, until: true, scope)
        case .conditional(let condition, let then, let otherwise):
            return try evaluate(condition, then, otherwise, scope)
        case .postfix(let base, let operations):
            return try apply(operations, to: try evaluate(base, scope), scope)
        case .none, .bool, .int, .float, .string, .name: return .none
        }
    }

    func lookUp(_ name: String, _ scope: Scope) -> Value? {
        scope.value(name) ?? globals[name] ?? (GlobalFunction(rawValue: name) != nil ? .function(name) : nil)
    }

    private func evaluate(_ expressions: [Expression], _ scope: Scope) throws(ChatTemplateError) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(expressions.count)
        for expression in expressions { values.append(try evaluate(expression, scope)) }
        return values
    }

    private func evaluate(
        _ members: [(Expression, Expression)], _ scope: Scope
    ) throws(ChatTemplateError) -> Value {
        var values: [(Value, Value)] = []
        for (key, value) in members { values.append((try evaluate(key, scope), try evaluate(value, scope))) }
        return try dict(values)
    }

    private func evaluate(
        _ first: Expression, _ rest: [(Expression.Arithmetic, Expression)], _ scope: Scope
    ) throws(ChatTemplateError) -> Value {
        var value = try evaluate(first, scope)
        for (operation, operand) in rest {
            value = try arithmetic(operation, value, try evaluate(operand, scope))
        }
        return value
    }

    private func concatenated(_ terms: [Expression], _ scope: Scope) throws(ChatTemplateError) -> Value {
        var text = Text()
        for term in terms { text.units += try string(try evaluate(term, scope)).units }
        return try self.text(text)
    }

    private func compared(
        _ first: Expression, _ rest: [(Expression.Comparison, Expression)], _ scope: Scope
    ) throws(ChatTemplateError) -> Value {
        var left = try evaluate(first, scope)
        for (comparison, expression) in rest {
            let right = try evaluate(expression, scope)
            guard try holds(comparison, left, right) else { return .bool(false) }
            left = right
        }
        return .bool(true)
    }

    func holds(_ comparison: Expression.Comparison, _ a: Value, _ b: Value) throws(ChatTemplateError) -> Bool {
        switch comparison {
        case .equal: try areEqual(a, b)
        case .notEqual: try !areEqual(a, b)
        case .less: try isLess(a, b)
        case .lessOrEqual: try isLess(a, b, orEqual: true)
        case .greater: try isLess(b, a)
        case .greaterOrEqual: try isLess(b, a, orEqual: true)
        case .isIn: try contains(b, a)
        case .isNotIn: try !contains(b, a)
        }
    }

    /// The first value that is as true as `end`, or the last.
    private func evaluate(
        _ terms: [Expression], until end: Bool, _ scope: Scope
    ) throws(ChatTemplateError) -> Value {
        var value = Value.bool(!end)
        for term in terms {
            value = try evaluate(term, scope)
            if isTrue(value) == end { return value }
        }
        return value
    }

    private func evaluate(
        _ condition: Expression, _ then: Expression, _ otherwise: Expression?, _ scope: Scope
    ) throws(ChatTemplateError) -> Value {
        if isTrue(try evaluate(condition, scope)) { return try evaluate(then, scope) }
        guard let otherwise else { return .undefined("a condition without 'else' does not hold") }
        return try evaluate(otherwise, scope)
    }

    // MARK: What follows a value

    func apply(_ operations: [Postfix], to value: Value, _ scope: Scope) throws(ChatTemplateError) -> Value {
        var value = value
        for operation in operations { value = try apply(operation, to: value, scope) }
        return value
    }

    private func apply(_ postfix: Postfix, to value: Value, _ scope: Scope) throws(ChatTemplateError) -> Value {
        line = postfix.line
        try charge(1)
        switch postfix.operation {
        case .attribute(let name): return try attribute(name, of: value)
        case .item(let place): return try item(try evaluate(place, scope), of: value)
        case .slice(let start, let end, let step):
            var bounds: [Int?] = []
            for bound in [start, end, step] {
                guard let bound else {
                    bounds.append(nil)
                    continue
                }
                bounds.append(try self.bound(try evaluate(bound, scope)))
            }
            return try slice(value, bounds[0], bounds[1], bounds[2])
        case .call(let arguments): return try call(value, try evaluate(arguments, scope))
        case .filter(let name, let arguments): return try filter(name, value, try evaluate(arguments, scope))
        case .test(let name, let arguments, let isNegated):
            return .bool(try test(name, value, try evaluate(arguments, scope)) != isNegated)
        }
    }

    private func bound(_ value: Value) throws(ChatTemplateError) -> Int? {
        if case .none = value { return nil }
        guard let bound = value.integer else { throw failure(.type, "a \(value.typeName) cannot cut") }
        return bound
    }

    /// The arguments of a call.
    func evaluate(_ arguments: Arguments, _ scope: Scope) throws(ChatTemplateError) -> Call {
        var call = Call(positional: try evaluate(arguments.positional, scope))
        for (name, value) in arguments.keywords { call.keywords.append((name, try evaluate(value, scope))) }
        if let sequence = arguments.sequence { call.positional += try array(try evaluate(sequence, scope)) }
        if let mapping = arguments.mapping {
            guard case .dict(let dict) = try evaluate(mapping, scope) else {
                throw failure(.type, "'**' needs a dictionary")
            }
            for (key, value) in zip(dict.keys, dict.values) {
                guard case .string(let name) = key else { throw failure(.type, "names of arguments are texts") }
                call.keywords.append((name.string, value))
            }
        }
        var names: Set<String> = []
        for (name, _) in call.keywords where !names.insert(name).inserted {
            throw failure(.type, "the argument '\(name)' is given twice")
        }
        return call
    }
}

/// The values of a call's arguments.
struct Call {
    var positional: [Value] = []
    var keywords: [(name: String, value: Value)] = []

    func keyword(_ name: String) -> Value? { keywords.first { $0.name == name }?.value }
}
