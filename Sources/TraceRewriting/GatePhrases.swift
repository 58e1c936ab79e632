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

/// Every run of `width` normalised words of some texts, to find them again in others.
package struct PhraseIndex: Sendable {
    private let width: Int
    private let phrases: Set<String>

    package init(texts: [String], width: Int) {
        self.width = max(width, 1)
        var phrases: Set<String> = []
        for text in texts {
            phrases.formUnion(Self.phrases(of: text, width: self.width))
        }
        self.phrases = phrases
    }

    /// Whether `text` has a run that is indexed and does not stand in `original`.
    package func matches(_ text: String, except original: String) -> Bool {
        guard !phrases.isEmpty else { return false }
        let found = phrases.intersection(Self.phrases(of: text, width: width))
        return !found.isEmpty && !found.isSubset(of: Self.phrases(of: original, width: width))
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
