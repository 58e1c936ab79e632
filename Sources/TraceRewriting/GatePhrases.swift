import Marks

/// Openings of a reply that declines instead of rewriting.
package enum RefusalPhrases {
    private static let openings = [
        "i'm sorry", "i am sorry", "sorry, but", "i can't", "i cannot", "i can not", "i'm unable", "i am unable",
        "i won't", "as an ai", "as a language model", "i'm not able", "i am not able", "unfortunately, i can",
        "i must decline", "i apologize, but", "i apologise, but",
    ]

    /// Whether `text` begins with a refusal; typographic apostrophes count as plain ones.
    package static func begin(_ text: String) -> Bool {
        let start = text.drop { $0.isWhitespace || $0 == "\"" || $0 == "*" }.prefix(60).lowercased()
            .replacing("\u{2019}", with: "'")
        return openings.contains { start.hasPrefix($0) }
    }
}

/// What a reply says to whom it answers, and no reasoning: a greeting in front, an offer at the end.
enum ChatterPhrases {
    private static let greetings = [
        "sure", "certainly", "of course", "absolutely", "okay", "ok,", "here is", "here's", "here are", "here you go",
        "below is", "i have", "i've", "as requested", "rewritten", "restated", "paraphrased",
    ]
    private static let subjects = [
        "rewrit", "rewrote", "restat", "paraphras", "rephras", "reword", "reasoning", "version", "revis", "edited",
    ]
    private static let offers = [
        "let me know if", "hope this helps", "feel free to", "would you like me to", "if you need anything else",
        "if you'd like me to", "happy to help", "is there anything else",
    ]

    /// Whether `text` begins or ends with such words.
    static func frame(_ text: String) -> Bool {
        let plain = text.replacing("\u{2019}", with: "'").lowercased()
        let start = plain.drop { !$0.isLetter }.prefix(200)
        if let greeting = greetings.first(where: { start.hasPrefix($0) }) {
            let opening = start.prefix { !$0.isNewline }
            let sentence = opening.prefix { $0 != ":" && $0 != "." }
            let isIntroduction = sentence.count < opening.count && opening.dropFirst(sentence.count).first == ":"
            if isIntroduction, subjects.contains(where: { sentence.contains($0) }) { return true }
            if opening.dropFirst(greeting.count).first == "!" { return true }
        }
        let end = plain.suffix(160)
        return offers.contains { end.contains($0) }
    }
}

/// Every run of `width` normalised words of some texts, and every shorter sentence or line of theirs from four words on, to find
/// them again in others.
package struct PhraseIndex: Sendable {
    private static let shortest = 4

    /// By their number of words.
    private let phrases: [Int: Set<String>]

    package init(texts: [String], width: Int) {
        let width = max(width, 1)
        var phrases: [Int: Set<String>] = [:]
        for text in texts {
            phrases[width, default: []].formUnion(Self.phrases(of: text, width: width))
            for sentence in Self.sentences(of: text) {
                let words = NormalisedWords.words(of: sentence)
                guard words.count >= Self.shortest, words.count < width else { continue }
                phrases[words.count, default: []].insert(words.joined(separator: " "))
            }
        }
        self.phrases = phrases.filter { !$0.value.isEmpty }
    }

    /// Whether `text` has a run that is indexed and does not stand in `original`.
    package func matches(_ text: String, except original: String) -> Bool {
        phrases.contains { width, indexed in
            let found = indexed.intersection(Self.phrases(of: text, width: width))
            return !found.isEmpty && !found.isSubset(of: Self.phrases(of: original, width: width))
        }
    }

    /// The sentences of a prompt, whose lines are wrapped: a list item, or a line after an empty one, begins another.
    private static func sentences(of text: String) -> [String] {
        var paragraphs: [String] = [""]
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let start = line.drop(while: \.isWhitespace)
            if start.isEmpty || start.hasPrefix("- ") || start.hasPrefix("* ") { paragraphs.append("") }
            paragraphs[paragraphs.count - 1] += " " + start
        }
        return paragraphs.flatMap { $0.split { ".:;!?".contains($0) }.map(String.init) }
    }

    private static func phrases(of text: String, width: Int) -> Set<String> {
        let words = NormalisedWords.words(of: text)
        guard words.count >= width else { return [] }
        return Set((0...(words.count - width)).map { words[$0..<($0 + width)].joined(separator: " ") })
    }
}

extension String {
    /// Whether the text stops without any closing mark: the sign of a cut reply.
    var endsMidSentence: Bool {
        guard let last = last(where: { !$0.isWhitespace }) else { return false }
        return last.isLetter || last == "," || last == ";" || last == "-"
    }
}
