/// The text of one sequence on its way out: what might be the beginning of a stop string is held back, and with it the tokens
/// that it came from.
struct ReleasedText {
    private let stops: [[UInt8]]
    /// All text so far.
    private var bytes: [UInt8] = []
    /// How much of it is out.
    private var released = 0
    /// Tokens that are not out, with where their text begins.
    private var tokens: [(start: Int, token: TokenLogProbability)] = []

    init(stops: [String]) {
        self.stops = stops.map { Array($0.utf8) }
    }

    /// Adds what a token has completed.
    ///
    /// - Returns: The text and tokens that may go out now.
    mutating func append(_ text: String, token: TokenLogProbability?) -> (String, [TokenLogProbability]) {
        if let token { tokens.append((bytes.count, token)) }
        bytes.append(contentsOf: text.utf8)
        let heldBack = heldBack
        return release(upTo: bytes.count - heldBack, all: heldBack == 0)
    }

    /// Lets out what is left of the whole text, which a stop string may have cut.
    mutating func finish(_ whole: String) -> (String, [TokenLogProbability]) {
        let isCut = whole.utf8.count < bytes.count
        bytes = Array(whole.utf8)
        guard bytes.count >= released else { return ("", []) }
        return release(upTo: bytes.count, all: !isCut)
    }

    /// The length of the longest end of the text that some stop string begins with; all from a stop string on.
    private var heldBack: Int {
        let unreleased = bytes[released...]
        var longest = 0
        for start in unreleased.indices {
            let end = unreleased[start...]
            for stop in stops where stop.starts(with: end) || end.starts(with: stop) {
                longest = max(longest, end.count)
            }
            if longest > 0 { break }
        }
        return longest
    }

    /// A token is out with the first byte of its text.
    private mutating func release(upTo end: Int, all: Bool) -> (String, [TokenLogProbability]) {
        let text = String(decoding: bytes[released..<end], as: UTF8.self)
        released = end
        let count = all ? tokens.count : tokens.prefix { $0.start < end }.count
        let out = tokens.prefix(count).map(\.token)
        tokens.removeFirst(count)
        return (text, out)
    }
}
