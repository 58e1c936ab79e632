/// Members, elements and slices.
extension Interpreter {
    private static func missing(_ name: String, _ value: Value) -> Value {
        .undefined("a \(value.typeName) has no '\(name)'")
    }

    /// What Python's values have that templates may not use, or that is not run here.
    private static let hidden: [String: Set<String>] = [
        "dict": ["clear", "fromkeys", "pop", "popitem", "setdefault", "update"],
        "list": ["append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"],
        "range": ["start", "stop", "step"],
        "int": [
            "as_integer_ratio", "bit_count", "bit_length", "conjugate", "denominator", "imag", "numerator", "real",
        ],
        "bool": [
            "as_integer_ratio", "bit_count", "bit_length", "conjugate", "denominator", "imag", "numerator", "real",
        ],
        "float": ["as_integer_ratio", "conjugate", "hex", "imag", "is_integer", "real"],
    ]

    /// A member by its name after a point: a method first, then an element.
    func attribute(_ name: String, of value: Value) throws(ChatTemplateError) -> Value {
        if case .undefined(let what) = value { throw failure(.undefined, what) }
        if let member = try ownMember(name, of: value) { return member }
        if case .dict(let dict) = value, let element = dict[name] { return element }
        return Self.missing(name, value)
    }

    /// A member by an expression in brackets: an element first, then a method.
    func item(_ place: Value, of value: Value) throws(ChatTemplateError) -> Value {
        switch value {
        case .undefined(let what): throw failure(.undefined, what)
        case .dict(let dict):
            if let key = place.key, let element = dict[key] { return element }
        case .sequence(let sequence) where sequence.kind != .view:
            if let place = place.integer {
                return index(place, sequence.items.count).map { sequence.items[$0] }
                    ?? .undefined("there is no element \(place)")
            }
        case .string(let text):
            if let place = place.integer {
                return index(place, text.count).map { .string(text.slice($0..<$0 + 1)) }
                    ?? .undefined("there is no character \(place)")
            }
        default: break
        }
        guard case .string(let name) = place else { return .undefined("a \(value.typeName) has no such element") }
        return try ownMember(name.string, of: value) ?? Self.missing(name.string, value)
    }

    private func index(_ place: Int, _ count: Int) -> Int? {
        let index = place < 0 ? place + count : place
        return (0..<count).contains(index) ? index : nil
    }

    /// What the value's type gives under a name.
    private func ownMember(_ name: String, of value: Value) throws(ChatTemplateError) -> Value? {
        // Names of Python's own machinery are nothing that a template may see.
        if name.hasPrefix("__"), name.hasSuffix("__"), name.count > 4 {
            return .undefined("access to '\(name)' is not safe")
        }
        switch value {
        case .string: if StringMethod(rawValue: name) != nil { return .method(value, name) }
        case .dict: if ["get", "items", "keys", "values", "copy"].contains(name) { return .method(value, name) }
        case .sequence(let sequence):
            if sequence.kind != .view, ["count", "index"].contains(name) { return .method(value, name) }
            if sequence.kind == .list, name == "copy" { return .method(value, name) }
        case .namespace(let place): return namespaces[place][name]
        case .loop(let place):
            if name == "cycle" || name == "changed" { return .method(value, name) }
            var state = loops[place]
            defer { loops[place] = state }
            return try state.member(name, self)
        case .macro(let place):
            if name == "name" { return .text(macros[place].macro.name) }
        case .function(let function) where function == "dict" && name == "fromkeys":
            throw failure(.unsupported, "'dict.fromkeys' is not run")
        default: break
        }
        guard Self.hidden[value.typeName]?.contains(name) == true else {
            if case .string = value, StringMethod.refused.contains(name) {
                throw failure(.unsupported, "the method '\(name)' of texts is not run")
            }
            return nil
        }
        if value.typeName == "dict" || value.typeName == "list" {
            // What would change a value is there, and may not be used.
            return .undefined("access to '\(name)' of a \(value.typeName) is not safe")
        }
        throw failure(.unsupported, "'\(name)' of a \(value.typeName) is not run")
    }

    // MARK: Slices

    func slice(_ value: Value, _ start: Int?, _ end: Int?, _ step: Int?) throws(ChatTemplateError) -> Value {
        let step = step ?? 1
        guard step != 0 else { throw failure(.value, "a slice with the step 0") }
        switch value {
        case .undefined(let what): throw failure(.undefined, what)
        case .string(let text):
            guard !text.isMarkup else {
                throw failure(.unsupported, "a slice of a text that 'safe' declared safe is not run")
            }
            if step == 1 {
                let range = Self.places(text.count, start, end, 1)
                return try self.text(text.slice(range.first..<max(range.first, range.end)))
            }
            return try self.text(Text(units: Self.indices(text.count, start, end, step).map { text.units[$0] }))
        case .sequence(let sequence) where sequence.kind != .view:
            return try self.sequence(
                sequence.kind, Self.indices(sequence.items.count, start, end, step).map { sequence.items[$0] })
        default: throw failure(.type, "a \(value.typeName) cannot be cut")
        }
    }

    /// Where a slice begins and ends, as Python counts: beyond an end is the end.
    private static func places(_ count: Int, _ start: Int?, _ end: Int?, _ step: Int) -> (first: Int, end: Int) {
        let lowest = step > 0 ? 0 : -1
        let highest = step > 0 ? count : count - 1
        func place(_ given: Int) -> Int {
            let place = given < 0 ? (given == .min ? .min : given + count) : given
            return min(max(place, lowest), highest)
        }
        return (start.map(place) ?? (step > 0 ? lowest : highest), end.map(place) ?? (step > 0 ? highest : lowest))
    }

    private static func indices(_ count: Int, _ start: Int?, _ end: Int?, _ step: Int) -> [Int] {
        let (first, last) = places(count, start, end, step)
        // A step beyond the length is as good as the length.
        let step = step > 0 ? min(step, count + 1) : max(step, -count - 1)
        return Array(stride(from: first, to: last, by: step))
    }
}
