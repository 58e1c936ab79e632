import Foundation

/// Operators, as Python has them; whole numbers have 64 bits, and more is refused.
extension Interpreter {
    func arithmetic(
        _ operation: Expression.Arithmetic, _ a: Value, _ b: Value
    ) throws(ChatTemplateError) -> Value {
        for case .undefined(let what) in [a, b] { throw failure(.undefined, what) }
        switch operation {
        case .add:
            if let sum = try joined(a, b) { return sum }
        case .multiply:
            if let repeated = try repeated(a, b) { return repeated }
        case .remainder:
            if case .string(let format) = a {
                if format.isMarkup { throw failure(.unsupported, "'%' of a text that 'safe' declared safe is not run") }
                return try text(try percentFormatted(format, b))
            }
        default: break
        }
        if let x = a.integer, let y = b.integer { return try whole(operation, x, y) }
        guard let x = a.double, let y = b.double else {
            throw failure(.type, "'\(operation.rawValue)' of a \(a.typeName) and a \(b.typeName)")
        }
        return .float(try float(operation, x, y))
    }

    private func joined(_ a: Value, _ b: Value) throws(ChatTemplateError) -> Value? {
        switch (a, b) {
        case (.string(let a), .string(let b)):
            if a.isMarkup || b.isMarkup {
                var sum = Text(
                    units: (a.isMarkup ? a : Self.escaped(a)).units + (b.isMarkup ? b : Self.escaped(b)).units)
                sum.isMarkup = true
                return try text(sum)
            }
            try charge(text: a.count + b.count)
            return .string(Text(units: a.units + b.units))
        case (.sequence(let a), .sequence(let b)) where a.kind == b.kind && (a.kind == .list || a.kind == .tuple):
            try charge(a.items.count + b.items.count)
            return try sequence(a.kind, a.items + b.items)
        default: return nil
        }
    }

    private func repeated(_ a: Value, _ b: Value) throws(ChatTemplateError) -> Value? {
        let pair: (Value, Int)?
        if let count = b.integer { pair = (a, count) } else { pair = a.integer.map { (b, $0) } }
        guard let (value, count) = pair else { return nil }
        switch value {
        case .string(let text):
            guard !text.isMarkup else {
                throw failure(.unsupported, "'*' of a text that 'safe' declared safe is not run")
            }
            let (length, isTooLong) = text.count.multipliedReportingOverflow(by: max(0, count))
            try charge(text: isTooLong ? .max : length)
            guard length > 0 else { return .string(Text()) }
            return .string(Text(units: [[UInt32]](repeating: text.units, count: count).flatMap { $0 }))
        case .sequence(let list) where list.kind == .list || list.kind == .tuple:
            let (length, isTooLong) = list.items.count.multipliedReportingOverflow(by: max(0, count))
            try charge(text: isTooLong ? .max : length)
            guard length > 0 else { return try sequence(list.kind, []) }
            return try sequence(list.kind, [[Value]](repeating: list.items, count: count).flatMap { $0 })
        default: return nil
        }
    }

    private func whole(_ operation: Expression.Arithmetic, _ x: Int, _ y: Int) throws(ChatTemplateError) -> Value {
        let (result, isOver): (Int, Bool)
        switch operation {
        case .add: (result, isOver) = x.addingReportingOverflow(y)
        case .subtract: (result, isOver) = x.subtractingReportingOverflow(y)
        case .multiply: (result, isOver) = x.multipliedReportingOverflow(by: y)
        case .divide: return .float(try float(.divide, Double(x), Double(y)))
        case .floorDivide, .remainder:
            guard y != 0 else { throw failure(.value, "division by zero") }
            let (quotient, isTooLarge) = x.dividedReportingOverflow(by: y)
            guard !isTooLarge else { throw tooLarge() }
            let rest = x - quotient * y
            let isRoundedUp = rest != 0 && (rest < 0) != (y < 0)
            (result, isOver) =
                operation == .floorDivide
                ? quotient.subtractingReportingOverflow(isRoundedUp ? 1 : 0) : (isRoundedUp ? rest + y : rest, false)
        case .power:
            if y < 0 { return .float(try float(.power, Double(x), Double(y))) }
            return .int(try power(x, y))
        }
        guard !isOver else { throw tooLarge() }
        return .int(result)
    }

    private func tooLarge() -> ChatTemplateError { failure(.limit, "a whole number of more than 64 bits") }

    private func power(_ base: Int, _ exponent: Int) throws(ChatTemplateError) -> Int {
        if base == 0 || base == 1 { return exponent == 0 ? 1 : base }
        if base == -1 { return exponent % 2 == 0 ? 1 : -1 }
        guard exponent < 64 else { throw tooLarge() }
        var result = 1
        for _ in 0..<exponent {
            let (product, isOver) = result.multipliedReportingOverflow(by: base)
            guard !isOver else { throw tooLarge() }
            result = product
        }
        return result
    }

    private func float(_ operation: Expression.Arithmetic, _ x: Double, _ y: Double) throws(ChatTemplateError) -> Double
    {
        switch operation {
        case .add: return x + y
        case .subtract: return x - y
        case .multiply: return x * y
        case .divide, .floorDivide, .remainder:
            guard y != 0 else { throw failure(.value, "division by zero") }
            if operation == .divide { return x / y }
            var rest = fmod(x, y)
            if rest != 0, (rest < 0) != (y < 0) { rest += y }
            if operation == .remainder { return rest == 0 ? (y < 0 ? -0.0 : 0.0) : rest }
            return ((x - rest) / y).rounded()
        case .power:
            guard x >= 0 || y == y.rounded() else { throw failure(.unsupported, "a complex number") }
            guard x != 0 || y >= 0 else { throw failure(.value, "zero to a negative power") }
            let result = pow(x, y)
            guard result.isFinite || !x.isFinite || !y.isFinite else { throw failure(.value, "a number too large") }
            return result
        }
    }

    func negated(_ value: Value) throws(ChatTemplateError) -> Value {
        if case .undefined(let what) = value { throw failure(.undefined, what) }
        if let number = value.integer {
            guard number != .min else { throw tooLarge() }
            return .int(-number)
        }
        guard case .float(let number) = value else { throw failure(.type, "'-' of a \(value.typeName)") }
        return .float(-number)
    }

    func posited(_ value: Value) throws(ChatTemplateError) -> Value {
        if case .undefined(let what) = value { throw failure(.undefined, what) }
        if let number = value.integer { return .int(number) }
        guard case .float = value else { throw failure(.type, "'+' of a \(value.typeName)") }
        return value
    }
}
