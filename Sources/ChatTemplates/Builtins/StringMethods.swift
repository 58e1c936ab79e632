/// The methods of texts that are run.
enum StringMethod: String {
    case capitalize, casefold, center, count, endswith, expandtabs, find, format, index, isalnum, isalpha, isdecimal
    case isdigit, islower, isnumeric, isspace, isupper, join, ljust, lower, lstrip, partition, removeprefix
    case removesuffix, replace, rfind, rindex, rjust, rpartition, rsplit, rstrip, split, splitlines, startswith, strip
    case swapcase, title, upper, zfill

    /// What Python's texts have besides.
    static let refused: Set<String> = [
        "encode", "format_map", "isascii", "isidentifier", "isprintable", "istitle", "maketrans", "translate",
    ]
}

extension Interpreter {
    func callMethod(_ name: String, of text: Text, _ call: Call) throws(ChatTemplateError) -> Value {
        guard let method = StringMethod(rawValue: name) else { throw failure(.unsupported, "the method '\(name)'") }
        try charge(text: text.count)
        if method == .format { return try self.text(try braceFormatted(text, call)) }
        // Only these take names.
        if ![.split, .rsplit, .splitlines, .expandtabs].contains(method), !call.keywords.isEmpty {
            throw failure(.type, "the method '\(name)' takes no arguments with names")
        }
        switch method {
        case .capitalize, .casefold, .lower, .swapcase, .title, .upper: return try changed(method, text, call)
        case .isalnum, .isalpha, .isdecimal, .isdigit, .islower, .isnumeric, .isspace, .isupper:
            _ = try bind(call, [], to: name)
            return .bool(Self.passes(method, text))
        case .strip, .lstrip, .rstrip:
            let cut = try textArgument(try bind(call, ["chars"], to: name)[0], "chars")
            return .string(Self.trimmed(text, cut, leading: method != .rstrip, trailing: method != .lstrip))
        case .startswith, .endswith: return .bool(try hasEdge(text, call, method))
        case .find, .rfind, .index, .rindex, .count: return try searched(method, text, call)
        case .split, .rsplit, .splitlines, .partition, .rpartition: return try cut(method, text, call)
        case .replace: return try replaced(text, call)
        case .join:
            guard let given = try bind(call, ["iterable"], to: name)[0] else {
                throw failure(.type, "join takes a list")
            }
            var parts: [Text] = []
            for item in try array(given) {
                guard case .string(let part) = item else { throw failure(.type, "join of a \(item.typeName)") }
                parts.append(part)
            }
            return .string(try joined(parts, text))
        case .removeprefix, .removesuffix:
            guard let edge = try textArgument(try bind(call, ["edge"], to: name)[0], "edge") else {
                throw failure(.type, "\(name) takes a text")
            }
            if method == .removeprefix {
                return .string(text.matches(edge, at: 0) ? text.slice(edge.count..<text.count) : text)
            }
            let start = text.count - edge.count
            return .string(text.matches(edge, at: start) ? text.slice(0..<start) : text)
        case .center, .ljust, .rjust, .zfill: return try widened(method, text, call)
        case .expandtabs: return try expanded(text, call)
        case .format: throw failure(.unsupported, "the method 'format'")
        }
    }

    private func changed(_ method: StringMethod, _ text: Text, _ call: Call) throws(ChatTemplateError) -> Value {
        _ = try bind(call, [], to: method.rawValue)
        switch method {
        case .capitalize: return try self.text(text.capitalized)
        case .lower: return try self.text(text.lowercased)
        case .upper: return try self.text(text.uppercased)
        case .swapcase: return try self.text(text.caseSwapped)
        case .title: return try self.text(text.titlecased)
        default:
            guard text.units.allSatisfy({ $0 & Text.scalarMask < 0x80 }) else {
                throw failure(.unsupported, "casefold beyond ASCII is not run")
            }
            return try self.text(text.lowercased)
        }
    }

    private static func passes(_ method: StringMethod, _ text: Text) -> Bool {
        switch method {
        case .isalnum: text.isAlphanumeric
        case .isalpha: text.isAlphabetic
        case .isdecimal: text.isDecimal
        case .isdigit: text.isDigit
        case .islower: text.isLowercase
        case .isnumeric: text.isNumeric
        case .isspace: text.isSpace
        default: text.isUppercase
        }
    }

    /// Start and end among arguments, as places in a text.
    private func range(_ start: Value?, _ end: Value?, in text: Text) throws(ChatTemplateError) -> (Int, Int) {
        func place(_ value: Value?, _ standard: Int) throws(ChatTemplateError) -> Int {
            guard let value, !value.isNone else { return standard }
            guard let place = value.integer else { throw failure(.type, "a place must be a whole number") }
            return place < 0 ? max(0, (place == .min ? .min + text.count : place) + text.count) : place
        }
        return (try place(start, 0), min(try place(end, text.count), text.count))
    }

    private func hasEdge(_ text: Text, _ call: Call, _ method: StringMethod) throws(ChatTemplateError) -> Bool {
        let values = try bind(call, ["edge", "start", "end"], to: method.rawValue)
        guard let given = values[0] else { throw failure(.type, "\(method.rawValue) takes a text") }
        var edges = [given]
        if case .sequence(let tuple) = given, tuple.kind == .tuple { edges = tuple.items }
        let (start, end) = try range(values[1], values[2], in: text)
        for edge in edges {
            guard case .string(let edge) = edge else {
                throw failure(.type, "\(method.rawValue) takes a text or a tuple of texts")
            }
            guard start <= end, edge.count <= end - start else { continue }
            if text.matches(edge, at: method == .startswith ? start : end - edge.count) { return true }
        }
        return false
    }

    private func searched(_ method: StringMethod, _ text: Text, _ call: Call) throws(ChatTemplateError) -> Value {
        let values = try bind(call, ["sub", "start", "end"], to: method.rawValue)
        guard let part = try textArgument(values[0], "sub") else {
            throw failure(.type, "\(method.rawValue) takes a text")
        }
        let (start, end) = try range(values[1], values[2], in: text)
        if method == .count {
            guard start <= end else { return .int(0) }
            if part.isEmpty { return .int(end - start + 1) }
            return .int(text.slice(start..<end).split(part).count - 1)
        }
        let isLast = method == .rfind || method == .rindex
        let place =
            start <= end
            ? isLast
                ? text.lastIndex(of: part, from: start, to: end)
                : text.firstIndex(of: part, from: start, to: end) : nil
        if place == nil, method == .index || method == .rindex { throw failure(.value, "the part is not in the text") }
        return .int(place ?? -1)
    }

    private func cut(_ method: StringMethod, _ text: Text, _ call: Call) throws(ChatTemplateError) -> Value {
        switch method {
        case .splitlines:
            let keeps = try bind(call, ["keepends"], to: "splitlines")[0] ?? .bool(false)
            return try parts(text.lines(keepingEnds: isTrue(keeps)))
        case .partition, .rpartition:
            guard let separator = try textArgument(try bind(call, ["sep"], to: "partition")[0], "sep"),
                !separator.isEmpty
            else { throw failure(.value, "partition takes a text that is not empty") }
            let place = method == .partition ? text.firstIndex(of: separator) : text.lastIndex(of: separator)
            var three = method == .partition ? [text, Text(), Text()] : [Text(), Text(), text]
            if let place {
                let end = place + separator.count
                three = [text.slice(0..<place), separator, text.slice(end..<text.count)]
            }
            return try tuple(three.map { .string($0) })
        default:
            let values = try bind(call, ["sep", "maxsplit"], to: method.rawValue)
            let separator = try textArgument(values[0], "sep")
            let given = try number(values[1], "maxsplit", standard: -1)
            let limit = given < 0 ? Int.max : given
            guard let separator else {
                return try parts(method == .split ? text.words(limit: limit) : text.wordsFromEnd(limit: limit))
            }
            guard !separator.isEmpty else { throw failure(.value, "an empty separator") }
            return try parts(
                method == .split ? text.split(separator, limit: limit) : text.splitFromEnd(separator, limit: limit))
        }
    }

    private func parts(_ parts: [Text]) throws(ChatTemplateError) -> Value {
        try charge(parts.count)
        return Value.list(parts)
    }

    private func replaced(_ text: Text, _ call: Call) throws(ChatTemplateError) -> Value {
        let values = try bind(call, ["old", "new", "count"], to: "replace")
        guard let old = try textArgument(values[0], "old"), let new = try textArgument(values[1], "new") else {
            throw failure(.type, "replace takes two texts")
        }
        let count = try number(values[2], "count", standard: -1)
        return try replaced(text, old, new, count: count < 0 ? .max : count)
    }

    private func widened(_ method: StringMethod, _ text: Text, _ call: Call) throws(ChatTemplateError) -> Value {
        let values = try bind(call, method == .zfill ? ["width"] : ["width", "fillchar"], to: method.rawValue)
        guard values[0] != nil else { throw failure(.type, "\(method.rawValue) takes a width") }
        let width = try size(values[0], "width", standard: 0)
        if method == .zfill {
            let hasSign = text.count > 0 && (text[0] == 0x2B || text[0] == 0x2D)
            let digits = hasSign ? text.slice(1..<text.count) : text
            guard case .string(let filled) = try padded(digits, to: width - (hasSign ? 1 : 0), .left, with: 0x30) else {
                return .string(text)
            }
            return .string(Text(units: (hasSign ? [text.units[0]] : []) + filled.units))
        }
        let fill = try textArgument(values[1], "fillchar") ?? Text(" ")
        guard fill.count == 1 else { throw failure(.type, "a text is filled up with one character") }
        return try padded(
            text, to: width, method == .center ? .both : method == .ljust ? .right : .left, with: fill.units[0])
    }

    private func expanded(_ text: Text, _ call: Call) throws(ChatTemplateError) -> Value {
        let width = try size(try bind(call, ["tabsize"], to: "expandtabs")[0], "tabsize", standard: 8)
        var out = Text()
        var column = 0
        for unit in text.units {
            switch unit & Text.scalarMask {
            case 0x09:
                let count = width > 0 ? width - column % width : 0
                try append([UInt32](repeating: 0x20, count: count), to: &out)
                column += count
            case 0x0A, 0x0D:
                out.units.append(unit)
                column = 0
            default:
                out.units.append(unit)
                column += 1
            }
        }
        return try self.text(out)
    }
}
