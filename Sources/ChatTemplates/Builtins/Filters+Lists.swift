/// Filters of lists.
extension Interpreter {
    /// Elements that can be drawn once.
    private func once(_ items: [Value]) throws(ChatTemplateError) -> Value {
        try charge(items.count)
        let list = try list(items)
        var i = 0
        return try iterator(over: list) { (_) throws(ChatTemplateError) in
            guard i < items.count else { return nil }
            i += 1
            return items[i - 1]
        }
    }

    func listFilter(_ name: String, _ value: Value, _ call: Call) throws(ChatTemplateError) -> Value {
        switch name {
        case "list":
            _ = try bind(call, [], to: name)
            return try list(try array(value))
        case "first":
            _ = try bind(call, [], to: name)
            return try elements(value).next(self) ?? .undefined("there is no first element")
        case "last":
            _ = try bind(call, [], to: name)
            if case .iterator = value {
                throw failure(.type, "what runs through once has no last element: make it a list")
            }
            return try array(value).last ?? .undefined("there is no last element")
        case "join": return try joined(value, call)
        case "items":
            _ = try bind(call, [], to: name)
            if value.isUndefined { return try once([]) }
            guard case .dict(let dict) = value else { throw failure(.type, "items of a \(value.typeName)") }
            return try once(try pairs(dict))
        case "reverse":
            _ = try bind(call, [], to: name)
            if case .string(let text) = value { return try self.text(Text(units: text.units.reversed())) }
            let items = Array(try array(value).reversed())
            if case .iterator = value { return try list(items) }
            return try once(items)
        case "batch", "slice": return try once(name == "batch" ? try batches(value, call) : try slices(value, call))
        case "dictsort": return try sortedMembers(value, call)
        case "sort":
            let values = try bind(call, ["reverse", "case_sensitive", "attribute"], to: name)
            let items = try array(value)
            let paths = try attributePaths(values[2])
            var keys: [Value] = []
            for item in items {
                var parts: [Value] = []
                for path in paths {
                    parts.append(folded(try member(path, of: item), unless: isTrue(values[1] ?? .bool(false))))
                }
                keys.append(try list(parts))
            }
            return try list(try sorted(items, by: keys, descending: isTrue(values[0] ?? .bool(false))))
        case "groupby": return try grouped(value, call)
        case "unique": return try once(try unique(value, call))
        case "min", "max": return try extreme(value, call, isMaximum: name == "max", name)
        default: return try sum(value, call)
        }
    }

    private func joined(_ value: Value, _ call: Call) throws(ChatTemplateError) -> Value {
        let values = try bind(call, ["d", "attribute"], to: "join")
        let separator = try string(values[0] ?? .string(Text()))
        let path = try attributePath(values[1])
        var parts: [Text] = []
        let iterator = try elements(value)
        while let item = try iterator.next(self) { parts.append(try string(try member(path, of: item))) }
        return .string(try joined(parts, separator))
    }

    private func batches(_ value: Value, _ call: Call) throws(ChatTemplateError) -> [Value] {
        let values = try bind(call, ["linecount", "fill_with"], to: "batch")
        let count = try size(values[0], "linecount", standard: 0)
        guard values[0] != nil else { throw failure(.type, "batch needs a number") }
        var batches: [Value] = []
        var batch: [Value] = []
        for item in try array(value) {
            if batch.count == count {
                batches.append(try list(batch))
                batch = []
            }
            batch.append(item)
        }
        guard !batch.isEmpty else { return batches }
        if let filling = values[1], !filling.isNone, batch.count < count {
            try charge(count)
            batch += [Value](repeating: filling, count: count - batch.count)
        }
        return batches + [try list(batch)]
    }

    private func slices(_ value: Value, _ call: Call) throws(ChatTemplateError) -> [Value] {
        let values = try bind(call, ["slices", "fill_with"], to: "slice")
        let count = try size(values[0], "slices", standard: 0)
        let items = try array(value)
        guard count != 0 else { throw failure(.value, "slice into no parts") }
        guard count > 0 else { return [] }
        try charge(count)
        let (size, larger) = items.count.quotientAndRemainder(dividingBy: count)
        var start = 0
        var slices: [Value] = []
        for i in 0..<count {
            let end = start + size + (i < larger ? 1 : 0)
            var slice = Array(items[start..<end])
            if i >= larger, let filling = values[1], !filling.isNone { slice.append(filling) }
            slices.append(try list(slice))
            start = end
        }
        return slices
    }

    // MARK: Order

    /// What is compared of an element: texts by their small letters, unless case counts.
    private func folded(_ value: Value, unless isCaseSensitive: Bool) -> Value {
        guard !isCaseSensitive, case .string(let text) = value else { return value }
        return .string(text.lowercased)
    }

    private func sortedMembers(_ value: Value, _ call: Call) throws(ChatTemplateError) -> Value {
        let values = try bind(call, ["case_sensitive", "by", "reverse"], to: "dictsort")
        if case .undefined(let what) = value { throw failure(.undefined, what) }
        guard case .dict(let dict) = value else { throw failure(.type, "dictsort of a \(value.typeName)") }
        let by = try string(values[1] ?? .text("key")).string
        guard by == "key" || by == "value" else { throw failure(.value, "dictsort by 'key' or by 'value'") }
        let isCaseSensitive = isTrue(values[0] ?? .bool(false))
        try charge(dict.keys.count)
        let keys = (by == "key" ? dict.keys : dict.values).map { folded($0, unless: isCaseSensitive) }
        return try list(try sorted(try pairs(dict), by: keys, descending: isTrue(values[2] ?? .bool(false))))
    }

    private func grouped(_ value: Value, _ call: Call) throws(ChatTemplateError) -> Value {
        let values = try bind(call, ["attribute", "default", "case_sensitive"], to: "groupby")
        guard let attribute = values[0] else { throw failure(.type, "groupby needs an attribute") }
        let path = try attributePath(attribute)
        let isCaseSensitive = isTrue(values[2] ?? .bool(false))
        let items = try array(value)
        var names: [Value] = []
        for item in items { names.append(try member(path, of: item, default: values[1])) }
        let keys = names.map { folded($0, unless: isCaseSensitive) }
        let order = try sorted(items.indices.map { .int($0) }, by: keys, descending: false).compactMap(\.integer)
        var groups: [(first: Int, members: [Value])] = []
        for place in order {
            if let last = groups.last, try areEqual(keys[last.first], keys[place]) {
                groups[groups.count - 1].members.append(items[place])
            } else {
                groups.append((place, [items[place]]))
            }
        }
        var result: [Value] = []
        for group in groups { result.append(try tuple([names[group.first], try list(group.members)])) }
        return try list(result)
    }

    private func unique(_ value: Value, _ call: Call) throws(ChatTemplateError) -> [Value] {
        let values = try bind(call, ["case_sensitive", "attribute"], to: "unique")
        let path = try attributePath(values[1])
        var seen: Set<Value.Key> = []
        var items: [Value] = []
        for item in try array(value) {
            let name = folded(try member(path, of: item), unless: isTrue(values[0] ?? .bool(false)))
            if seen.insert(try key(name)).inserted { items.append(item) }
        }
        return items
    }

    private func extreme(
        _ value: Value, _ call: Call, isMaximum: Bool, _ name: String
    ) throws(ChatTemplateError) -> Value {
        let values = try bind(call, ["case_sensitive", "attribute"], to: name)
        let path = try attributePath(values[1])
        var best: (item: Value, key: Value)?
        for item in try array(value) {
            let key = folded(try member(path, of: item), unless: isTrue(values[0] ?? .bool(false)))
            if let found = best, try !(isMaximum ? isLess(found.key, key) : isLess(key, found.key)) { continue }
            best = (item, key)
        }
        return best?.item ?? .undefined("there is no element")
    }

    private func sum(_ value: Value, _ call: Call) throws(ChatTemplateError) -> Value {
        let values = try bind(call, ["attribute", "start"], to: "sum")
        let path = try attributePath(values[0])
        var sum = values[1] ?? .int(0)
        if case .string = sum { throw failure(.type, "sum of texts") }
        for item in try array(value) { sum = try arithmetic(.add, sum, try member(path, of: item)) }
        return sum
    }

    // MARK: Attributes

    /// The path that an argument names: `address.city`; numbers are places.
    func attributePath(_ value: Value?) throws(ChatTemplateError) -> [Value] {
        guard let value, !value.isNone else { return [] }
        guard case .string(let text) = value else { return [value] }
        return text.split(Text(".")).map { part in
            part.isDigit ? PythonNumber.integer(part).map(Value.int) ?? .string(part) : .string(part)
        }
    }

    private func attributePaths(_ value: Value?) throws(ChatTemplateError) -> [[Value]] {
        guard case .string(let text)? = value else { return [try attributePath(value)] }
        var paths: [[Value]] = []
        for part in text.split(Text(",")) { paths.append(try attributePath(.string(part))) }
        return paths
    }

    /// What lies at a path of an element.
    func member(_ path: [Value], of value: Value, default standard: Value? = nil) throws(ChatTemplateError) -> Value {
        var value = value
        for part in path {
            value = try item(part, of: value)
            if value.isUndefined, let standard, !standard.isNone { value = standard }
        }
        return value
    }

    // MARK: Functions over lists

    /// A filter or a path over all elements, when they are drawn.
    func mapped(_ value: Value, _ call: Call) throws(ChatTemplateError) -> Value {
        guard isTrue(value) else { return try once([]) }
        let source = try elements(value)
        if call.positional.isEmpty, let attribute = call.keyword("attribute") {
            let path = try attributePath(attribute)
            for (name, _) in call.keywords where name != "attribute" && name != "default" {
                throw failure(.type, "map has no argument '\(name)'")
            }
            let standard = call.keyword("default")
            return try iterator(over: value) { (interpreter) throws(ChatTemplateError) in
                guard let item = try source.next(interpreter) else { return nil }
                return try interpreter.member(path, of: item, default: standard)
            }
        }
        guard case .string(let name)? = call.positional.first else { throw failure(.type, "map needs a filter") }
        let filter = name.string
        if let reason = Filters.refusal(of: filter) { throw failure(.unsupported, reason) }
        let arguments = Call(positional: Array(call.positional.dropFirst()), keywords: call.keywords)
        return try iterator(over: value) { (interpreter) throws(ChatTemplateError) in
            guard let item = try source.next(interpreter) else { return nil }
            return try interpreter.filter(filter, item, arguments)
        }
    }

    /// The elements that pass a test, or do not.
    func selected(
        _ value: Value, _ call: Call, byAttribute: Bool, wanted: Bool, _ name: String
    ) throws(ChatTemplateError) -> Value {
        guard isTrue(value) else { return try once([]) }
        let source = try elements(value)
        var positional = call.positional
        var path: [Value] = []
        if byAttribute {
            guard !positional.isEmpty else { throw failure(.type, "\(name) needs an attribute") }
            path = try attributePath(positional.removeFirst())
        }
        var test: String?
        if !positional.isEmpty {
            guard case .string(let text) = positional.removeFirst(), ValueTest.names.contains(text.string) else {
                throw failure(.unsupported, "\(name) with a test that there is not")
            }
            test = text.string
        }
        let arguments = Call(positional: positional, keywords: call.keywords)
        return try iterator(over: value) { [path, test] (interpreter) throws(ChatTemplateError) in
            while let item = try source.next(interpreter) {
                let tested = try interpreter.member(path, of: item)
                let passes = try test.map { (test) throws(ChatTemplateError) in
                    try interpreter.test(test, tested, arguments)
                }
                if (passes ?? interpreter.isTrue(tested)) == wanted { return item }
            }
            return nil
        }
    }
}
