/// The tests of `is`, by name.
enum ValueTest {
    static let names: Set<String> = [
        "!=", "<", "<=", "==", ">", ">=", "boolean", "callable", "defined", "divisibleby", "eq", "equalto", "escaped",
        "even", "false", "filter", "float", "ge", "greaterthan", "gt", "in", "integer", "iterable", "le", "lessthan",
        "lower", "lt", "mapping", "ne", "none", "number", "odd", "sameas", "sequence", "string", "test", "true",
        "undefined", "upper",
    ]

    /// Comparisons by the names that they have as tests.
    static let comparisons: [String: Expression.Comparison] = [
        "==": .equal, "eq": .equal, "equalto": .equal, "!=": .notEqual, "ne": .notEqual, ">": .greater,
        "gt": .greater, "greaterthan": .greater, ">=": .greaterOrEqual, "ge": .greaterOrEqual, "<": .less, "lt": .less,
        "lessthan": .less, "<=": .lessOrEqual, "le": .lessOrEqual, "in": .isIn,
    ]
}

extension Interpreter {
    func test(_ name: String, _ value: Value, _ call: Call) throws(ChatTemplateError) -> Bool {
        if let comparison = ValueTest.comparisons[name] {
            return try holds(comparison, value, try only(call, name))
        }
        guard ValueTest.names.contains(name) else { throw failure(.unsupported, "there is no test '\(name)'") }
        switch name {
        case "divisibleby":
            return try isEqualTo(0, try arithmetic(.remainder, value, try only(call, name)))
        case "sameas": return try areSame(value, try only(call, name))
        default: _ = try bind(call, [], to: name)
        }
        switch name {
        case "defined": return !value.isUndefined
        case "undefined": return value.isUndefined
        case "none": return value.isNone
        case "boolean", "true", "false":
            guard case .bool(let truth) = value else { return false }
            return name == "boolean" || truth == (name == "true")
        case "integer":
            if case .int = value { return true }
            return false
        case "float":
            if case .float = value { return true }
            return false
        case "number": return value.double != nil
        case "string":
            if case .string = value { return true }
            return false
        case "mapping":
            if case .dict = value { return true }
            return false
        case "odd": return try isEqualTo(1, try arithmetic(.remainder, value, .int(2)))
        case "even": return try isEqualTo(0, try arithmetic(.remainder, value, .int(2)))
        case "lower": return try string(value).isLowercase
        case "upper": return try string(value).isUppercase
        case "escaped":
            guard case .string(let text) = value else { return false }
            return text.isMarkup
        case "filter":
            guard case .string(let name) = value else { return false }
            return Filters.isKnown(name.string)
        case "test":
            guard case .string(let name) = value else { return false }
            return ValueTest.names.contains(name.string)
        default: return Self.isOfShape(name, value)
        }
    }

    private func isEqualTo(_ number: Int, _ value: Value) throws(ChatTemplateError) -> Bool {
        try areEqual(value, .int(number))
    }

    private func only(_ call: Call, _ name: String) throws(ChatTemplateError) -> Value {
        guard call.keywords.isEmpty, call.positional.count == 1 else {
            throw failure(.type, "the test '\(name)' takes one value")
        }
        return call.positional[0]
    }

    /// `sequence`, `iterable` and `callable`.
    private static func isOfShape(_ name: String, _ value: Value) -> Bool {
        switch value {
        case .undefined: true
        case .string, .dict: name != "callable"
        case .sequence(let sequence): name == "iterable" || (name == "sequence" && sequence.kind != .view)
        case .iterator: name == "iterable"
        case .loop: true
        case .macro, .function, .method: name == "callable"
        case .none, .bool, .int, .float, .namespace: false
        }
    }

    private func areSame(_ a: Value, _ b: Value) throws(ChatTemplateError) -> Bool {
        switch (a, b) {
        case (.none, .none): return true
        case (.bool(let a), .bool(let b)): return a == b
        case (.namespace(let a), .namespace(let b)): return a == b
        case (.string, .string), (.int, .int), (.float, .float), (.sequence, .sequence), (.dict, .dict),
            (.undefined, .undefined):
            // Whether two equal values are one and the same is a matter of Python's memory.
            guard try areEqual(a, b) else { return false }
            throw failure(.unsupported, "'sameas' of two equal values of this kind is not run")
        default: return false
        }
    }
}
