/// Calls of functions, macros and methods.
extension Interpreter {
    func call(_ callee: Value, _ call: Call) throws(ChatTemplateError) -> Value {
        try enter()
        defer { leave() }
        switch callee {
        case .undefined(let what): throw failure(.undefined, what)
        case .macro(let place): return .string(try callMacro(place, call))
        case .function(let name): return try callFunction(name, call)
        case .method(let value, let name): return try callMethod(name, of: value, call)
        case .loop(let place): return .string(try recur(place, call))
        default: throw failure(.type, "a \(callee.typeName) cannot be called")
        }
    }

    /// Puts arguments to the names of parameters; nil for those not given.
    func bind(_ call: Call, _ names: [String], to what: String) throws(ChatTemplateError) -> [Value?] {
        var values = [Value?](repeating: nil, count: names.count)
        guard call.positional.count <= names.count else {
            throw failure(
                .type, "\(what) takes at most \(names.count) arguments, and \(call.positional.count) are given")
        }
        for (i, value) in call.positional.enumerated() { values[i] = value }
        for (name, value) in call.keywords {
            guard let place = names.firstIndex(of: name) else {
                throw failure(.type, "\(what) has no argument '\(name)'")
            }
            guard values[place] == nil else { throw failure(.type, "\(what) is given '\(name)' twice") }
            values[place] = value
        }
        return values
    }

    // MARK: Macros

    private func callMacro(_ place: Int, _ call: Call) throws(ChatTemplateError) -> Text {
        let (macro, scope) = (macros[place].macro, macros[place].scope)
        let inner = Scope(in: scope)
        try bind(macro, call, inner)
        let callerLine = line
        defer { line = callerLine }
        return try captured(macro.body, inner).0
    }

    private func bind(_ macro: Statement.Macro, _ call: Call, _ inner: Scope) throws(ChatTemplateError) {
        var keywords = call.keywords
        for (i, parameter) in macro.parameters.enumerated() {
            if i < call.positional.count {
                inner.names[parameter.name] = call.positional[i]
            } else if let place = keywords.firstIndex(where: { $0.name == parameter.name }) {
                inner.names[parameter.name] = keywords.remove(at: place).value
            } else if let standard = parameter.standard {
                inner.names[parameter.name] = try evaluate(standard, inner)
            } else {
                inner.names[parameter.name] = .undefined("the parameter '\(parameter.name)' was not given")
            }
        }
        let parameters = macro.parameters.map(\.name)
        if macro.special.contains("caller"), !parameters.contains("caller") {
            let place = keywords.firstIndex { $0.name == "caller" }
            inner.names["caller"] = place.map { keywords.remove(at: $0).value } ?? .undefined("there is no caller")
        }
        if macro.special.contains("kwargs"), !parameters.contains("kwargs") {
            inner.names["kwargs"] = try dict(keywords.map { (.text($0.name), $0.value) })
        } else if let extra = keywords.first {
            throw failure(.type, "the macro '\(macro.name)' has no argument '\(extra.name)'")
        }
        if macro.special.contains("varargs"), !parameters.contains("varargs") {
            inner.names["varargs"] = try tuple(Array(call.positional.dropFirst(parameters.count)))
        } else if call.positional.count > parameters.count {
            throw failure(.type, "the macro '\(macro.name)' takes at most \(parameters.count) arguments")
        }
    }

    /// A call with a body that the macro can write (`caller()`).
    func run(_ block: Statement.CallBlock, _ scope: Scope) throws(ChatTemplateError) {
        line = block.line
        let callee = try apply(block.operations, to: try evaluate(block.callee, scope), scope)
        var call = try evaluate(block.arguments, scope)
        call.keywords.append(("caller", .macro(macros.count)))
        macros.append(MacroValue(macro: block.caller, scope: scope))
        try write(try string(try self.call(callee, call)))
    }

    /// `loop(items)`: the loop inside itself.
    private func recur(_ place: Int, _ call: Call) throws(ChatTemplateError) -> Text {
        let state = loops[place]
        guard let recursion = state.recursion else {
            throw failure(.type, "a loop without 'recursive' cannot be called")
        }
        guard let items = try bind(call, ["iterable"], to: "loop")[0] else {
            throw failure(.type, "loop needs something to run over")
        }
        let outer = output
        output = Text()
        defer { output = outer }
        try run(recursion.loop, over: items, depth0: state.depth0 + 1, recursion.scope)
        return output
    }

    // MARK: Functions

    private func callFunction(_ name: String, _ call: Call) throws(ChatTemplateError) -> Value {
        switch GlobalFunction(rawValue: name) {
        case .range: return try range(call)
        case .dict: return try makeDict(call)
        case .namespace:
            guard case .dict(let members) = try makeDict(call) else { return .none }
            let place = namespaces.count
            namespaces.append([:])
            for (key, value) in zip(members.keys, members.values) {
                guard case .string(let name) = key else { continue }
                try setMember(name.string, of: place, value)
            }
            return .namespace(place)
        case .raiseException:
            let message = try bind(call, ["message"], to: name)[0] ?? .none
            throw failure(.raised, try string(message).string)
        case .strftimeNow:
            guard case .string(let format)? = try bind(call, ["format"], to: name)[0] else {
                throw failure(.type, "strftime_now needs a format")
            }
            try charge(text: format.count * 8)
            guard let text = date.formatted(format.string) else {
                throw failure(.unsupported, "strftime_now with a directive that is not known")
            }
            return try self.text(text)
        case .cycler, .joiner, .lipsum, nil: throw failure(.unsupported, "the function '\(name)' is not run")
        }
    }

    /// The most elements of a range, as in Jinja's sandbox.
    private static let rangeLimit = 100_000

    private func range(_ call: Call) throws(ChatTemplateError) -> Value {
        var bounds: [Int] = []
        for value in call.positional {
            if case .undefined(let what) = value { throw failure(.undefined, what) }
            guard let bound = value.integer else { throw failure(.type, "range of a \(value.typeName)") }
            bounds.append(bound)
        }
        guard call.keywords.isEmpty, (1...3).contains(bounds.count) else {
            throw failure(.type, "range takes one to three numbers")
        }
        let (start, end) = bounds.count == 1 ? (0, bounds[0]) : (bounds[0], bounds[1])
        let step = bounds.count == 3 ? bounds[2] : 1
        guard step != 0 else { throw failure(.value, "a range with the step 0") }
        // Distances are counted without a sign, so that none is too large to be counted.
        let isEmpty = step > 0 ? start >= end : start <= end
        let distance = isEmpty ? 0 : UInt(bitPattern: step > 0 ? end &- start : start &- end)
        let count = isEmpty ? 0 : (distance - 1) / step.magnitude + 1
        guard count <= UInt(Self.rangeLimit) else {
            throw failure(.limit, "a range of more than \(Self.rangeLimit) numbers")
        }
        return try sequence(.range, (0..<Int(count)).map { .int(start &+ $0 &* step) })
    }

    private func makeDict(_ call: Call) throws(ChatTemplateError) -> Value {
        var members: [(Value, Value)] = []
        guard call.positional.count <= 1 else { throw failure(.type, "dict takes at most one value") }
        if let given = call.positional.first {
            if case .undefined(let what) = given { throw failure(.undefined, what) }
            if case .dict(let dict) = given {
                members = Array(zip(dict.keys, dict.values))
            } else {
                for pair in try array(given) {
                    let items = try array(pair)
                    guard items.count == 2 else { throw failure(.value, "dict needs pairs") }
                    members.append((items[0], items[1]))
                }
            }
        }
        members += call.keywords.map { (.text($0.name), $0.value) }
        return try dict(members)
    }

    // MARK: Methods

    private func callMethod(_ name: String, of value: Value, _ call: Call) throws(ChatTemplateError) -> Value {
        switch value {
        case .string(let text):
            guard !text.isMarkup else {
                throw failure(.unsupported, "the method '\(name)' of a text that 'safe' declared safe is not run")
            }
            return try callMethod(name, of: text, call)
        case .dict(let dict): return try callMethod(name, of: dict, call)
        case .sequence(let sequence): return try callMethod(name, of: sequence, call)
        case .loop(let place):
            if name == "cycle" {
                guard !call.positional.isEmpty else { throw failure(.type, "there is nothing to cycle through") }
                return call.positional[max(0, loops[place].index0) % call.positional.count]
            }
            var state = loops[place]
            defer { loops[place] = state }
            return .bool(try state.hasChanged(call.positional, self))
        default: throw failure(.type, "a \(value.typeName) has no method '\(name)'")
        }
    }

    private func callMethod(_ name: String, of dict: Value.Dict, _ call: Call) throws(ChatTemplateError) -> Value {
        if name == "get" {
            let values = try bind(call, ["key", "default"], to: "get")
            guard call.keywords.isEmpty, let place = values[0] else {
                throw failure(.type, "get takes a key and a value")
            }
            return dict[try key(place)] ?? values[1] ?? .none
        }
        _ = try bind(call, [], to: name)
        switch name {
        case "keys": return try sequence(.view, dict.keys)
        case "values": return try sequence(.view, dict.values)
        case "items": return try sequence(.view, try pairs(dict))
        default: return .dict(dict)
        }
    }

    /// The members of a dictionary as tuples.
    func pairs(_ dict: Value.Dict) throws(ChatTemplateError) -> [Value] {
        var pairs: [Value] = []
        for (key, value) in zip(dict.keys, dict.values) { pairs.append(try tuple([key, value])) }
        return pairs
    }

    private func callMethod(
        _ name: String, of sequence: Value.Sequence, _ call: Call
    ) throws(ChatTemplateError) -> Value {
        if name == "copy" {
            _ = try bind(call, [], to: name)
            return .sequence(sequence)
        }
        guard call.keywords.isEmpty, let wanted = call.positional.first, call.positional.count == 1 else {
            throw failure(.type, "\(name) takes one value")
        }
        var count = 0
        for (i, item) in sequence.items.enumerated() where try areEqual(item, wanted) {
            if name == "index" { return .int(i) }
            count += 1
        }
        if name == "index" { throw failure(.value, "the value is not in the list") }
        return .int(count)
    }
}

/// The functions that a template finds.
enum GlobalFunction: String {
    case range
    case dict
    case namespace
    case raiseException = "raise_exception"
    case strftimeNow = "strftime_now"
    case cycler
    case joiner
    case lipsum
}
