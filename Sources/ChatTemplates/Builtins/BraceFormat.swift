/// `str.format`, as Python has it.
extension Interpreter {
    func braceFormatted(_ format: Text, _ call: Call) throws(ChatTemplateError) -> Text {
        var out = Text()
        var next = 0
        var i = 0
        while i < format.count {
            let unit = format[i]
            guard unit == 0x7B || unit == 0x7D else {
                out.units.append(format.units[i])
                i += 1
                continue
            }
            if i + 1 < format.count, format[i + 1] == unit {
                out.units.append(format.units[i])
                i += 2
                continue
            }
            guard unit == 0x7B, let end = format.firstIndex(of: Text("}"), from: i) else {
                throw failure(.value, "the braces of the format do not match")
            }
            let field = format.slice(i + 1..<end)
            guard !field.contains(Text("{")) else {
                throw failure(.unsupported, "a format inside a format is not run")
            }
            try append(try formatted(field, call, &next).units, to: &out)
            i = end + 1
        }
        return out
    }

    /// One field: `name!conversion:spec`.
    private func formatted(_ field: Text, _ call: Call, _ next: inout Int) throws(ChatTemplateError) -> Text {
        var name = field
        var spec = Text()
        if let colon = field.firstIndex(of: Text(":")) {
            name = field.slice(0..<colon)
            spec = field.slice(colon + 1..<field.count)
        }
        var conversion: UInt32?
        if let mark = name.firstIndex(of: Text("!")) {
            guard mark + 2 == name.count else { throw failure(.value, "a conversion is one letter") }
            conversion = name[mark + 1]
            name = name.slice(0..<mark)
        }
        var value = try fieldValue(name, call, &next)
        switch conversion {
        case nil: break
        case 0x73: value = .string(try string(value))
        case 0x72:
            var text = Text()
            try write(value, to: &text)
            value = .string(text)
        default: throw failure(.unsupported, "this conversion is not run")
        }
        return try formatted(value, spec)
    }

    private func fieldValue(_ name: Text, _ call: Call, _ next: inout Int) throws(ChatTemplateError) -> Value {
        var end = 0
        while end < name.count, name[end] != 0x2E, name[end] != 0x5B { end += 1 }
        let first = name.slice(0..<end)
        var value: Value
        if first.isEmpty || first.isDigit {
            if !first.isEmpty, next > 0 { throw failure(.value, "places with and without numbers in one format") }
            let place = first.isEmpty ? next : PythonNumber.integer(first) ?? .max
            if first.isEmpty { next += 1 }
            guard call.positional.indices.contains(place) else {
                throw failure(.value, "there are fewer values than the format asks for")
            }
            value = call.positional[place]
        } else {
            guard let given = call.keyword(first.string) else {
                throw failure(.value, "the format asks for '\(first.string)', which is not given")
            }
            value = given
        }
        while end < name.count {
            let start = end + 1
            if name[end] == 0x2E {
                end = start
                while end < name.count, name[end] != 0x2E, name[end] != 0x5B { end += 1 }
                value = try attribute(name.slice(start..<end).string, of: value)
            } else {
                guard let close = name.firstIndex(of: Text("]"), from: start) else {
                    throw failure(.value, "the brackets of the format do not match")
                }
                let key = name.slice(start..<close)
                value = try item(key.isDigit ? .int(PythonNumber.integer(key) ?? .max) : .string(key), of: value)
                end = close + 1
            }
        }
        return value
    }

    /// A value by a format's specification: `[[fill]align][sign][0][width][,][.precision][type]`.
    private func formatted(_ value: Value, _ spec: Text) throws(ChatTemplateError) -> Text {
        if spec.isEmpty { return try string(value) }
        var format = FormatSpec()
        var i = 0
        let alignments: [UInt32: FormatSpec.Alignment] = [0x3C: .left, 0x3E: .right, 0x5E: .center, 0x3D: .afterSign]
        if spec.count > 1, let alignment = alignments[spec[1]] {
            format.fill = spec.units[0]
            format.alignment = alignment
            i = 2
        } else if let alignment = alignments[spec[0]] {
            format.alignment = alignment
            i = 1
        }
        while i < spec.count, let flag = FormatSpec.flag(spec[i]) {
            if flag == .alternate { throw failure(.unsupported, "this format is not run") }
            if flag != .left { format.flags.insert(flag) }
            i += 1
        }
        (format.width, i) = try digits(spec, i)
        if i < spec.count, spec[i] == 0x2C {
            format.flags.insert(.thousands)
            i += 1
        }
        if i < spec.count, spec[i] == 0x2E { (format.precision, i) = try digits(spec, i + 1) }
        let kind = i < spec.count ? spec[i] : nil
        guard i + 1 >= spec.count else { throw failure(.value, "a format that cannot be read") }
        return try formatted(value, format, kind)
    }

    private func formatted(
        _ value: Value, _ format: FormatSpec, _ kind: UInt32?
    ) throws(ChatTemplateError) -> Text {
        switch (value, kind) {
        case (.string(var text), nil), (.string(var text), 0x73):
            guard format.flags.isEmpty, format.alignment != .afterSign else {
                throw failure(.value, "a text is written like a number")
            }
            if let precision = format.precision, precision < text.count { text = text.slice(0..<precision) }
            return try format.padded(text, self)
        case (.int(let number), nil), (.int(let number), 0x64), (.int(let number), 0x78), (.int(let number), 0x58),
            (.int(let number), 0x6F), (.int(let number), 0x62):
            return try format.whole(number, kind ?? 0x64, self)
        case (.int, 0x66), (.int, 0x46), (.int, 0x65), (.int, 0x45), (.int, 0x67), (.int, 0x47), (.float, 0x66),
            (.float, 0x46), (.float, 0x65), (.float, 0x45), (.float, 0x67), (.float, 0x47):
            return try format.float(value.double ?? 0, kind ?? 0x66, self)
        default: throw failure(.unsupported, "a \(value.typeName) in this format is not run")
        }
    }
}
