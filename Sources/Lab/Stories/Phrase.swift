import Statistics

/// One wording of several, drawn in proportion to its weight. "{b}" and the like stand for what the story has there.
struct Phrase: Sendable {
    var weight: Int
    var text: String

    init(_ weight: Int, _ text: String) {
        self.weight = weight
        self.text = text
    }

    /// The text with every "{x}" replaced by `values["x"]`.
    func filled(_ values: [Character: String]) -> String {
        var out = ""
        var characters = text.makeIterator()
        while let character = characters.next() {
            guard character == "{", let name = characters.next() else {
                out.append(character)
                continue
            }
            out += values[name] ?? ""
            _ = characters.next()  // The closing brace.
        }
        return out
    }
}

extension SeededGenerator {
    /// One of `phrases`, in proportion to their weights.
    mutating func choose(_ phrases: [Phrase]) -> Phrase {
        let total = phrases.reduce(0) { $0 + $1.weight }
        guard total > 0 else { return Phrase(0, "") }
        var draw = Int.random(in: 0..<total, using: &self)
        for phrase in phrases {
            if draw < phrase.weight { return phrase }
            draw -= phrase.weight
        }
        return Phrase(0, "")
    }

    /// Whether something of a probability of `percent` in a hundred happens.
    mutating func happens(percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &self) < percent
    }
}
