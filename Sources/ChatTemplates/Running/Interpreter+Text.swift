/// Values as text.
extension Interpreter {
    /// As Python's `str` writes a value.
    func string(_ value: Value) throws(ChatTemplateError) -> Text {
        switch value {
        case .undefined: return Text()
        case .string(var text):
            text.isMarkup = false
            return text
        default:
            var out = Text()
            try write(value, to: &out)
            return out
        }
    }

    /// As Python's `repr` writes a value.
    func write(_ value: Value, to out: inout Text) throws(ChatTemplateError) {
        try enter()
        defer { leave() }
        switch value {
        case .undefined: out.units += Text("Undefined").units
        case .none: out.units += Text("None").units
        case .bool(let value): out.units += Text(value ? "True" : "False").units
        case .int(let value): out.units += Text(String(value)).units
        case .float(let value): out.units += Text(PythonNumber.text(value)).units
        case .string(let text):
            try charge(text: text.count * 2)
            Self.quote(text, to: &out)
        case .sequence(let sequence): try write(sequence, to: &out)
        case .dict(let dict):
            out.units.append(0x7B)
            for (i, (key, value)) in zip(dict.keys, dict.values).enumerated() {
                if i > 0 { out.units += [0x2C, 0x20] }
                try write(key, to: &out)
                out.units += [0x3A, 0x20]
                try write(value, to: &out)
            }
            out.units.append(0x7D)
        case .namespace, .macro, .loop, .iterator, .function, .method:
            throw failure(.unsupported, "a \(value.typeName) is printed, which has no text that says anything")
        }
        try charge(text: 1)
    }

    private func write(_ sequence: Value.Sequence, to out: inout Text) throws(ChatTemplateError) {
        switch sequence.kind {
        case .list: out.units.append(0x5B)
        case .tuple: out.units.append(0x28)
        case .range, .view:
            throw failure(.unsupported, "a range or a view of a dictionary is printed: make it a list first")
        }
        for (i, item) in sequence.items.enumerated() {
            if i > 0 { out.units += [0x2C, 0x20] }
            try write(item, to: &out)
        }
        if sequence.kind == .tuple, sequence.items.count == 1 { out.units.append(0x2C) }
        out.units.append(sequence.kind == .list ? 0x5D : 0x29)
    }

    /// A text in quotation marks, as Python writes it in a list.
    static func quote(_ text: Text, to out: inout Text) {
        let hasSingle = text.units.contains { $0 & Text.scalarMask == 0x27 }
        let hasDouble = text.units.contains { $0 & Text.scalarMask == 0x22 }
        let mark: UInt32 = hasSingle && !hasDouble ? 0x22 : 0x27
        out.units.append(mark)
        for unit in text.units {
            let bit = unit & Text.contentBit
            let scalar = unit & Text.scalarMask
            switch scalar {
            case mark, 0x5C: out.units += [0x5C | bit, unit]
            case 0x0A: out.units += [0x5C | bit, 0x6E | bit]
            case 0x0D: out.units += [0x5C | bit, 0x72 | bit]
            case 0x09: out.units += [0x5C | bit, 0x74 | bit]
            case 0x20...0x7E: out.units.append(unit)
            default:
                if isPrintable(Text.scalar(unit)) {
                    out.units.append(unit)
                } else {
                    let digits = String(scalar, radix: 16)
                    let (kind, width) = scalar < 0x100 ? ("x", 2) : scalar < 0x10000 ? ("u", 4) : ("U", 8)
                    let escape = "\\" + kind + String(repeating: "0", count: width - digits.count) + digits
                    out.units += Text(escape).units.map { $0 | bit }
                }
            }
        }
        out.units.append(mark)
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            false
        default: true
        }
    }

    /// A value as text that is going to be worked with; text that was declared safe for HTML follows rules of its own there.
    func plainText(_ value: Value, _ what: String) throws(ChatTemplateError) -> Text {
        if case .string(let text) = value, text.isMarkup {
            throw failure(.unsupported, "\(what) of a text that 'safe' or 'escape' declared safe is not run")
        }
        return try string(value)
    }

    /// A text with the characters that HTML reads replaced.
    static func escaped(_ text: Text) -> Text {
        var out = Text()
        for unit in text.units {
            let bit = unit & Text.contentBit
            let name: String
            switch unit & Text.scalarMask {
            case 0x26: name = "&amp;"
            case 0x3C: name = "&lt;"
            case 0x3E: name = "&gt;"
            case 0x27: name = "&#39;"
            case 0x22: name = "&#34;"
            default:
                out.units.append(unit)
                continue
            }
            out.units += Text(name).units.map { $0 | bit }
        }
        out.isMarkup = true
        return out
    }
}
