import StrictJSON

/// Tells a bare answer from a sentence or a worked solution.
enum BareAnswer {
    private static let longestPhrase = 80
    private static let longestFormula = 1000

    enum Reading {
        /// The text is the answer.
        case bare
        /// A sentence without a number: its choice is the answer, or else the text.
        case sentence
        /// A worked solution, or a sentence whose number is the answer.
        case trace
    }

    /// How a text without a marker is read.
    static func reading(of bytes: Bytes, _ range: Range<Int>) -> Reading {
        guard range.count <= longestFormula else { return .trace }
        let text = String(decoding: Bytes(rebasing: bytes[range]), as: UTF8.self)
        let words = prose(text)
        if text.utf8.contains(0x0A), !text.contains("\\begin{") { return .trace }
        if range.count > longestPhrase { return words.count <= 3 && text.contains("\\") ? .bare : .trace }
        guard text.utf8.contains(where: \.isASCIIDigit) else {
            return words.contains(where: verbs.contains) ? .sentence : .bare
        }
        return isSentence(text, words) ? .trace : .bare
    }

    /// Words of a text, in small letters, without commands of LaTeX.
    private static func prose(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isCommand = false
        for scalar in text.unicodeScalars {
            if scalar == "\\" {
                word = ""
                isCommand = true
            } else if scalar.properties.isAlphabetic || scalar == "'" || scalar == "’" {
                if !isCommand { word.unicodeScalars.append(scalar) }
            } else {
                if word.unicodeScalars.count > 1 { words.append(word.lowercased()) }
                word = ""
                isCommand = false
            }
        }
        if word.unicodeScalars.count > 1 { words.append(word.lowercased()) }
        return words
    }

    private static let verbs: Set<String> = [
        "is", "are", "was", "were", "has", "have", "had", "gets", "get", "got", "needs", "need", "needed", "costs",
        "cost",
        "makes", "make", "made", "earns", "earned", "pays", "paid", "spends", "spent", "takes", "took", "remain",
        "remains", "sells", "sold", "owes", "owns", "will", "would", "can", "could", "gives", "gave", "eats", "ate",
        "saves", "saved", "travels", "travelled", "traveled", "walks", "walked", "reads", "read", "buys", "bought",
        "uses", "used", "weighs", "weighed", "receives", "received", "collects", "collected", "leaves", "there's",
        "it's", "wins", "won", "loses", "lost", "keeps", "kept", "finds", "found", "drives", "drove", "runs", "ran",
    ]

    /// Words that make the number of a sentence something else than what is asked for.
    private static let qualifiers: Set<String> = [
        "greater", "less", "least", "most", "than", "except", "not", "no", "between", "more", "fewer", "about",
        "approximately", "around", "nearly", "almost", "over", "under", "or", "if", "either", "any", "every", "never",
        "divisible", "multiple", "cannot", "can't", "isn't", "unless", "without", "hundred", "thousand",
    ]

    /// "She has 20 apples left.": a sentence of words with a verb and a number, whose number is the answer.
    private static func isSentence(_ text: String, _ words: [String]) -> Bool {
        if text.contains("。") { return true }
        guard words.count >= 2, !text.contains(where: { "\\=^_{}[]|≤≥".contains($0) }) else { return false }
        guard words.contains(where: verbs.contains), !words.contains(where: qualifiers.contains) else { return false }
        // "He has 5 apples and 3 pears" has two answers.
        let numbers = text.utf8.split { !$0.isASCIIDigit && $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: ",") }
        return !words.contains("and") || numbers.count { $0.contains(where: \.isASCIIDigit) } == 1
    }
}
