/// One run of a template: its variables, its output, and what is left of its limits.
final class Interpreter {
    let limits: ChatTemplateLimits
    let date: ChatTemplateDate
    /// What the template is given, below its own variables.
    var globals: [String: Value] = [:]
    /// The output of the innermost body that is being written.
    var output = Text()
    /// The line of what is being run.
    var line = 0
    var macros: [MacroValue] = []
    var namespaces: [[String: Value]] = []
    var loops: [LoopState] = []
    private var steps: Int
    private var depth = 0

    init(date: ChatTemplateDate, limits: ChatTemplateLimits, steps: Int) {
        self.date = date
        self.limits = limits
        self.steps = steps
    }

    /// Variables of a body; those of the bodies around it are seen, not changed.
    final class Scope {
        var names: [String: Value] = [:]
        private let outer: Scope?

        init(in outer: Scope?) {
            self.outer = outer
        }

        func value(_ name: String) -> Value? {
            var scope: Scope? = self
            while let here = scope {
                if let value = here.names[name] { return value }
                scope = here.outer
            }
            return nil
        }
    }

    /// A macro with the variables it sees.
    struct MacroValue {
        var macro: Statement.Macro
        var scope: Scope
    }

    // MARK: Limits

    func failure(_ code: ChatTemplateError.Code, _ message: String) -> ChatTemplateError {
        ChatTemplateError(code, line: line, message)
    }

    /// Takes steps off what is left.
    func charge(_ count: Int) throws(ChatTemplateError) {
        steps -= count
        if steps < 0 { throw failure(.limit, "the template does not come to an end: too many steps") }
    }

    /// Pays for a text before it is made.
    func charge(text count: Int) throws(ChatTemplateError) {
        guard count <= limits.textLength else {
            throw failure(.limit, "a text of more than \(limits.textLength) characters")
        }
        try charge(count)
    }

    /// One level deeper for a while.
    func enter() throws(ChatTemplateError) {
        depth += 1
        try charge(1)
        if depth > limits.depth { throw failure(.limit, "nested more than \(limits.depth) levels deep while it runs") }
    }

    func leave() { depth -= 1 }

    // MARK: Making values

    func text(_ string: String) throws(ChatTemplateError) -> Value {
        let text = Text(string)
        try charge(text: text.count)
        return .string(text)
    }

    func text(_ text: Text) throws(ChatTemplateError) -> Value {
        try charge(text: text.count)
        return .string(text)
    }

    func sequence(_ kind: Value.Sequence.Kind, _ items: [Value]) throws(ChatTemplateError) -> Value {
        try charge(items.count + 1)
        return .sequence(Value.Sequence(kind, items, depth: try depth(of: items)))
    }

    func list(_ items: [Value]) throws(ChatTemplateError) -> Value { try sequence(.list, items) }

    func tuple(_ items: [Value]) throws(ChatTemplateError) -> Value { try sequence(.tuple, items) }

    func iterator(
        over value: Value, _ step: @escaping ValueIterator.Step
    ) throws(ChatTemplateError) -> Value {
        .iterator(ValueIterator(depth: try depth(of: [value]), step))
    }

    private func depth(of items: [Value]) throws(ChatTemplateError) -> Int {
        var depth = 0
        for item in items { depth = max(depth, item.depth) }
        guard depth < limits.valueDepth else {
            throw failure(.limit, "a value of more than \(limits.valueDepth) levels")
        }
        return depth + 1
    }

    func dict(_ members: [(Value, Value)]) throws(ChatTemplateError) -> Value {
        var keys: [Value] = []
        var values: [Value] = []
        var places: [Value.Key: Int] = [:]
        for (name, value) in members {
            let key = try key(name)
            if let place = places[key] {
                values[place] = value
            } else {
                places[key] = keys.count
                keys.append(name)
                values.append(value)
            }
        }
        try charge(members.count + 1)
        return .dict(Value.Dict(keys: keys, values: values, places: places, depth: try depth(of: keys + values)))
    }

    func key(_ value: Value) throws(ChatTemplateError) -> Value.Key {
        if case .string(let text) = value { try charge(1 + text.count / 16) }
        guard let key = value.key else { throw failure(.type, "a \(value.typeName) cannot be a key") }
        return key
    }

    /// What callers give, as values; strings keep that they are theirs.
    func value(_ given: ChatTemplateValue, isContent: Bool) throws(ChatTemplateError) -> Value {
        switch given {
        case .null: return .none
        case .bool(let value): return .bool(value)
        case .integer(let value): return .int(value)
        case .number(let value): return .float(value)
        case .string(let string): return .string(Text(string, isContent: isContent))
        case .array(let elements):
            var items: [Value] = []
            for element in elements { items.append(try value(element, isContent: isContent)) }
            return try list(items)
        case .object(let given):
            var members: [(Value, Value)] = []
            for member in given {
                let name = Text(member.name, isContent: isContent)
                members.append((.string(name), try value(member.value, isContent: isContent)))
            }
            return try dict(members)
        }
    }
}
