/// Filters of texts.
extension Interpreter {
    func textFilter(_ name: String, _ value: Value, _ call: Call) throws(ChatTemplateError) -> Value {
        switch name {
        case "safe":
            _ = try bind(call, [], to: name)
            var text = try string(value)
            text.isMarkup = true
            return .string(text)
        case "e", "escape", "forceescape":
            _ = try bind(call, [], to: name)
            if case .string(let text) = value, text.isMarkup, name != "forceescape" { return value }
            return try text(Self.escaped(try string(value)))
        case "string":
            _ = try bind(call, [], to: name)
            if case .string = value { return value }
            return try text(try string(value))
        case "replace":
            let values = try bind(call, ["old", "new", "count"], to: name)
            guard let old = values[0], let new = values[1] else { throw failure(.type, "replace takes two texts") }
            var count = Int.max
            if let given = values[2], !given.isNone { count = try number(given, "count", standard: 0) }
            return try replaced(
                try string(value), try string(old), try string(new), count: count < 0 ? .max : count)
        default: break
        }
        let text = try plainText(value, "the filter '\(name)'")
        try charge(text: text.count)
        switch name {
        case "capitalize":
            _ = try bind(call, [], to: name)
            return try self.text(text.capitalized)
        case "lower":
            _ = try bind(call, [], to: name)
            return try self.text(text.lowercased)
        case "upper":
            _ = try bind(call, [], to: name)
            return try self.text(text.uppercased)
        case "title":
            _ = try bind(call, [], to: name)
            return try self.text(Self.title(text))
        case "trim":
            let cut = try textArgument(try bind(call, ["chars"], to: name)[0], "chars")
            return .string(Self.trimmed(text, cut))
        case "center":
            let width = try size(try bind(call, ["width"], to: name)[0], "width", standard: 80)
            return try padded(text, to: width, .both, with: 0x20)
        case "wordcount":
            _ = try bind(call, [], to: name)
            return .int(Self.wordCount(text))
        case "indent": return try indented(value, call)
        case "truncate": return try truncated(value, call)
        default:
            guard call.keywords.isEmpty || call.positional.isEmpty else {
                throw failure(.type, "format takes values with names or without, not both")
            }
            let values =
                call.keywords.isEmpty
                ? try tuple(call.positional) : try dict(call.keywords.map { (.text($0.name), $0.value) })
            return try self.text(try percentFormatted(text, values))
        }
    }

    /// A text without the characters of another at its edges; without white space if there is none.
    static func trimmed(_ text: Text, _ cut: Text?, leading: Bool = true, trailing: Bool = true) -> Text {
        guard let cut else { return text.trimmed(leading: leading, trailing: trailing) }
        let units = Set(cut.units.map { $0 & Text.scalarMask })
        return text.trimmed(leading: leading, trailing: trailing) { units.contains($0 & Text.scalarMask) }
    }

    func replaced(_ text: Text, _ old: Text, _ new: Text, count: Int) throws(ChatTemplateError) -> Value {
        try charge(text: text.count)
        if old.isEmpty {
            // Nothing stands between all characters and at both ends.
            var out = Text()
            for i in 0...text.count {
                if i < count { try append(new.units, to: &out) }
                if i < text.count { out.units.append(text.units[i]) }
            }
            return .string(out)
        }
        let parts = text.split(old, limit: count)
        return try self.text(try joined(parts, new))
    }

    func joined(_ parts: [Text], _ separator: Text) throws(ChatTemplateError) -> Text {
        var out = Text()
        for (i, part) in parts.enumerated() {
            if i > 0 { try append(separator.units, to: &out) }
            try append(part.units, to: &out)
        }
        return out
    }

    /// Makes a text longer, within the limits.
    func append(_ units: [UInt32], to text: inout Text) throws(ChatTemplateError) {
        try charge(1 + units.count)
        guard text.count + units.count <= limits.textLength else { return try charge(text: .max) }
        text.units += units
    }

    enum Padding {
        case left
        case right
        case both
    }

    /// A text of at least a width, with a character on sides of it.
    func padded(_ text: Text, to width: Int, _ sides: Padding, with fill: UInt32) throws(ChatTemplateError) -> Value {
        let missing = width - text.count
        guard missing > 0 else { return .string(text) }
        try charge(text: width)
        let left: Int
        switch sides {
        case .left: left = missing
        case .right: left = 0
        // The odd one goes to the left of an even text in an odd width.
        case .both: left = missing / 2 + (missing & width & 1)
        }
        let filling = { (count: Int) in [UInt32](repeating: fill, count: count) }
        return .string(Text(units: filling(left) + text.units + filling(missing - left)))
    }

    private static func title(_ text: Text) -> Text {
        var out = Text()
        var word: [UInt32] = []
        func flush() {
            let word = Text(units: word)
            if !word.isEmpty {
                out.units += word.slice(0..<1).uppercased.units + word.slice(1..<word.count).lowercased.units
            }
        }
        for unit in text.units {
            let scalar = unit & Text.scalarMask
            let isEdge = Text.isSpace(unit) || [0x2D, 0x28, 0x7B, 0x5B, 0x3C].contains(scalar)
            if isEdge {
                flush()
                word = []
                out.units.append(unit)
            } else {
                word.append(unit)
            }
        }
        flush()
        return out
    }

    private static func wordCount(_ text: Text) -> Int {
        var count = 0
        var wasWord = false
        for unit in text.units {
            let isWord = unit & Text.scalarMask == 0x5F || Text(units: [unit]).isAlphanumeric
            if isWord, !wasWord { count += 1 }
            wasWord = isWord
        }
        return count
    }

    private func indented(_ value: Value, _ call: Call) throws(ChatTemplateError) -> Value {
        let values = try bind(call, ["width", "first", "blank"], to: "indent")
        if case .undefined(let what) = value { throw failure(.undefined, what) }
        guard case .string(let text) = value else { throw failure(.type, "indent of a \(value.typeName)") }
        let indentation: Text
        if case .string(let given)? = values[0] {
            indentation = given
        } else {
            let width = try size(values[0], "width", standard: 4)
            try charge(text: max(0, width))
            indentation = Text(units: [UInt32](repeating: 0x20, count: max(0, width)))
        }
        let indentsFirst = isTrue(values[1] ?? .bool(false))
        let indentsBlank = isTrue(values[2] ?? .bool(false))
        // With a line end behind it, the last line is one however it ends.
        let lines = Text(units: text.units + [0x0A]).lines()
        var out = Text()
        for (i, line) in lines.enumerated() {
            if i > 0 { out.units.append(0x0A) }
            if i > 0 ? indentsBlank || !line.isEmpty : indentsFirst { try append(indentation.units, to: &out) }
            out.units += line.units
        }
        return .string(out)
    }

    private func truncated(_ value: Value, _ call: Call) throws(ChatTemplateError) -> Value {
        let values = try bind(call, ["length", "killwords", "end", "leeway"], to: "truncate")
        guard case .string(let text) = value else { throw failure(.type, "truncate of a \(value.typeName)") }
        let length = try number(values[0], "length", standard: 255)
        let end = try textArgument(values[2], "end") ?? Text("...")
        let leeway = try number(values[3].flatMap { $0.isNone ? nil : $0 }, "leeway", standard: 5)
        guard length >= end.count, leeway >= 0 else { throw failure(.value, "truncate to less than its end") }
        if text.count - length <= leeway { return value }
        var kept = text.slice(0..<length - end.count)
        if !isTrue(values[1] ?? .bool(false)) { kept = kept.splitFromEnd(Text(" "), limit: 1)[0] }
        return try self.text(Text(units: kept.units + end.units))
    }
}
