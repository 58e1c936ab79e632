/// JSON as Python's `json.dumps` writes it, with the arguments that transformers gives to `tojson`.
struct JSONDump {
    let interpreter: Interpreter
    var isASCIIOnly = false
    /// What a level is indented by; nil for one line.
    var indentation: Text?
    var itemSeparator: Text
    var keySeparator: Text
    var sortsKeys = false
    var out = Text()

    mutating func write(_ value: Value, level: Int = 0) throws(ChatTemplateError) {
        try interpreter.enter()
        defer { interpreter.leave() }
        switch value {
        case .none: try append("null")
        case .bool(let value): try append(value ? "true" : "false")
        case .int(let value): try append(String(value))
        case .float(let value): try append(Self.number(value))
        case .string(let text): try write(text)
        case .sequence(let sequence) where sequence.kind == .list || sequence.kind == .tuple:
            if sequence.items.isEmpty { return try append("[]") }
            try append("[")
            for (i, item) in sequence.items.enumerated() {
                try separate(i, level + 1)
                try write(item, level: level + 1)
            }
            try breakLine(level)
            try append("]")
        case .dict(let dict):
            if dict.keys.isEmpty { return try append("{}") }
            try append("{")
            for (i, place) in try order(dict).enumerated() {
                try separate(i, level + 1)
                try write(try name(dict.keys[place]))
                try interpreter.append(keySeparator.units, to: &out)
                try write(dict.values[place], level: level + 1)
            }
            try breakLine(level)
            try append("}")
        case .undefined(let what): throw interpreter.failure(.undefined, what)
        default: throw interpreter.failure(.type, "a \(value.typeName) cannot be written as JSON")
        }
    }

    private func order(_ dict: Value.Dict) throws(ChatTemplateError) -> [Int] {
        let places = Array(dict.keys.indices)
        guard sortsKeys else { return places }
        return try interpreter.sorted(places.map { .int($0) }, by: dict.keys, descending: false).compactMap(\.integer)
    }

    private func name(_ key: Value) throws(ChatTemplateError) -> Text {
        switch key {
        case .string(let text): text
        case .none: Text("null")
        case .bool(let value): Text(value ? "true" : "false")
        case .int(let value): Text(String(value))
        case .float(let value): Text(Self.number(value))
        default: throw interpreter.failure(.type, "a \(key.typeName) cannot be a name in JSON")
        }
    }

    private static func number(_ value: Double) -> String {
        value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : PythonNumber.text(value)
    }

    private mutating func append(_ string: String) throws(ChatTemplateError) {
        try interpreter.append(Text(string).units, to: &out)
    }

    private mutating func separate(_ i: Int, _ level: Int) throws(ChatTemplateError) {
        if i > 0 { try interpreter.append(itemSeparator.units, to: &out) }
        try breakLine(level)
    }

    private mutating func breakLine(_ level: Int) throws(ChatTemplateError) {
        guard let indentation else { return }
        try interpreter.append([0x0A], to: &out)
        for _ in 0..<level { try interpreter.append(indentation.units, to: &out) }
    }

    private mutating func write(_ text: Text) throws(ChatTemplateError) {
        var quoted = Text("\"")
        for unit in text.units {
            let bit = unit & Text.contentBit
            func escape(_ string: String) { quoted.units += string.unicodeScalars.map { $0.value | bit } }
            let scalar = unit & Text.scalarMask
            switch scalar {
            case 0x22, 0x5C: quoted.units += [0x5C | bit, unit]
            case 0x0A: escape("\\n")
            case 0x0D: escape("\\r")
            case 0x09: escape("\\t")
            case 0x0C: escape("\\f")
            case 0x08: escape("\\b")
            case 0..<0x20: escape(Self.escape(UInt16(scalar)))
            case 0x7F... where isASCIIOnly:
                for half in Text.scalar(unit).utf16 { escape(Self.escape(half)) }
            default: quoted.units.append(unit)
            }
        }
        quoted.units.append(0x22)
        try interpreter.append(quoted.units, to: &out)
    }

    private static func escape(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}

extension Interpreter {
    /// `tojson`, as transformers defines it: nothing is escaped for HTML, and characters stay themselves.
    func json(_ value: Value, _ call: Call) throws(ChatTemplateError) -> Value {
        let values = try bind(call, ["ensure_ascii", "indent", "separators", "sort_keys"], to: "tojson")
        var indentation: Text?
        switch values[1] {
        case .string(let text)?: indentation = text
        case .some(.none), nil: break
        default: indentation = Text(units: [UInt32](repeating: 0x20, count: max(0, try width(values[1]))))
        }
        var dump = JSONDump(
            interpreter: self, indentation: indentation, itemSeparator: Text(indentation == nil ? ", " : ","),
            keySeparator: Text(": "))
        if let given = values[2], !given.isNone {
            let pair = try array(given)
            guard pair.count == 2, case .string(let item) = pair[0], case .string(let key) = pair[1] else {
                throw failure(.value, "separators are two texts")
            }
            dump.itemSeparator = item
            dump.keySeparator = key
        }
        dump.isASCIIOnly = isTrue(values[0] ?? .bool(false))
        dump.sortsKeys = isTrue(values[3] ?? .bool(false))
        try dump.write(value)
        return .string(dump.out)
    }

    private func width(_ value: Value?) throws(ChatTemplateError) -> Int {
        let width = try size(value, "indent", standard: 0)
        try charge(text: max(0, width))
        return width
    }
}
