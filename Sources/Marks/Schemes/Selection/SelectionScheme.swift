import KeyedPRF

/// The selection channel as a detector sees it: a keyed fair bit for every n-gram of context + 1 normalised words.
///
/// N-grams do not cross the borders of reasoning regions. Each is one observation with two alternatives; it is a hit when its
/// bit is 1.
public struct SelectionScheme: Sendable {
    /// The number of words before the last one (h); 0...15.
    public let contextWidth: Int

    /// Creates the channel; embedding and detection must use the same width. Widths outside 0...15 are clamped.
    public init(contextWidth: Int = 3) {
        self.contextWidth = min(max(contextWidth, 0), 15)
    }

    private static let label = Array("denature/selection/v1".utf8) + [0]
}

extension SelectionScheme: TextMarkScheme {
    /// The name on the command line and in reports.
    public static let name = "selection"
    /// What it does.
    public static let summary = "a keyed choice among candidates"
    /// Which subkey it uses.
    public static let purpose = KeyPurpose.selection
    /// What is planned for.
    public static let plannedEffect = 0.05
    /// How an audit finds it in answers.
    public static let audit: TextMarkAudit? = TextMarkAudit(
        summary: "Keyed bits of the word sequences in the suspect's answers.", plannedEffect: 0.1)

    /// The channel as it is embedded unless somebody decides otherwise.
    ///
    /// - Throws: Nothing.
    public static func standard(contextWidth: Int?) throws -> SelectionScheme {
        SelectionScheme(contextWidth: contextWidth ?? 3)
    }

    /// The probability of a hit without a mark.
    public var chance: Double { 0.5 }

    /// Every observation, from left to right.
    public func forEachObservation(
        in text: String, reasoning: [Range<Int>], _ body: (ChoiceObservation) -> Void
    ) {
        var text = text
        text.withUTF8 { bytes in
            guard let base = bytes.baseAddress else { return }
            NormalisedWords.byteClasses.withUnsafeBufferPointer { table in
                guard let classes = table.baseAddress else { return }
                var window = NGramWindow(label: Self.label, width: contextWidth + 1)
                for region in reasoning {
                    let region = region.clamped(to: 0..<bytes.count)
                    window.removeAll()
                    var index = region.lowerBound
                    while let word = NormalisedWords.next(
                        from: index, end: region.upperBound, in: base, classes: classes)
                    {
                        window.append(word, of: base)
                        window.withMessage {
                            body(ChoiceObservation(message: $0, alternatives: 2, observed: 1))
                        }
                        index = word.upperBound
                    }
                }
            }
        }
    }
}

/// The last words of a text as one PRF message: label, then for each word u32le(byte count) and its normalised bytes.
private struct NGramWindow {
    private var message: [UInt8]
    private let labelCount: Int
    private let width: Int
    /// Bytes that each word in the window takes, oldest first.
    private var sizes: [Int] = []

    init(label: [UInt8], width: Int) {
        message = label
        labelCount = label.count
        self.width = width
        message.reserveCapacity(256)
        sizes.reserveCapacity(width + 1)
    }

    mutating func removeAll() {
        message.removeSubrange(labelCount...)
        sizes.removeAll(keepingCapacity: true)
    }

    mutating func append(_ word: Range<Int>, of bytes: UnsafePointer<UInt8>) {
        if sizes.count == width {
            message.removeSubrange(labelCount..<labelCount + sizes.removeFirst())
        }
        let count = UInt32(truncatingIfNeeded: word.count)
        for shift in 0..<4 { message.append(UInt8(truncatingIfNeeded: count >> (8 * UInt32(shift)))) }
        NormalisedWords.append(word, of: bytes, to: &message)
        sizes.append(4 + word.count)
    }

    func withMessage(_ body: (UnsafeRawBufferPointer) -> Void) {
        if sizes.count == width { message.withUnsafeBytes(body) }
    }
}
