/// The filters that are run, by name.
enum Filters {
    static let names: Set<String> = [
        "abs", "attr", "batch", "capitalize", "center", "count", "d", "default", "dictsort", "e", "escape", "first",
        "float", "forceescape", "format", "groupby", "indent", "int", "items", "join", "last", "length", "list",
        "lower", "map", "max", "min", "reject", "rejectattr", "replace", "reverse", "round", "safe", "select",
        "selectattr", "slice", "sort", "string", "sum", "title", "tojson", "trim", "truncate", "unique", "upper",
        "wordcount",
    ]

    /// What Jinja has besides.
    private static let refused: Set<String> = [
        "filesizeformat", "pprint", "random", "striptags", "urlencode", "urlize", "wordwrap", "xmlattr",
    ]

    /// Why a filter is not run; nil for one that is.
    static func refusal(of name: String) -> String? {
        if names.contains(name) { return nil }
        return refused.contains(name) ? "the filter '\(name)' is not run" : "there is no filter '\(name)'"
    }

    /// Those that Jinja has.
    static func isKnown(_ name: String) -> Bool { names.contains(name) || refused.contains(name) }
}

extension Interpreter {
    func filter(_ name: String, _ value: Value, _ call: Call) throws(ChatTemplateError) -> Value {
        try enter()
        defer { leave() }
        switch name {
        case "capitalize", "center", "format", "indent", "lower", "replace", "string", "title", "trim", "truncate",
            "upper", "wordcount", "safe", "e", "escape", "forceescape":
            return try textFilter(name, value, call)
        case "batch", "dictsort", "first", "groupby", "items", "join", "last", "list", "max", "min", "reverse",
            "slice", "sort", "sum", "unique":
            return try listFilter(name, value, call)
        case "map": return try mapped(value, call)
        case "select", "selectattr", "reject", "rejectattr":
            return try selected(
                value, call, byAttribute: name.hasSuffix("attr"), wanted: name.hasPrefix("select"), name)
        case "tojson": return try json(value, call)
        default: return try valueFilter(name, value, call)
        }
    }

    /// Filters of any value.
    private func valueFilter(_ name: String, _ value: Value, _ call: Call) throws(ChatTemplateError) -> Value {
        switch name {
        case "d", "default":
            let values = try bind(call, ["default_value", "boolean"], to: name)
            let replaces = value.isUndefined || (isTrue(values[1] ?? .bool(false)) && !isTrue(value))
            return replaces ? values[0] ?? .string(Text()) : value
        case "count", "length":
            _ = try bind(call, [], to: name)
            return .int(try length(value))
        case "abs":
            _ = try bind(call, [], to: name)
            if case .float(let number) = value { return .float(number.magnitude) }
            guard let number = value.integer else { throw failure(.type, "abs of a \(value.typeName)") }
            return number < 0 ? try negated(.int(number)) : .int(number)
        case "attr":
            guard case .string(let member)? = try bind(call, ["name"], to: name)[0] else {
                throw failure(.type, "attr needs a name")
            }
            if case .dict = value, !["get", "items", "keys", "values", "copy"].contains(member.string) {
                return .undefined("a dict has no '\(member.string)'")
            }
            return try attribute(member.string, of: value)
        case "int": return try int(value, call)
        case "float":
            let values = try bind(call, ["default"], to: name)
            if case .undefined(let what) = value { throw failure(.undefined, what) }
            if case .string(let text) = value, let number = PythonNumber.double(text) { return .float(number) }
            return value.double.map(Value.float) ?? values[0] ?? .float(0)
        case "round": return try round(value, call)
        default: throw failure(.unsupported, Filters.refusal(of: name) ?? "the filter '\(name)' is not run")
        }
    }

    private func int(_ value: Value, _ call: Call) throws(ChatTemplateError) -> Value {
        let values = try bind(call, ["default", "base"], to: "int")
        if case .undefined(let what) = value { throw failure(.undefined, what) }
        if let number = value.integer { return .int(number) }
        var number: Double?
        if case .string(let text) = value {
            if let whole = PythonNumber.integer(text, base: values[1]?.integer ?? 10) { return .int(whole) }
            number = PythonNumber.double(text)
        } else if case .float(let float) = value {
            guard !float.isInfinite else { throw failure(.value, "a whole number of infinity") }
            number = float
        }
        guard let number, number.isFinite else { return values[0] ?? .int(0) }
        guard let whole = Int(exactly: number.rounded(.towardZero)) else {
            throw failure(.limit, "a whole number of more than 64 bits")
        }
        return .int(whole)
    }

    private func round(_ value: Value, _ call: Call) throws(ChatTemplateError) -> Value {
        let values = try bind(call, ["precision", "method"], to: "round")
        let precision = try number(values[0], "precision", standard: 0)
        guard (0...300).contains(precision) else {
            throw failure(.unsupported, "round to \(precision) places is not run")
        }
        let method = try values[1].map { (value) throws(ChatTemplateError) in try string(value).string } ?? "common"
        if case .undefined(let what) = value { throw failure(.undefined, what) }
        guard let number = value.double else { throw failure(.type, "round of a \(value.typeName)") }
        switch method {
        case "common":
            if let whole = value.integer { return .int(whole) }
            return .float(Double(PythonNumber.fixed(number, precision)) ?? number)
        case "ceil", "floor":
            var factor = 1.0
            for _ in 0..<precision { factor *= 10 }
            guard (number * factor).isFinite else { throw failure(.value, "a number too large to round") }
            return .float((number * factor).rounded(method == "ceil" ? .up : .down) / factor)
        default: throw failure(.value, "round takes 'common', 'ceil' or 'floor'")
        }
    }

    /// A whole number among arguments.
    func number(_ value: Value?, _ name: String, standard: Int) throws(ChatTemplateError) -> Int {
        guard let value else { return standard }
        guard let number = value.integer else { throw failure(.type, "'\(name)' must be a whole number") }
        return number
    }

    /// A number of elements or characters among arguments, which nothing real exceeds.
    func size(_ value: Value?, _ name: String, standard: Int) throws(ChatTemplateError) -> Int {
        let number = try number(value, name, standard: standard)
        guard number <= limits.textLength else { throw failure(.limit, "'\(name)' is too large") }
        return number
    }

    /// A text among arguments.
    func textArgument(_ value: Value?, _ name: String) throws(ChatTemplateError) -> Text? {
        guard let value, !value.isNone else { return nil }
        guard case .string(let text) = value else { throw failure(.type, "'\(name)' must be a text") }
        return text
    }
}
