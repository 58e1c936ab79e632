/// A Unicode normalization form.
enum NormalizationForm: String, Sendable {
    case c = "NFC"
    case d = "NFD"
    case kc = "NFKC"
    case kd = "NFKD"

    /// Whether characters are replaced by those they are compatible with.
    var isCompatible: Bool { self == .kc || self == .kd }
    /// Whether marks are composed with their letters.
    var composes: Bool { self == .c || self == .kc }
}

/// Unicode normalization (UAX #15), with the data that the normaliser of `tokenizers` has.
///
/// Not Foundation's: its version of Unicode is another one, and it leaves some sequences alone that must change (a Hangul
/// syllable with a final consonant after it, repeated Tibetan vowel signs).
enum CanonicalComposition {
    /// The bytes of `text` in NFC, or nil when there is nothing in it that could change.
    static func normalized(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        CodePointClass.table.withUnsafeBufferPointer { classes in
            let reader = UTF8Reader(text: text, classes: classes)
            var active = reader.run(from: 0, outside: .normalizes)
            if active == text.count { return nil }
            var out: [UInt8] = []
            out.reserveCapacity(text.count)
            var copied = 0
            var scalars: [Int] = []
            while active < text.count {
                // The scalar before composes with what follows it, and with nothing before it.
                let start = active > copied ? reader.start(before: active) : active
                let end = reader.run(from: active, in: .normalizes)
                out.append(contentsOf: text[copied..<start])
                scalars.removeAll(keepingCapacity: true)
                var i = start
                while i < end {
                    let (code, length) = reader.scalar(at: i)
                    decompose(code, into: &scalars)
                    i += length
                }
                order(&scalars)
                compose(scalars, into: &out)
                copied = end
                active = reader.run(from: end, outside: .normalizes)
            }
            out.append(contentsOf: text[copied...])
            return out
        }
    }

    /// The bytes of `text` in another form, or nil when there is nothing in it that could change.
    static func normalized(_ text: UnsafeBufferPointer<UInt8>, form: NormalizationForm) -> [UInt8]? {
        if text.allSatisfy({ $0 < 0x80 }) { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        var scalars: [Int] = []
        func flush() {
            order(&scalars)
            if form.composes { compose(scalars, into: &out) } else { append(scalars, to: &out) }
            scalars.removeAll(keepingCapacity: true)
        }
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            // Nothing moves or composes across ASCII that is followed by ASCII.
            if scalar.isASCII, let last = scalars.last, last < 0x80 { flush() }
            let code = Int(scalar.value)
            if form.isCompatible, let parts = compatible[code] {
                // The table's entries are complete, but for Hangul syllables.
                for part in parts { decompose(part, into: &scalars) }
            } else {
                decompose(code, into: &scalars)
            }
        }
        flush()
        return out
    }

    // MARK: Data

    /// The whole compatibility decomposition of characters that have another one than the canonical.
    private static let compatible: [Int: [Int]] = {
        var mappings: [Int: [Int]] = [:]
        CompatibilityTable.mappings.forEachItem { fields, isRange in
            if isRange, fields.count == 3 {
                for code in fields[0]...max(fields[0], fields[1]) { mappings[code] = [fields[2] + code - fields[0]] }
            } else {
                mappings[fields[0]] = Array(fields.dropFirst())
            }
        }
        return mappings
    }()

    private static let combiningClasses: [Int: Int] = {
        var classes: [Int: Int] = [:]
        CompositionTable.combiningClasses.forEachRange { codes, value in
            for code in codes { classes[code] = value }
        }
        return classes
    }()

    /// One step of the canonical decomposition.
    private static let mappings: [Int: [Int]] = {
        var mappings: [Int: [Int]] = [:]
        for table in [CompositionTable.mappings, CompositionTable.exclusions] {
            table.forEachItem { fields, _ in mappings[fields[0]] = Array(fields.dropFirst()) }
        }
        return mappings
    }()

    private static let compositions: [Pair: Int] = {
        var compositions: [Pair: Int] = [:]
        CompositionTable.mappings.forEachItem { fields, _ in
            if fields.count == 3 { compositions[Pair(first: fields[1], second: fields[2])] = fields[0] }
        }
        return compositions
    }()

    private struct Pair: Hashable {
        var first: Int
        var second: Int
    }

    // MARK: Steps

    /// Hangul syllables are composed by arithmetic (Unicode standard, section 3.12).
    private enum Hangul {
        static let syllables = 0xAC00..<0xAC00 + 19 * 21 * 28
        static let leading = 0x1100..<0x1100 + 19
        static let vowels = 0x1161..<0x1161 + 21
        /// The first stands for none.
        static let trailing = 0x11A7..<0x11A7 + 28
    }

    private static func decompose(_ code: Int, into out: inout [Int]) {
        if Hangul.syllables.contains(code) {
            let index = code - Hangul.syllables.lowerBound
            out.append(Hangul.leading.lowerBound + index / (21 * 28))
            out.append(Hangul.vowels.lowerBound + index / 28 % 21)
            if index % 28 > 0 { out.append(Hangul.trailing.lowerBound + index % 28) }
        } else if let parts = mappings[code] {
            for part in parts { decompose(part, into: &out) }
        } else {
            out.append(code)
        }
    }

    /// Canonical ordering: runs of marks stably by combining class.
    private static func order(_ scalars: inout [Int]) {
        var i = 0
        while i < scalars.count {
            guard combiningClasses[scalars[i]] != nil else {
                i += 1
                continue
            }
            var end = i
            while end < scalars.count, combiningClasses[scalars[end]] != nil { end += 1 }
            if end - i > 1 {
                let marks = scalars[i..<end].enumerated().sorted { left, right in
                    let classes = (combiningClasses[left.element] ?? 0, combiningClasses[right.element] ?? 0)
                    return classes.0 == classes.1 ? left.offset < right.offset : classes.0 < classes.1
                }
                scalars.replaceSubrange(i..<end, with: marks.map(\.element))
            }
            i = end
        }
    }

    private static func composite(_ first: Int, _ second: Int) -> Int? {
        if Hangul.leading.contains(first), Hangul.vowels.contains(second) {
            let index = (first - Hangul.leading.lowerBound) * 21 + second - Hangul.vowels.lowerBound
            return Hangul.syllables.lowerBound + index * 28
        }
        if Hangul.syllables.contains(first), (first - Hangul.syllables.lowerBound) % 28 == 0,
            Hangul.trailing.contains(second), second > Hangul.trailing.lowerBound
        {
            return first + second - Hangul.trailing.lowerBound
        }
        return compositions[Pair(first: first, second: second)]
    }

    /// Canonical composition: each scalar with the last starter before it, unless a scalar between blocks it.
    private static func compose(_ scalars: [Int], into out: inout [UInt8]) {
        var result: [Int] = []
        var starter: Int?
        // The combining class of the last scalar kept after the starter; -1 directly after it.
        var lastClass = -1
        for code in scalars {
            let mark = combiningClasses[code] ?? 0
            if let index = starter, lastClass < mark || lastClass == -1, let both = composite(result[index], code) {
                result[index] = both
                continue
            }
            if mark == 0 {
                starter = result.count
                lastClass = -1
            } else {
                lastClass = mark
            }
            result.append(code)
        }
        append(result, to: &out)
    }

    private static func append(_ codes: [Int], to out: inout [UInt8]) {
        for code in codes {
            guard let scalar = Unicode.Scalar(UInt32(code)), let units = UTF8.encode(scalar) else { continue }
            out.append(contentsOf: units)
        }
    }
}
