import KeyedPRF

/// The keyed lexicon as a channel: which places of a text carry a choice, and what their PRF message is.
///
/// Message: `denature/lexical/v1` NUL class-id NUL, then the previous `contextWidth` normalised words of the same
/// reasoning region in the released text, each as u32le(byte count) and its UTF-8. An occurrence with fewer words before
/// it in its region is neither marked nor scored. Alternatives are the members of the class, whatever the guards allow.
public struct LexicalScheme: TextMarkScheme {
    /// The classes and their guards.
    public let lexicon: Lexicon
    /// h, the number of words that make the context.
    public let contextWidth: Int

    /// Creates the scheme.
    ///
    /// - Parameters:
    ///   - lexicon: The classes and their guards.
    ///   - contextWidth: h, clamped to 1...8.
    public init(lexicon: Lexicon, contextWidth: Int = 3) {
        self.lexicon = lexicon
        self.contextWidth = max(1, min(LexicalScanner.capacity, contextWidth))
    }

    /// The name on the command line and in reports.
    public static let name = "lexical"
    /// What it does.
    public static let summary = "keyed choices among interchangeable expressions"
    /// Which subkey it uses.
    public static let purpose = KeyPurpose.lexical
    /// What is planned for.
    public static let plannedEffect = 0.25
    /// How an audit finds it in answers.
    public static let audit: TextMarkAudit? = TextMarkAudit(
        summary: "Choices among interchangeable expressions in the suspect's answers, against the key.",
        plannedEffect: 0.15)

    /// The channel as it is embedded unless somebody decides otherwise.
    ///
    /// - Throws: `LexiconError` where the bundled lexicon cannot be read.
    public static func standard(contextWidth: Int?) throws -> LexicalScheme {
        LexicalScheme(lexicon: try Lexicon.bundled(), contextWidth: contextWidth ?? 3)
    }

    /// The probability of a hit without a mark.
    public var chance: Double { 0.5 }

    /// Every observation, from left to right.
    public func forEachObservation(
        in text: String, reasoning: [Range<Int>], _ body: (ChoiceObservation) -> Void
    ) {
        var text = text
        var message: [UInt8] = []
        text.withUTF8 { buffer in
            NormalisedWords.byteClasses.withUnsafeBufferPointer { classes in
                guard let base = buffer.baseAddress, let classTable = classes.baseAddress else { return }
                for region in reasoning {
                    var scanner = LexicalScanner(
                        table: lexicon.table, bytes: base, classes: classTable,
                        region: region.clamped(to: 0..<buffer.count), shift: 0)
                    while let found = scanner.next(minimumWords: contextWidth) {
                        writeMessage(for: found.classIndex, scanner: scanner, text: base, into: &message)
                        let alternatives = lexicon.table.classes[found.classIndex].members.count
                        message.withUnsafeBytes { bytes in
                            body(
                                ChoiceObservation(
                                    message: bytes, alternatives: alternatives, observed: found.member))
                        }
                    }
                }
            }
        }
    }

    /// Replaces `message` with the PRF message of the scanner's current occurrence; `text` is in output coordinates.
    @inline(__always)
    func writeMessage(
        for classIndex: Int, scanner: borrowing LexicalScanner, text: UnsafePointer<UInt8>, into message: inout [UInt8]
    ) {
        message.removeAll(keepingCapacity: true)
        message.append(contentsOf: lexicon.table.messageHeads[classIndex])
        for distance in stride(from: contextWidth, to: 0, by: -1) {
            let word = scanner.precedingWord(distance)
            let count = UInt32(truncatingIfNeeded: word.count)
            for shift in [0, 8, 16, 24] as [UInt32] { message.append(UInt8(truncatingIfNeeded: count >> shift)) }
            NormalisedWords.append(word, of: text, to: &message)
        }
    }
}
