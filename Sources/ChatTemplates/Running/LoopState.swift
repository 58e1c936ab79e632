/// What `loop` knows inside a `for`: it looks ahead only when it is asked to, as the elements may be made on the way.
struct LoopState {
    private let iterator: ValueIterator
    private var knownLength: Int?
    /// An element that was drawn before its turn.
    private var ahead: Value?
    private var hasEnded = false
    private(set) var index0 = -1
    private var current: Value?
    private var previous: Value?
    let depth0: Int
    /// The statement and the variables around it, to run it inside itself.
    let recursion: (loop: Statement.Loop, scope: Interpreter.Scope)?
    private var lastSeen: [Value]?

    init(
        _ iterator: ValueIterator, length: Int?, depth0: Int,
        recursion: (loop: Statement.Loop, scope: Interpreter.Scope)?
    ) {
        self.iterator = iterator
        knownLength = length
        self.depth0 = depth0
        self.recursion = recursion
    }

    /// Moves on to the next element; nil at the end.
    mutating func next(_ interpreter: Interpreter) throws(ChatTemplateError) -> Value? {
        guard let value = try peek(interpreter) else { return nil }
        ahead = nil
        index0 += 1
        previous = current
        current = value
        return value
    }

    private mutating func peek(_ interpreter: Interpreter) throws(ChatTemplateError) -> Value? {
        if ahead == nil, !hasEnded {
            ahead = try iterator.next(interpreter)
            hasEnded = ahead == nil
        }
        return ahead
    }

    mutating func length(_ interpreter: Interpreter) throws(ChatTemplateError) -> Int {
        if let knownLength { return knownLength }
        var rest: [Value] = []
        if let ahead { rest.append(ahead) }
        while !hasEnded, let value = try iterator.next(interpreter) { rest.append(value) }
        let length = index0 + 1 + rest.count
        let loop = LoopState(
            list: rest, length: length, index0: index0, current: current, previous: previous, like: self)
        self = loop
        return length
    }

    private init(
        list: [Value], length: Int, index0: Int, current: Value?, previous: Value?, like other: LoopState
    ) {
        var i = 0
        iterator = ValueIterator(depth: other.iterator.depth) { (_) throws(ChatTemplateError) in
            guard i < list.count else { return nil }
            i += 1
            return list[i - 1]
        }
        knownLength = length
        self.index0 = index0
        self.current = current
        self.previous = previous
        depth0 = other.depth0
        recursion = other.recursion
        lastSeen = other.lastSeen
    }

    /// A member of `loop`; nil for one that there is not.
    mutating func member(_ name: String, _ interpreter: Interpreter) throws(ChatTemplateError) -> Value? {
        switch name {
        case "index": return .int(index0 + 1)
        case "index0": return .int(index0)
        case "first": return .bool(index0 == 0)
        case "last": return .bool(try peek(interpreter) == nil)
        case "length": return .int(try length(interpreter))
        case "revindex": return .int(try length(interpreter) - index0)
        case "revindex0": return .int(try length(interpreter) - index0 - 1)
        case "depth": return .int(depth0 + 1)
        case "depth0": return .int(depth0)
        case "previtem": return index0 == 0 ? .undefined("there is no previous item") : previous
        case "nextitem": return try peek(interpreter) ?? .undefined("there is no next item")
        default: return nil
        }
    }

    /// Whether values are others than at the last call.
    mutating func hasChanged(_ values: [Value], _ interpreter: Interpreter) throws(ChatTemplateError) -> Bool {
        if let lastSeen, try interpreter.areEqual(lastSeen, values) { return false }
        lastSeen = values
        return true
    }
}
