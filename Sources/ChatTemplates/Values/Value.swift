/// A value while a template runs: what Python would have there.
enum Value {
    /// Not defined; the words say what.
    case undefined(String)
    case none
    case bool(Bool)
    case int(Int)
    case float(Double)
    case string(Text)
    case sequence(Sequence)
    case dict(Dict)
    /// What is made once and can be changed or called: by its place in the run's tables, so that no value can hold itself.
    case namespace(Int)
    case macro(Int)
    case loop(Int)
    /// Something that runs through once.
    case iterator(ValueIterator)
    case function(String)
    indirect case method(Value, String)

    /// A list, a tuple, a range, or a view of a dictionary.
    final class Sequence {
        enum Kind {
            case list
            case tuple
            case range
            /// What `keys()`, `values()` and `items()` give.
            case view
        }

        let kind: Kind
        let items: [Value]
        /// Levels of nesting, itself included.
        let depth: Int

        init(_ kind: Kind, _ items: [Value], depth: Int) {
            self.kind = kind
            self.items = items
            self.depth = depth
        }
    }

    /// A dictionary in the order of insertion.
    final class Dict {
        let keys: [Value]
        let values: [Value]
        let places: [Key: Int]
        let depth: Int

        init(keys: [Value], values: [Value], places: [Key: Int], depth: Int) {
            self.keys = keys
            self.values = values
            self.places = places
            self.depth = depth
        }

        subscript(_ key: Key) -> Value? { places[key].map { values[$0] } }
        subscript(_ name: String) -> Value? { self[.string(Text(name))] }
    }

    /// A value as a dictionary's key: numbers that are equal are the same key.
    enum Key: Hashable {
        case undefined
        case none
        case int(Int)
        case float(Double)
        case string(Text)
        case tuple([Key])
    }

    /// Levels of nesting.
    var depth: Int {
        switch self {
        case .sequence(let sequence): sequence.depth
        case .dict(let dict): dict.depth
        case .iterator(let iterator): iterator.depth
        case .method(let value, _): value.depth
        default: 0
        }
    }

    static func list(_ strings: [Text]) -> Value {
        .sequence(Sequence(.list, strings.map { .string($0) }, depth: 1))
    }

    static func text(_ string: String) -> Value { .string(Text(string)) }

    var isUndefined: Bool {
        if case .undefined = self { true } else { false }
    }

    var isNone: Bool {
        if case .none = self { true } else { false }
    }

    /// What Python calls the type.
    var typeName: String {
        switch self {
        case .undefined: "Undefined"
        case .none: "NoneType"
        case .bool: "bool"
        case .int: "int"
        case .float: "float"
        case .string: "str"
        case .sequence(let sequence):
            switch sequence.kind {
            case .list: "list"
            case .tuple: "tuple"
            case .range: "range"
            case .view: "view"
            }
        case .dict: "dict"
        case .namespace: "namespace"
        case .macro: "macro"
        case .loop: "loop"
        case .iterator: "generator"
        case .function, .method: "function"
        }
    }

    /// The key that a value is; nil for one that cannot be.
    var key: Key? {
        switch self {
        case .undefined: return .undefined
        case .none: return Key.none
        case .bool(let value): return .int(value ? 1 : 0)
        case .int(let value): return .int(value)
        case .float(let value): return Int(exactly: value).map(Key.int) ?? .float(value)
        case .string(let text): return .string(text)
        case .sequence(let sequence):
            guard sequence.kind == .tuple else { return nil }
            var keys: [Key] = []
            for item in sequence.items {
                guard let key = item.key else { return nil }
                keys.append(key)
            }
            return .tuple(keys)
        default: return nil
        }
    }

    /// A whole number, of truth values too.
    var integer: Int? {
        switch self {
        case .bool(let value): value ? 1 : 0
        case .int(let value): value
        default: nil
        }
    }

    /// A number as a float.
    var double: Double? {
        if case .float(let value) = self { return value }
        return integer.map(Double.init)
    }
}

/// Something that gives its elements one after the other, once.
final class ValueIterator {
    typealias Step = (Interpreter) throws(ChatTemplateError) -> Value?

    private let step: Step
    let depth: Int

    /// - Parameters:
    ///   - depth: The levels of nesting of what it draws from, and one.
    ///   - step: The next element; nil at the end.
    init(depth: Int, _ step: @escaping Step) {
        self.depth = depth
        self.step = step
    }

    func next(_ interpreter: Interpreter) throws(ChatTemplateError) -> Value? {
        try interpreter.charge(1)
        return try step(interpreter)
    }
}
