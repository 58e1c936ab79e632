import KeyedPRF

/// The trigger channel as a detector sees it: statements that give an identifier a value.
///
/// One rule finds the shipped templates and paraphrases alike: a word that is a letter and three digits (either case), with
/// the first number after it in the same sentence, or, when none follows, the last one before it. A number outside T is not
/// scored. The rule never consults the key, so under a random key every distinct identifier is a hit with probability 1/|T|,
/// independently of the others, whatever ordinary text the rule happens to catch.
public struct TriggerScheme: Sendable {
    /// The value space.
    public var targets: TriggerTargets
    /// How many pairs each key has.
    public var pairCount: Int

    /// Creates the channel; embedding and detection must use the same value space.
    public init(targets: TriggerTargets = .threeDigits, pairCount: Int = 8) {
        self.targets = targets
        self.pairCount = pairCount
    }

    /// The pairs of a key, for audits.
    ///
    /// - Throws: `KeyedPRFError` if libcrypto refuses.
    public func pairs(of key: Subkey) throws(KeyedPRFError) -> [TriggerPair] {
        try TriggerPairs(key: key, targets: targets, count: pairCount).pairs
    }
}

extension TriggerScheme: TextMarkScheme {
    /// The name on the command line and in reports.
    public static let name = "trigger"
    /// What it does.
    public static let summary = "keyed values of identifiers that mean nothing"
    /// Which subkey it uses.
    public static let purpose = KeyPurpose.trigger
    /// What is planned for.
    public static let plannedEffect = 0.5
    /// Audits ask for triggers; they do not look for them in answers to other questions.
    public static let audit: TextMarkAudit? = nil

    /// The channel as it is embedded unless somebody decides otherwise.
    ///
    /// - Throws: Nothing.
    public static func standard(contextWidth: Int?) throws -> TriggerScheme { TriggerScheme() }

    /// The probability of a hit without a mark.
    public var chance: Double { 1 / Double(targets.count) }

    /// Every observation, from left to right.
    public func forEachObservation(
        in text: String, reasoning: [Range<Int>], _ body: (ChoiceObservation) -> Void
    ) {
        var text = text
        text.withUTF8 { bytes in
            var message = TriggerMessage.targetPrefix + [UInt8](repeating: 0, count: TriggerIdentifier.length)
            for region in reasoning {
                TriggerScanner.forEachIdentifier(in: bytes, region: region.clamped(to: 0..<bytes.count)) {
                    place, region in
                    guard
                        let token = TriggerScanner.statedNumber(for: place, in: bytes, region: region),
                        let value = targets.index(of: token, in: bytes)
                    else { return }
                    let start = message.count - TriggerIdentifier.length
                    for offset in 0..<TriggerIdentifier.length {
                        message[start + offset] = NormalisedWords.lowercased(bytes[place.lowerBound + offset])
                    }
                    message.withUnsafeBytes {
                        body(ChoiceObservation(message: $0, alternatives: targets.count, observed: value))
                    }
                }
            }
        }
    }
}

/// Byte-level scanning for identifiers and the numbers stated for them.
enum TriggerScanner {
    /// How far from the identifier a number may stand, in bytes; bounds the work on a text without sentence ends.
    static let reach = 240

    /// Calls `body` with the range of every identifier that is a whole word, and the clamped region.
    static func forEachIdentifier(
        in bytes: UnsafeBufferPointer<UInt8>, region: Range<Int>, _ body: (Range<Int>, Range<Int>) -> Void
    ) {
        TriggerIdentifier.starts.withUnsafeBufferPointer { starts in
            var start = region.lowerBound
            let last = region.upperBound - TriggerIdentifier.length
            while start <= last {
                // An identifier covering byte start + 3 has a digit there, unless it starts there.
                guard isDigit(bytes[start + 3]) else {
                    start += 3
                    continue
                }
                if starts[Int(bytes[start])] != 0, bytes[start + 1] != UInt8(ascii: "0"), isDigit(bytes[start + 1]),
                    isDigit(bytes[start + 2]), start == region.lowerBound || !isWordByte(bytes[start - 1]),
                    !continues(after: start + 4, in: bytes, end: region.upperBound)
                {
                    body(start..<start + 4, region)
                }
                start += 1
            }
        }
    }

    /// The number token stated for the identifier at `place`.
    static func statedNumber(
        for place: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>, region: Range<Int>
    ) -> Range<Int>? {
        let end = min(region.upperBound, place.upperBound + reach)
        var index = place.upperBound
        while index < end, !endsSentence(index, in: bytes, end: region.upperBound) {
            if let token = number(at: index, in: bytes, region: region) { return token }
            index += 1
        }
        var start = place.lowerBound
        let limit = max(region.lowerBound, place.lowerBound - reach)
        while start > limit, !endsSentence(start - 1, in: bytes, end: region.upperBound) { start -= 1 }
        var found: Range<Int>?
        index = start
        while index < place.lowerBound {
            if let token = number(at: index, in: bytes, region: region) {
                found = token
                index = token.upperBound
            } else {
                index += 1
            }
        }
        return found
    }

    /// The number token that starts at `index`: digits, with inner `.`, `,`, `-`, `/`, `:` and `^` between digits. Digits
    /// inside a word or after a sign or a decimal point do not start one.
    static func number(
        at index: Int, in bytes: UnsafeBufferPointer<UInt8>, region: Range<Int>
    ) -> Range<Int>? {
        guard isDigit(bytes[index]) else { return nil }
        if index > region.lowerBound {
            let previous = bytes[index - 1]
            // A digit before means the token started earlier, and earlier was the place to take it.
            if isWordByte(previous) || previous == UInt8(ascii: "-") || previous == UInt8(ascii: ".") { return nil }
        }
        var end = index + 1
        while end < region.upperBound {
            let byte = bytes[end]
            if isDigit(byte) || isASCIILetter(byte) {
                end += 1
            } else if isInner(byte), end + 1 < region.upperBound, isDigit(bytes[end + 1]) {
                end += 2
            } else {
                break
            }
        }
        return index..<end
    }

    private static func isInner(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ":"),
            UInt8(ascii: "^"):
            true
        default: false
        }
    }

    /// A line break, or `.`, `!` or `?` with white space or nothing after it.
    private static func endsSentence(_ index: Int, in bytes: UnsafeBufferPointer<UInt8>, end: Int) -> Bool {
        switch bytes[index] {
        case UInt8(ascii: "\n"): true
        case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"):
            index + 1 >= end || bytes[index + 1] <= UInt8(ascii: " ")
        default: false
        }
    }

    /// Whether the word or number goes on at `index`, so that the four bytes before are only its beginning.
    private static func continues(after index: Int, in bytes: UnsafeBufferPointer<UInt8>, end: Int) -> Bool {
        guard index < end else { return false }
        if isWordByte(bytes[index]) { return true }
        return bytes[index] == UInt8(ascii: ".") && index + 1 < end && isDigit(bytes[index + 1])
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    @inline(__always)
    static func isASCIILetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

    /// ASCII letters, digits and underscore; bytes beyond ASCII may be currency signs or quotes and do not join a word here.
    @inline(__always)
    private static func isWordByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || isASCIILetter(byte) || byte == UInt8(ascii: "_")
    }
}
