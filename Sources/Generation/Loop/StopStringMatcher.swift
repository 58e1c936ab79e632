/// Collects one sequence's text and looks for stop strings as it grows.
struct StopStringMatcher {
    private var decoder: any IncrementalTextDecoder
    private let stopStrings: [(string: String, bytes: [UInt8])]
    private let longest: Int
    private var bytes: [UInt8] = []
    /// The stop string that was found.
    private(set) var found: String?

    init(decoder: any IncrementalTextDecoder, stopStrings: [String]) {
        self.decoder = decoder
        self.stopStrings = stopStrings.map { ($0, Array($0.utf8)) }
        longest = self.stopStrings.map(\.bytes.count).max() ?? 0
    }

    /// The text so far, cut before the stop string.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Appends a token's text.
    ///
    /// - Returns: The text that the token completes, and whether a stop string is there now.
    mutating func append(_ token: Int32) -> (text: String, isStopped: Bool) {
        let text = decoder.append(token)
        return (text, append(text: text))
    }

    /// Appends the text that was held back.
    mutating func finish() {
        guard found == nil else { return }
        bytes.append(contentsOf: decoder.finish().utf8)
    }

    private mutating func append(text: String) -> Bool {
        guard !text.isEmpty else { return false }
        // Only a match that ends in the new text can be new. UTF-8 matches only at character boundaries.
        let start = max(0, bytes.count - longest + 1)
        bytes.append(contentsOf: text.utf8)
        for position in start..<max(start, bytes.count) {
            for stop in stopStrings where bytes[position...].starts(with: stop.bytes) {
                bytes.removeLast(bytes.count - position)
                found = stop.string
                return true
            }
        }
        return false
    }
}
