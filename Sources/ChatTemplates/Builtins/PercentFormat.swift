/// `format % values`, as Python has it.
extension Interpreter {
    func percentFormatted(_ format: Text, _ values: Value) throws(ChatTemplateError) -> Text {
        var out = Text()
        var arguments = [values]
        var mapping: Value.Dict?
        if case .sequence(let tuple) = values, tuple.kind == .tuple { arguments = tuple.items }
        if case .dict(let dict) = values { mapping = dict }
        var next = 0
        var i = 0
        func argument() throws(ChatTemplateError) -> Value {
            guard next < arguments.count else {
                throw failure(.type, "there are fewer values than the format asks for")
            }
            next += 1
            return arguments[next - 1]
        }
        var usesNames = false
        while i < format.count {
            guard format[i] == 0x25 else {
                out.units.append(format.units[i])
                i += 1
                continue
            }
            i += 1
            var named: Value?
            if i < format.count, format[i] == 0x28 {
                guard let mapping, let end = format.firstIndex(of: Text(")"), from: i) else {
                    throw failure(.type, "a format with names needs a dictionary")
                }
                guard let value = mapping[.string(format.slice(i + 1..<end))] else {
                    throw failure(.value, "a name of the format is not among the values")
                }
                named = value
                usesNames = true
                i = end + 1
            }
            var spec = FormatSpec()
            while i < format.count, let flag = FormatSpec.flag(format[i]) {
                spec.flags.insert(flag)
                i += 1
            }
            if i < format.count, format[i] == 0x2A { throw failure(.unsupported, "a width from the values is not run") }
            (spec.width, i) = try digits(format, i)
            if i < format.count, format[i] == 0x2E {
                (spec.precision, i) = try digits(format, i + 1)
                spec.precision = spec.precision ?? 0
            }
            while i < format.count, [0x68, 0x6C, 0x4C].contains(format[i]) { i += 1 }
            guard i < format.count else { throw failure(.value, "the format is cut short") }
            let kind = format[i]
            i += 1
            if kind == 0x25 {
                out.units.append(0x25)
                continue
            }
            let value: Value
            if let named { value = named } else { value = try argument() }
            try append(try formatted(value, kind, spec).units, to: &out)
        }
        if !usesNames, mapping == nil, next < arguments.count {
            throw failure(.type, "there are more values than the format asks for")
        }
        return out
    }

    /// A number written in a format, and the place behind it.
    func digits(_ format: Text, _ start: Int) throws(ChatTemplateError) -> (Int?, Int) {
        var i = start
        while i < format.count, (0x30...0x39).contains(format[i]) { i += 1 }
        guard i > start else { return (nil, i) }
        guard i - start < 9, let number = Int(format.slice(start..<i).string), number <= limits.textLength else {
            throw failure(.limit, "a width that is too large")
        }
        return (number, i)
    }

    private func formatted(_ value: Value, _ kind: UInt32, _ spec: FormatSpec) throws(ChatTemplateError) -> Text {
        var spec = spec
        spec.alignment = spec.flags.contains(.left) ? .left : .right
        switch kind {
        case 0x73, 0x72, 0x61:
            var text: Text
            if kind == 0x73 {
                text = try string(value)
            } else {
                guard kind == 0x72 else { throw failure(.unsupported, "the format 'a' is not run") }
                text = Text()
                try write(value, to: &text)
            }
            if let precision = spec.precision, precision < text.count { text = text.slice(0..<precision) }
            return try spec.padded(text, self)
        case 0x64, 0x69, 0x75, 0x78, 0x58, 0x6F:
            if case .undefined(let what) = value { throw failure(.undefined, what) }
            var number = value.integer
            if number == nil, kind == 0x64 || kind == 0x69 || kind == 0x75, let float = value.double {
                number = Int(exactly: float.rounded(.towardZero))
            }
            guard let number else { throw failure(.type, "a \(value.typeName) where a whole number is asked for") }
            return try spec.whole(number, kind, self)
        case 0x66, 0x46, 0x65, 0x45, 0x67, 0x47:
            if case .undefined(let what) = value { throw failure(.undefined, what) }
            guard let number = value.double else {
                throw failure(.type, "a \(value.typeName) where a number is asked for")
            }
            return try spec.float(number, kind, self)
        default: throw failure(.unsupported, "the format '\(Text(units: [kind]).string)' is not run")
        }
    }
}
