/// What Python's protocols give: truth, length, elements, order.
extension Interpreter {
    func isTrue(_ value: Value) -> Bool {
        switch value {
        case .undefined, .none: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .float(let value): value != 0
        case .string(let text): !text.isEmpty
        case .sequence(let sequence): !sequence.items.isEmpty
        case .dict(let dict): !dict.keys.isEmpty
        case .namespace, .macro, .loop, .iterator, .function, .method: true
        }
    }

    func length(_ value: Value) throws(ChatTemplateError) -> Int {
        switch value {
        case .undefined: return 0
        case .string(let text): return text.count
        case .sequence(let sequence): return sequence.items.count
        case .dict(let dict): return dict.keys.count
        case .loop(let place): return try loops[place].length(self)
        default: throw failure(.type, "a \(value.typeName) has no length")
        }
    }

    /// Something to draw elements from.
    func elements(_ value: Value) throws(ChatTemplateError) -> ValueIterator {
        switch value {
        case .undefined: return items([], depth: 1)
        case .string(let text):
            var i = 0
            return ValueIterator(depth: 1) { (_) throws(ChatTemplateError) in
                guard i < text.count else { return nil }
                i += 1
                return .string(text.slice(i - 1..<i))
            }
        case .sequence(let sequence): return items(sequence.items, depth: sequence.depth)
        case .dict(let dict): return items(dict.keys, depth: dict.depth)
        case .iterator(let iterator): return iterator
        default: throw failure(.type, "a \(value.typeName) has no elements")
        }
    }

    private func items(_ items: [Value], depth: Int) -> ValueIterator {
        var i = 0
        return ValueIterator(depth: depth) { (_) throws(ChatTemplateError) in
            guard i < items.count else { return nil }
            i += 1
            return items[i - 1]
        }
    }

    /// All elements; what runs through once is used up.
    func array(_ value: Value) throws(ChatTemplateError) -> [Value] {
        if case .sequence(let sequence) = value { return sequence.items }
        let iterator = try elements(value)
        var items: [Value] = []
        while let item = try iterator.next(self) { items.append(item) }
        return items
    }

    // MARK: Equality and order

    func areEqual(_ a: Value, _ b: Value) throws(ChatTemplateError) -> Bool {
        switch (a, b) {
        case (.undefined, .undefined), (.none, .none): return true
        case (.string(let a), .string(let b)):
            try charge(1 + min(a.count, b.count) / 16)
            return a == b
        case (.sequence(let a), .sequence(let b)):
            if a === b { return true }
            guard a.kind == b.kind, a.kind != .view else { return false }
            return try areEqual(a.items, b.items)
        case (.dict(let a), .dict(let b)):
            if a === b { return true }
            guard a.keys.count == b.keys.count else { return false }
            for (key, place) in a.places {
                try charge(1)
                guard let other = b[key], try areEqual(a.values[place], other) else { return false }
            }
            return true
        case (.namespace(let a), .namespace(let b)), (.macro(let a), .macro(let b)), (.loop(let a), .loop(let b)):
            return a == b
        case (.function(let a), .function(let b)): return a == b
        case (.iterator(let a), .iterator(let b)): return a === b
        default: return Self.numbers(a, b).map { $0 == 0 } ?? false
        }
    }

    func areEqual(_ a: [Value], _ b: [Value]) throws(ChatTemplateError) -> Bool {
        guard a.count == b.count else { return false }
        try enter()
        defer { leave() }
        for (x, y) in zip(a, b) where try !areEqual(x, y) { return false }
        return true
    }

    /// The order of two numbers as -1, 0 or 1; 2 if there is none; nil if one is no number.
    private static func numbers(_ a: Value, _ b: Value) -> Int? {
        if let a = a.integer, let b = b.integer { return a < b ? -1 : a > b ? 1 : 0 }
        guard let x = a.double, let y = b.double else { return nil }
        // A whole number may have more digits than a float.
        if let whole = a.integer, let other = Int(exactly: y) { return whole < other ? -1 : whole > other ? 1 : 0 }
        if let whole = b.integer, let other = Int(exactly: x) { return other < whole ? -1 : other > whole ? 1 : 0 }
        return x < y ? -1 : x > y ? 1 : x == y ? 0 : 2
    }

    /// Whether `a` comes before `b`, or with `orEqual` not after it.
    func isLess(_ a: Value, _ b: Value, orEqual: Bool = false) throws(ChatTemplateError) -> Bool {
        if let order = Self.numbers(a, b) { return order == -1 || (orEqual && order == 0) }
        switch (a, b) {
        case (.string(let a), .string(let b)):
            try charge(1 + min(a.count, b.count) / 16)
            return orEqual ? !b.isLess(than: a) : a.isLess(than: b)
        case (.sequence(let a), .sequence(let b)) where a.kind == b.kind && (a.kind == .list || a.kind == .tuple):
            try enter()
            defer { leave() }
            for (x, y) in zip(a.items, b.items) where try !areEqual(x, y) { return try isLess(x, y) }
            return orEqual ? a.items.count <= b.items.count : a.items.count < b.items.count
        case (.undefined(let what), _), (_, .undefined(let what)): throw failure(.undefined, what)
        default:
            throw failure(.type, "a \(a.typeName) and a \(b.typeName) have no order")
        }
    }

    /// Sorted, what is equal in its order.
    func sorted(
        _ items: [Value], by keys: [Value], descending: Bool
    ) throws(ChatTemplateError) -> [Value] {
        var order = Array(items.indices)
        var width = 1
        // From short runs to long ones.
        while width < order.count {
            var merged: [Int] = []
            merged.reserveCapacity(order.count)
            var start = 0
            while start < order.count {
                let middle = min(start + width, order.count)
                let end = min(start + 2 * width, order.count)
                var (i, j) = (start, middle)
                while i < middle, j < end {
                    try charge(1)
                    let (a, b) = (keys[order[i]], keys[order[j]])
                    if try descending ? isLess(a, b) : isLess(b, a) {
                        merged.append(order[j])
                        j += 1
                    } else {
                        merged.append(order[i])
                        i += 1
                    }
                }
                merged += order[i..<middle]
                merged += order[j..<end]
                start = end
            }
            order = merged
            width *= 2
        }
        return order.map { items[$0] }
    }

    func contains(_ container: Value, _ value: Value) throws(ChatTemplateError) -> Bool {
        switch container {
        case .string(let text):
            guard case .string(let part) = value else {
                throw failure(.type, "a \(value.typeName) cannot be part of a text")
            }
            try charge(1 + text.count / 16)
            return text.contains(part)
        case .dict(let dict): return dict[try key(value)] != nil
        default:
            let iterator = try elements(container)
            while let item = try iterator.next(self) {
                if try areEqual(item, value) { return true }
            }
            return false
        }
    }
}
