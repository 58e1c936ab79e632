import StrictJSON

/// Follows numbers, variables and operators as far as they form one expression.
enum MathScanner {
    struct Run {
        var end: Int
        /// False for a number standing alone.
        var isFormula: Bool
    }

    private static let maxUncommitted = 48

    /// Whether an expression can begin with this punctuation.
    static func mayBegin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x24, 0x28, 0x2A, 0x2B, 0x2D, 0x2E, 0x2F, 0x3C, 0x3D, 0x3E, 0x5E: true
        default: false
        }
    }

    /// Whether a one-letter variable stands at `start` (`x`, `n1`, `x_2`) that an operator follows.
    @inline(__always)
    static func isVariable(_ scanner: TextScanner, _ start: Int) -> Bool {
        if ByteClass.isLetter(scanner.at(start + 1)) { return false }
        guard let length = variableLength(scanner, start) else { return false }
        var index = start + length
        while scanner.at(index) == 0x20 { index += 1 }
        switch scanner.at(index) {
        case 0x3D, 0x2B, 0x2A, 0x2F, 0x5E, 0x3E: return true
        case 0x3C: return isLessThan(scanner, index)
        default: return false
        }
    }

    /// Not the beginning of a tag.
    private static func isLessThan(_ scanner: TextScanner, _ index: Int) -> Bool {
        let next = scanner.at(index + 1)
        return next == 0x20 || next == 0x3D || next == 0x2D || next == 0x24 || next.isASCIIDigit
    }

    private static func variableLength(_ scanner: TextScanner, _ start: Int) -> Int? {
        guard (scanner.at(start)).isASCIILetter, start == 0 || !ByteClass.isLetter(scanner.bytes[start - 1])
        else { return nil }
        var index = start + 1
        if scanner.at(index) == 0x5F { index += 1 }
        while (scanner.at(index)).isASCIIDigit { index += 1 }
        return ByteClass.isWord(scanner.at(index)) ? nil : index - start
    }

    /// The expression that begins at `start`, which is a digit, a variable or a byte of ``mayBegin(_:)``.
    static func run(_ scanner: TextScanner, from start: Int) -> Run? {
        var index = start
        var committed = start
        var operands = 0
        var operators = 0
        var depth = 0
        var expectsOperand = true
        // Brackets and operators without an operand are followed only so far, which keeps the whole scan linear.
        while index < scanner.end, index - committed < maxUncommitted {
            var at = index
            while scanner.at(at) == 0x20, at - index < 3 { at += 1 }
            let byte = scanner.at(at)
            // =$<<5*7=35>>35
            let annotation = byte == 0x24 ? at + 1 : at
            if scanner.at(annotation) == 0x3C, scanner.at(annotation + 1) == 0x3C,
                let close = annotationEnd(scanner, annotation)
            {
                index = close
                committed = close
                operands += 1
                operators += 1
                // The result is usually repeated right behind: <<2*3=6>>6.
                expectsOperand = (scanner.at(close)).isASCIIDigit || scanner.at(close) == 0x24
            } else if let operand = operandEnd(scanner, at, allowsVariable: operators > 0 || at == start) {
                // Two numbers in a row are two numbers.
                guard expectsOperand else { break }
                index = operand
                committed = operand
                operands += 1
                expectsOperand = false
            } else if byte == 0x28, expectsOperand || at == index {
                depth += 1
                index = at + 1
                expectsOperand = true
            } else if byte == 0x29, depth > 0, !expectsOperand {
                depth -= 1
                index = at + 1
                committed = index
            } else if let length = operatorLength(scanner, at, after: !expectsOperand) {
                operators += 1
                index = at + length
                expectsOperand = true
            } else {
                break
            }
        }
        guard operands > 0 else { return nil }
        return Run(end: committed, isFormula: operators > 0 || operands > 1)
    }

    private static func annotationEnd(_ scanner: TextScanner, _ start: Int) -> Int? {
        var index = start + 2
        let limit = min(scanner.end, start + 256)
        while index + 1 < limit, scanner.bytes[index] != 0x0A {
            if scanner.bytes[index] == 0x3E, scanner.bytes[index + 1] == 0x3E { return index + 2 }
            index += 1
        }
        return nil
    }

    /// The end of the number or variable at `start`, currency before it included.
    private static func operandEnd(_ scanner: TextScanner, _ start: Int, allowsVariable: Bool) -> Int? {
        var index = start
        if scanner.at(index) == 0x24 { index += 1 }
        let byte = scanner.at(index)
        if byte.isASCIIDigit || (byte == 0x2E && (scanner.at(index + 1)).isASCIIDigit) {
            return NumberScanner.end(scanner, index)
        }
        guard allowsVariable, index == start, let length = variableLength(scanner, start) else { return nil }
        // "= a total": an article, not a variable.
        let after = start + length
        if scanner.at(after) == 0x20, ByteClass.isLetter(scanner.at(after + 1)) {
            let isOperator = scanner.at(after + 1) | 0x20 == 0x78 && !ByteClass.isWord(scanner.at(after + 2))
            if !isOperator, byte | 0x20 == 0x61 || byte == 0x49 { return nil }
        }
        if scanner.at(after) == 0x27 { return nil }
        return after
    }

    private static func operatorLength(_ scanner: TextScanner, _ start: Int, after hasOperand: Bool) -> Int? {
        switch scanner.at(start) {
        case 0x2B, 0x2A, 0x2F, 0x3D, 0x5E, 0x3E: return 1
        case 0x3C: return isLessThan(scanner, start) ? 1 : nil
        case 0x2D:
            // A hyphen or dash unless something to subtract follows.
            var next = start + 1
            if scanner.at(next) == 0x20 { next += 1 }
            let byte = scanner.at(next)
            return byte.isASCIIDigit || byte == 0x24 || byte == 0x28 || byte == 0x2E || byte == 0x3C ? 1 : nil
        case 0x78, 0x58:
            guard hasOperand, !ByteClass.isWord(scanner.at(start + 1)) else { return nil }
            var next = start + 1
            while scanner.at(next) == 0x20 { next += 1 }
            let byte = scanner.at(next)
            return byte.isASCIIDigit || byte == 0x24 || byte == 0x28 || byte == 0x2E ? 1 : nil
        case 0x25: return hasOperand ? 1 : nil
        // × ÷
        case 0xC3: return scanner.at(start + 1) == 0x97 || scanner.at(start + 1) == 0xB7 ? 2 : nil
        // · ± ²
        case 0xC2: return scanner.at(start + 1) == 0xB7 || scanner.at(start + 1) == 0xB1 ? 2 : nil
        // − ≈ ≠ ≤ ≥ √
        case 0xE2: return scanner.at(start + 1) == 0x88 || scanner.at(start + 1) == 0x89 ? 3 : nil
        default: return nil
        }
    }
}

/// Follows one number.
enum NumberScanner {
    /// The end of the number whose first digit (or decimal point) is at `start`: separators, decimals, percent, ordinal
    /// and unit letters that stand right behind it (`1,000.50`, `3rd`, `5kg`, `12:30`, `40%`).
    static func end(_ scanner: TextScanner, _ start: Int) -> Int {
        var index = start
        while index < scanner.end {
            let byte = scanner.bytes[index]
            if byte.isASCIIDigit {
                index += 1
            } else if byte == 0x2E || byte == 0x2C || byte == 0x3A, (scanner.at(index + 1)).isASCIIDigit {
                index += 2
            } else {
                break
            }
        }
        while (scanner.at(index)).isASCIILetter || (scanner.at(index)).isASCIIDigit { index += 1 }
        if scanner.at(index) == 0x25 { index += 1 }
        // The cent sign and the degree sign.
        if scanner.at(index) == 0xC2, scanner.at(index + 1) == 0xA2 || scanner.at(index + 1) == 0xB0 { index += 2 }
        return index
    }
}
