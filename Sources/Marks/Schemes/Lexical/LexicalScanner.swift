/// One place in a reasoning region where a lexicon expression stands and its class guards hold.
struct LexicalOccurrence {
    /// Byte range in the scanned buffer.
    var range: Range<Int>
    var classIndex: Int
    /// The member the text shows.
    var member: Int
    /// Whether the first letter is upper case.
    var isCapitalised: Bool
    var isInitial: Bool
    var previous: LexicalNeighbour
    var next: LexicalNeighbour
    var beyond: LexicalNeighbour
}

/// A piece of segmented text: a word, or the longest expression that starts at a unit border.
struct LexicalUnit {
    var range: Range<Int>
    /// `class << 8 | member`, or -1 for a plain word.
    var match: Int32
    var word: Int
}

/// Segments one reasoning region into words and expressions, from left to right, and stops at every occurrence.
///
/// Segmentation is greedy: at each unit border the longest expression whose words are separated by exactly one space.
/// It does not depend on guards. Words before the current place are kept as ranges in *output* coordinates (scanned
/// offset + `shift`), so an embedder that changes lengths reads its context from what it has written.
struct LexicalScanner {
    let table: LexicalTable
    let bytes: UnsafePointer<UInt8>
    let classes: UnsafePointer<UInt8>
    let region: Range<Int>
    /// Output offset minus scanned offset from here on.
    var shift: Int

    private var position: Int
    private var pending: LexicalUnit?
    /// Ring of the last `capacity` word ranges in output coordinates.
    private var ring: [Range<Int>]
    private var wordCount = 0
    /// The last units in output coordinates, newest last; what a replacement must not disturb.
    private(set) var recentUnits: [LexicalUnit] = []
    private var lastUnit: LexicalUnit?
    private var insideQuotes = false
    private var insideCode = false
    private var insideFence = false

    static let capacity = 8

    init(
        table: LexicalTable, bytes: UnsafePointer<UInt8>, classes: UnsafePointer<UInt8>, region: Range<Int>, shift: Int
    ) {
        self.table = table
        self.bytes = bytes
        self.classes = classes
        self.region = region
        self.shift = shift
        position = region.lowerBound
        ring = [Range<Int>](repeating: 0..<0, count: LexicalScanner.capacity)
        recentUnits.reserveCapacity(LexicalTable.maximumWords)
    }

    /// How many words of the region lie before the current occurrence.
    var precedingWords: Int { wordCount }

    /// The word `distance` words before the current occurrence (1 = the last one), in output coordinates.
    @inline(__always)
    func precedingWord(_ distance: Int) -> Range<Int> {
        ring[(wordCount - distance) & (LexicalScanner.capacity - 1)]
    }

    /// The next occurrence whose class guards hold, or nil at the end of the region.
    ///
    /// - Parameter minimumWords: Occurrences with fewer words before them in the region are passed over.
    mutating func next(minimumWords: Int) -> LexicalOccurrence? {
        if let unit = pending {
            pending = nil
            finish(unit)
        }
        while let unit = nextUnit() {
            if unit.match >= 0, wordCount >= minimumWords, let found = occurrence(at: unit) {
                pending = unit
                return found
            }
            finish(unit)
        }
        return nil
    }

    /// Tells the scanner that the current occurrence was written as another member.
    ///
    /// - Parameters:
    ///   - output: The written expression's range in output coordinates.
    ///   - bytes: Its bytes, words separated by one space.
    mutating func substitute(output: Range<Int>, written: [UInt8], match: Int32) {
        guard let unit = pending else { return }
        pending = nil
        var start = 0
        for index in 0...written.count where index == written.count || written[index] == UInt8(ascii: " ") {
            push(output.lowerBound + start..<output.lowerBound + index)
            start = index + 1
        }
        shift = output.upperBound - unit.range.upperBound
        remember(unit, output: output, match: match)
    }

    // MARK: Segmentation

    private mutating func nextUnit() -> LexicalUnit? {
        skipGap()
        guard position < region.upperBound else { return nil }
        let unit = LexicalScanner.unit(
            at: position, end: region.upperBound, bytes: bytes, classes: classes, table: table)
        position = unit.range.upperBound
        return unit
    }

    /// Moves to the next word and keeps track of quotes and code.
    private mutating func skipGap() {
        let end = region.upperBound
        while position < end {
            let byte = bytes[position]
            let kind = classes[Int(byte)]
            if kind == 0 {
                if byte != UInt8(ascii: " ") { noteSeparator(byte) }
                position += 1
            } else if kind == NormalisedWords.ByteClass.lead.rawValue {
                let (isWord, length) = NormalisedWords.character(at: position, end: end, in: bytes)
                if isWord { return }
                if length == 3, bytes[position] == 0xE2, bytes[position + 1] == 0x80 {
                    if bytes[position + 2] == 0x9C { insideQuotes = true }
                    if bytes[position + 2] == 0x9D { insideQuotes = false }
                }
                position += length
            } else {
                return
            }
        }
    }

    private mutating func noteSeparator(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): insideQuotes.toggle()
        case UInt8(ascii: "\n"): (insideQuotes, insideCode) = (false, false)
        case UInt8(ascii: "`"):
            // The last of three in a row turns a fence; the first two cancel out.
            if position >= region.lowerBound + 2, bytes[position - 1] == byte, bytes[position - 2] == byte {
                insideFence.toggle()
                insideCode = false
            } else {
                insideCode.toggle()
            }
        default: break
        }
    }

    /// The unit that starts with the word at `start`.
    static func unit(
        at start: Int, end: Int, bytes: UnsafePointer<UInt8>, classes: UnsafePointer<UInt8>, table: LexicalTable
    ) -> LexicalUnit {
        let (first, firstWord) = word(at: start, end: end, bytes: bytes, classes: classes, table: table)
        var unit = LexicalUnit(range: start..<first, match: -1, word: firstWord)
        var node = firstWord == 0 ? 0 : table.root(firstWord)
        if node == 0 { return unit }
        var limit = first
        while true {
            let match = table.match(at: node)
            if match >= 0 { unit = LexicalUnit(range: start..<limit, match: match, word: firstWord) }
            guard table.canContinue(node), limit + 1 < end, bytes[limit] == UInt8(ascii: " "),
                classes[Int(bytes[limit + 1])] & 3 == 1 || classes[Int(bytes[limit + 1])] == 2
            else { return unit }
            let (stop, identifier) = word(
                at: limit + 1, end: end, bytes: bytes, classes: classes, table: table)
            node = table.child(of: node, identifier)
            if node == 0 { return unit }
            limit = stop
        }
    }

    @inline(__always)
    private static func word(
        at start: Int, end: Int, bytes: UnsafePointer<UInt8>, classes: UnsafePointer<UInt8>, table: LexicalTable
    ) -> (end: Int, identifier: Int) {
        var hash = LexicalTable.hashSeed
        var index = start
        while index < end {
            let byte = bytes[index]
            let kind = classes[Int(byte)]
            if kind == 1 {
                hash = (hash ^ UInt64(byte)) &* LexicalTable.hashFactor
            } else if kind == 2 {
                hash = (hash ^ UInt64(byte | 0x20)) &* LexicalTable.hashFactor
            } else if kind == 0 {
                break
            } else {
                // No word of a lexicon has such a character.
                return (NormalisedWords.wordEnd(from: index, end: end, in: bytes, classes: classes), 0)
            }
            index += 1
        }
        return (index, table.identifier(of: bytes, start, index, hash: hash))
    }

    // MARK: Context

    private mutating func finish(_ unit: LexicalUnit) {
        if unit.match < 0 {
            push(unit.range.lowerBound + shift..<unit.range.upperBound + shift)
        } else {
            var start = unit.range.lowerBound
            for index in unit.range where bytes[index] == UInt8(ascii: " ") {
                push(start + shift..<index + shift)
                start = index + 1
            }
            push(start + shift..<unit.range.upperBound + shift)
        }
        remember(unit, output: unit.range.lowerBound + shift..<unit.range.upperBound + shift, match: unit.match)
    }

    @inline(__always)
    private mutating func push(_ word: Range<Int>) {
        ring[wordCount & (LexicalScanner.capacity - 1)] = word
        wordCount += 1
    }

    private mutating func remember(_ unit: LexicalUnit, output: Range<Int>, match: Int32) {
        lastUnit = unit
        let slot = unitCount & 3
        let entry = LexicalUnit(range: output, match: match, word: unit.word)
        if recentUnits.count < 4 { recentUnits.append(entry) } else { recentUnits[slot] = entry }
        unitCount += 1
    }

    private var unitCount = 0

    // MARK: Surroundings

    private func occurrence(at unit: LexicalUnit) -> LexicalOccurrence? {
        if insideQuotes || insideCode || insideFence { return nil }
        let range = unit.range
        // Bare borders only: no hyphen, slash, underscore, quote or markup at the expression.
        if range.lowerBound > region.lowerBound {
            switch bytes[range.lowerBound - 1] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "("): break
            default: return nil
            }
        }
        if range.upperBound < region.upperBound {
            switch bytes[range.upperBound] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: ","), UInt8(ascii: ";"),
                UInt8(ascii: ":"), UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: ")"):
                break
            case UInt8(ascii: "."):
                let after = range.upperBound + 1
                if after < region.upperBound, classes[Int(bytes[after])] != 0 { return nil }
            default: return nil
            }
        }
        for index in range.lowerBound + 1..<range.upperBound where classes[Int(bytes[index])] == 2 { return nil }
        let isCapitalised = classes[Int(bytes[range.lowerBound])] == 2
        let isInitial = startsSentence(range.lowerBound, isCapitalised: isCapitalised)
        if isCapitalised && !isInitial { return nil }

        let classIndex = Int(unit.match >> 8)
        let left = previousNeighbour(of: range.lowerBound, isInitial: isInitial)
        let (right, second) = nextNeighbours(from: range.upperBound)
        let guards = table.classes[classIndex].guards
        let holds =
            guards.isEmpty
            || guards.contains { $0.holds(isInitial: isInitial, previous: left, next: right, beyond: second) }
        guard holds else { return nil }
        return LexicalOccurrence(
            range: range, classIndex: classIndex, member: Int(unit.match & 0xFF), isCapitalised: isCapitalised,
            isInitial: isInitial, previous: left, next: right, beyond: second)
    }

    /// Whether only blanks and an opening parenthesis lie between `index` and a sentence end, the region's start, or,
    /// for a capital letter, a line break (before a small letter that may be a wrapped line).
    private func startsSentence(_ index: Int, isCapitalised: Bool) -> Bool {
        var before = index
        while before > region.lowerBound {
            switch bytes[before - 1] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "("): before -= 1
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                if isCapitalised { return true }
                before -= 1
            case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"): return true
            default: return false
            }
        }
        return true
    }

    private func previousNeighbour(of index: Int, isInitial: Bool) -> LexicalNeighbour {
        guard !isInitial, let unit = lastUnit, unit.range.upperBound < index else { return .init(word: 0, kinds: .end) }
        let gap = index - unit.range.upperBound
        if gap == 2, bytes[unit.range.upperBound] == UInt8(ascii: ",") { return .init(word: 0, kinds: .comma) }
        guard gap == 1, bytes[index - 1] == UInt8(ascii: " ") else { return .init(word: 0, kinds: .end) }
        if unit.match >= 0 { return table.canonicalAsPrevious[Int(unit.match >> 8)] }
        return .init(word: unit.word, kinds: kinds(of: unit.range))
    }

    private func nextNeighbours(from index: Int) -> (next: LexicalNeighbour, beyond: LexicalNeighbour) {
        let nothing = LexicalNeighbour(word: 0, kinds: .end)
        guard index + 1 < region.upperBound else { return (nothing, nothing) }
        if bytes[index] == UInt8(ascii: ",") {
            let follows = bytes[index + 1] == UInt8(ascii: " ")
            return (.init(word: 0, kinds: .comma), follows ? neighbour(at: index + 2).0 : nothing)
        }
        guard bytes[index] == UInt8(ascii: " ") else { return (nothing, nothing) }
        let (first, limit) = neighbour(at: index + 1)
        guard limit < region.upperBound, bytes[limit] == UInt8(ascii: " ") else { return (first, nothing) }
        return (first, neighbour(at: limit + 1).0)
    }

    /// The unit that starts at `index`, seen from its left, and where it ends.
    private func neighbour(at index: Int) -> (LexicalNeighbour, end: Int) {
        let end = region.upperBound
        guard index < end else { return (.init(word: 0, kinds: .end), end) }
        switch classes[Int(bytes[index])] {
        case 0:
            let byte = bytes[index]
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") { return (.init(word: 0, kinds: .end), end) }
            var kinds: LexicalKinds = .symbol
            if byte == UInt8(ascii: "$"), index + 1 < end, isDigit(bytes[index + 1]) { kinds = .number }
            return (.init(word: 0, kinds: kinds), end)
        case 3 where !NormalisedWords.character(at: index, end: end, in: bytes).isWord:
            return (.init(word: 0, kinds: .symbol), end)
        default:
            let unit = LexicalScanner.unit(at: index, end: end, bytes: bytes, classes: classes, table: table)
            guard unit.match >= 0 else {
                return (.init(word: unit.word, kinds: kinds(of: unit.range)), unit.range.upperBound)
            }
            return (table.canonicalAsNext[Int(unit.match >> 8)], unit.range.upperBound)
        }
    }

    private func kinds(of word: Range<Int>) -> LexicalKinds {
        let first = bytes[word.lowerBound]
        if isDigit(first) { return .number }
        var kinds: LexicalKinds = []
        if classes[Int(first)] == 2, word.count > 1 || first != UInt8(ascii: "I") { kinds.insert(.name) }
        let last = word.upperBound
        if word.count > 3, bytes[last - 1] == UInt8(ascii: "s") { kinds.insert(.plural) }
        if word.count > 4, bytes[last - 3] == UInt8(ascii: "i"), bytes[last - 2] == UInt8(ascii: "n"),
            bytes[last - 1] == UInt8(ascii: "g")
        {
            kinds.insert(.gerund)
        }
        return kinds
    }

    @inline(__always)
    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
