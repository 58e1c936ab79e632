import StrictJSON

/// Reduces an answer to plain notation: LaTeX wrappers and spacing go, operators and spaces become ASCII, brackets become
/// plain brackets. What is not understood stays, so that two different answers are never reduced to one.
struct AnswerNormalizer {
    var output: [UInt8] = []
    /// One entry for each open brace: whether it belongs to a dropped command such as `\text`.
    private var dropped: [Bool] = []
    private var dropsDollars = false

    /// The normalised bytes of `answer`, without white space and closing punctuation at the ends.
    static func normalize(_ answer: Bytes) -> [UInt8] {
        var normalizer = AnswerNormalizer()
        normalizer.output.reserveCapacity(answer.count + 8)
        // Dollar signs that come in pairs delimit mathematics; a single one is the currency.
        var dollars = 0
        for index in answer.indices where answer[index] == UInt8(ascii: "$") {
            if index == 0 || answer[index - 1] != UInt8(ascii: "\\") { dollars += 1 }
        }
        normalizer.dropsDollars = dollars > 0 && dollars.isMultiple(of: 2)
        normalizer.run(answer)
        // A command that was never closed is not an answer in full.
        if normalizer.dropped.contains(true) { normalizer.output.append(UInt8(ascii: "{")) }
        return Array(trimmed(normalizer.output[...]))
    }

    private mutating func run(_ input: Bytes) {
        var index = 0
        while index < input.count {
            let byte = input[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\\"): index = command(input, at: index)
            case UInt8(ascii: "$"): if !dropsDollars { output.append(byte) }
            case UInt8(ascii: "{"):
                if index + 1 < input.count, input[index] == UInt8(ascii: ","), input[index + 1] == UInt8(ascii: "}") {
                    output.append(UInt8(ascii: ","))
                    index += 2
                } else {
                    dropped.append(false)
                    output.append(byte)
                }
            case UInt8(ascii: "}"): closeBrace()
            case UInt8(ascii: "`"): break
            case UInt8(ascii: "~"): if output.isEmpty { output.append(byte) } else { space() }
            case 0x80...: index = nonASCII(input, at: index - 1)
            default: if byte.isASCIISpace { space() } else { output.append(byte) }
            }
        }
    }

    mutating func space() {
        if let last = output.last, last != 0x20 { output.append(0x20) }
    }

    private mutating func closeBrace() {
        if dropped.popLast() ?? false { space() } else { output.append(UInt8(ascii: "}")) }
    }

    mutating func emit(_ text: StaticString) {
        output.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    // MARK: LaTeX

    /// Handles the command whose name begins at `start`, after its backslash. Returns where reading goes on.
    private mutating func command(_ input: Bytes, at start: Int) -> Int {
        guard start < input.count else {
            output.append(UInt8(ascii: "\\"))
            return start
        }
        var end = start
        while end < input.count, input[end].isASCIILetter { end += 1 }
        guard end > start else {
            switch input[start] {
            case UInt8(ascii: "!"):
                // A negative space takes the spaces of the source with it: "11,\! 111".
                var next = start + 1
                while next < input.count, input[next].isASCIISpace { next += 1 }
                return next
            case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"): break
            case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: ">"), UInt8(ascii: "\\"), 0x20,
                0x0A:
                space()
            case 0x80...: return start
            default: output.append(input[start])
            }
            return start + 1
        }
        guard end - start <= 16 else {
            output.append(UInt8(ascii: "\\"))
            return start
        }
        switch String(decoding: Bytes(rebasing: input[start..<end]), as: UTF8.self) {
        case "frac", "dfrac", "tfrac", "cfrac": emit("\\frac")
        case "sqrt": return root(input, at: end)
        case "left", "right", "displaystyle", "textstyle", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "mathopen",
            "mathclose", "limits":
            break
        case "text", "mathrm", "textbf", "textit", "textrm", "mathbf", "mathit", "mathsf", "texttt", "mbox", "emph",
            "operatorname", "underline", "boxed", "fbox", "hbox", "mathbb", "mathcal":
            space()
            var next = end
            while next < input.count, input[next].isASCIISpace { next += 1 }
            if next < input.count, input[next] == UInt8(ascii: "{") {
                dropped.append(true)
                return next + 1
            }
        case "times", "cdot", "ast": emit("*")
        case "div": emit("/")
        case "infty": emit("∞")
        case "pi": emit("\\pi ")
        case "circ", "degree": degree()
        case "quad", "qquad", "thinspace", "space", "enspace": space()
        case "lbrace": emit("{")
        case "rbrace": emit("}")
        case "lbrack": emit("[")
        case "rbrack": emit("]")
        case "dots", "ldots", "cdots": emit("...")
        case "euro": emit("€")
        case "pounds": emit("£")
        case "percent": emit("%")
        case "emptyset", "varnothing": emit("{}")
        default:
            output.append(UInt8(ascii: "\\"))
            output.append(contentsOf: input[start..<end])
        }
        return end
    }

    /// `\sqrt2` is written as `\sqrt{2}`.
    mutating func root(_ input: Bytes, at end: Int) -> Int {
        emit("\\sqrt")
        var next = end
        while next < input.count, input[next].isASCIISpace { next += 1 }
        guard next < input.count, input[next].isAlphanumeric else { return next }
        output.append(UInt8(ascii: "{"))
        output.append(input[next])
        output.append(UInt8(ascii: "}"))
        return next + 1
    }

    /// `^\circ` and `^{\circ}` are the degree sign.
    private mutating func degree() {
        if output.last == UInt8(ascii: "^") {
            output.removeLast()
        } else if output.last == UInt8(ascii: "{"), output.dropLast().last == UInt8(ascii: "^"), dropped.last == false {
            output.removeLast(2)
            dropped[dropped.count - 1] = true
        }
        emit("°")
    }

    // MARK: Ends

    /// Without white space, emphasis, quotation marks and closing punctuation at the ends.
    ///
    /// Not removed: the dots of "0.333..." and the mark of "5!", which are part of the value.
    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text
        while let last = text.last {
            let before = text.dropLast().last ?? 0
            switch last {
            case 0x20, UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "*"): text.removeLast()
            case UInt8(ascii: ".") where before != UInt8(ascii: "."): text.removeLast()
            case UInt8(ascii: "?") where before.isASCIILetter: text.removeLast()
            case UInt8(ascii: "\"") where text.first == last && text.count > 1,
                UInt8(ascii: "'") where text.first == last && text.count > 1:
                text.removeLast()
                text.removeFirst()
            default:
                while let first = text.first, first == 0x20 || first == UInt8(ascii: "*") || first == UInt8(ascii: ":")
                {
                    text.removeFirst()
                }
                return text
            }
        }
        return text
    }
}
