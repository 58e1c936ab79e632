import Foundation
import Generation
import Tokenizers

/// A toy teacher for problems such as "Sum of 3 and 4 ?": it writes a short, varied trace and then " #### 7", or with
/// probability 0.4 an answer that is a little too large. Its likeliest trace is right.
final class StoryModel: CausalLanguageModel {
    let tokenizer: Tokenizer
    let contextLength: Int
    let vocabularySize: Int
    /// Calls of `extend` in all sessions.
    private(set) var steps = 0

    static let largestNumber = 31

    static func tokenizer() throws -> Tokenizer {
        let numbers = (0...largestNumber).map { " \($0)" }
        let words = [
            "so", "thus", " we", " I", " add", " sum", " them", " both", " and", " then", " ####", "Sum", " of", " ?",
            "\n",
        ]
        return try WordVocabularyTrainer(
            vocabularySize: 64, included: numbers + words, fallback: .unknown("<unk>")
        ).train(["so we"]).tokenizer()
    }

    init(contextLength: Int = 64) throws {
        let tokenizer = try Self.tokenizer()
        var followers: [[(Int, Float)]] = []
        for id in 0..<Int32(tokenizer.idBound) {
            let text = tokenizer.bytes(for: id).map { String(decoding: $0, as: UTF8.self) } ?? ""
            let next = (Self.rules[text] ?? []).compactMap { word, share in
                tokenizer.id(for: Self.piece(word)).map { (Int($0), Float(log(share))) }
            }
            let end = (Int(tokenizer.endID ?? 0), Float(0))
            followers.append(next.isEmpty ? [end] : next)
        }
        self.followers = followers
        numbers = (0..<Int32(tokenizer.idBound)).map { tokenizer.token(for: $0).flatMap { Int($0.dropFirst()) } }
        marker = tokenizer.id(for: Self.piece(" ####")) ?? -1
        self.tokenizer = tokenizer
        vocabularySize = tokenizer.idBound
        self.contextLength = contextLength
    }

    func makeSession(slots: Int, capacity: Int) throws -> any DecodingSession {
        Session(model: self, slots: slots)
    }

    /// What follows a word, and how likely.
    private static let rules: [String: [(String, Double)]] = [
        "\n": [("so", 0.55), ("thus", 0.45)], "so": [(" we", 0.6), (" I", 0.3), (" ####", 0.1)],
        "thus": [(" we", 0.5), (" I", 0.4), (" ####", 0.1)], " we": [(" add", 0.6), (" sum", 0.4)],
        " I": [(" add", 0.3), (" sum", 0.7)], " add": [(" them", 0.7), (" both", 0.3)],
        " sum": [(" both", 0.6), (" them", 0.4)], " them": [(" ####", 0.7), (" and", 0.3)],
        " both": [(" ####", 0.6), (" and", 0.4)], " and": [(" then", 1)], " then": [(" we", 0.6), (" I", 0.4)],
    ]

    /// Logarithms of the shares of what may follow each token but "####", by id.
    private let followers: [[(Int, Float)]]
    /// The number that a token stands for.
    private let numbers: [Int?]
    private let marker: Int32

    fileprivate func logits(after history: [Int32]) -> [Float] {
        var row = [Float](repeating: -14, count: vocabularySize)
        guard let last = history.last else { return row }
        if last == marker {
            let sum = history.lazy.compactMap { self.numbers[Int($0)] }.prefix(2).reduce(0, +)
            for (value, share) in [(sum, 0.6), (sum + 1, 0.25), (sum + 2, 0.15)] {
                if let id = numbers.firstIndex(of: value) { row[id] = Float(log(share)) }
            }
        } else {
            for (id, score) in followers[Int(last)] { row[id] = score }
        }
        return row
    }

    /// A word as tokenizer.json writes it.
    private static func piece(_ word: String) -> String {
        word.replacing(" ", with: "Ġ").replacing("\n", with: "Ċ")
    }

    private final class Session: DecodingSession {
        let model: StoryModel
        var histories: [[Int32]]

        init(model: StoryModel, slots: Int) {
            self.model = model
            histories = Array(repeating: [], count: slots)
        }

        func extend(_ chunks: [DecodingChunk], into logits: inout LogitsMatrix) throws {
            model.steps += 1
            let columns = model.vocabularySize
            logits.resize(rows: chunks.count, columns: columns)
            for (row, chunk) in chunks.enumerated() {
                histories[chunk.slot] += chunk.tokens
                let values = model.logits(after: histories[chunk.slot])
                logits.withUnsafeMutableBuffer { buffer in
                    for (column, value) in values.enumerated() { buffer[row * columns + column] = value }
                }
            }
        }

        func length(of slot: Int) -> Int { histories[slot].count }
        func reset(slot: Int) { histories[slot] = [] }
    }
}
