import Auditing
import Foundation
import TestSupport
import Testing
import Tokenizers

@testable import Auditing

/// Tokenizers of fixtures/golden/tokenizers.
private func tokenizer(_ family: String) throws -> Tokenizer {
    return try Tokenizer.load(Repository.path("fixtures/golden/tokenizers/\(family).tokenizer.json"))
}

/// Probabilities that follow from everything before a token, and from nothing else.
private final class HistoryReader: NextTokenReader {
    let size: Int
    private(set) var read: [ReadText] = []

    init(_ tokenizer: Tokenizer) { size = tokenizer.idBound }

    func row(after history: [Int32], top: Int) -> TopTokens {
        guard !history.isEmpty else { return TopTokens() }
        var hash: UInt64 = 14_695_981_039_346_656_037
        for token in history { hash = (hash ^ UInt64(UInt32(bitPattern: token))) &* 1_099_511_628_211 }
        var generator = SplitMix64(seed: hash)
        let weights = (0..<size).map { _ in Float.random(in: 0.01...1, using: &generator) }
        let total = weights.reduce(0, +)
        let order = weights.indices.sorted { (weights[$0], $1) > (weights[$1], $0) }.prefix(top)
        return TopTokens(tokens: order.map { Int32($0) }, probabilities: order.map { weights[$0] / total })
    }

    func topTokens(_ texts: [ReadText], top: Int) throws -> [[TopTokens]] {
        read += texts
        return texts.map { text in
            text.completion.indices.map { row(after: text.prompt + text.completion[..<$0], top: top) }
        }
    }

    func logProbabilities(_ texts: [ReadText]) throws -> [[Float]] {
        try topTokens(texts, top: size).enumerated().map { index, rows in
            zip(rows, texts[index].completion).map { row, token in
                row.tokens.firstIndex(of: token).map { log(row.probabilities[$0]) } ?? 0
            }
        }
    }
}

@Suite struct AlignedReaderTests {
    private static let texts = [
        "So we add 12 and 7 to get 19 apples. Therefore the answer is #### 19",
        "Unlike the naïve solution, 'ℝ' needs 𝒳 more: 3.5 × 2 = 7\n\n\tdone  ", "a", " leading space", "日本語のテキスト",
    ]

    private func encode(_ text: String, _ tokenizer: Tokenizer) -> [Int32] {
        tokenizer.encode(text, addSpecialTokens: false, specialTokens: .text)
    }

    /// From the definition, one position at a time: the bytes before it end a token of the suspect's.
    private func expected(_ text: ReadText, _ marks: Tokenizer, _ suspect: Tokenizer, top: Int) -> [TopTokens] {
        let reader = HistoryReader(suspect)
        let prompt = encode(marks.decode(text.prompt), suspect)
        let ids = encode(marks.decode(text.completion), suspect)
        func bytes(_ ids: some Sequence<Int32>, _ tokenizer: Tokenizer) -> [UInt8] {
            ids.flatMap { tokenizer.bytes(for: $0) ?? [] }
        }
        var equals: [[UInt8]: [Int32]] = [:]
        for id in 0..<Int32(marks.idBound) {
            if let bytes = marks.bytes(for: id) { equals[bytes, default: []].append(id) }
        }
        return text.completion.indices.map { t in
            let before = bytes(text.completion[..<t], marks)
            guard let count = (0...ids.count).first(where: { bytes(ids[..<$0], suspect) == before }) else {
                return TopTokens()
            }
            if count == ids.count, suspect.endID == nil { return TopTokens() }
            var sums: [Int32: Float] = [:]
            let row = reader.row(after: prompt + ids[..<count], top: top)
            for (token, probability) in zip(row.tokens, row.probabilities) {
                let equal = suspect.bytes(for: token).flatMap { equals[$0] }?.first {
                    marks.isSpecial($0) == suspect.isSpecial(token)
                }
                if let equal { sums[equal, default: 0] += probability }
            }
            let order = sums.keys.sorted { (sums[$0] ?? 0, $1) > (sums[$1] ?? 0, $0) }
            return TopTokens(tokens: order, probabilities: order.map { sums[$0] ?? 0 })
        }
    }

    @Test(arguments: ["gpt2", "qwen2", "llama3", "digits"], ["gpt2", "llama3"])
    func rowsAreTheSuspectsWhereTokensBeginTogether(suspect: String, marks: String) throws {
        let (suspect, marks) = (try tokenizer(suspect), try tokenizer(marks))
        let reader = AlignedReader(HistoryReader(suspect), tokenizer: suspect, marks: marks)
        let prompt = encode("How many apples? ", marks)
        let texts = Self.texts.flatMap { text in
            [prompt, []].map { ReadText(prompt: $0, completion: encode(text, marks)) }
        }
        let rows = try reader.topTokens(texts, top: 16)
        var read = 0
        for (text, rows) in zip(texts, rows) {
            let wanted = expected(text, marks, suspect, top: 16)
            #expect(rows.map(\.tokens) == wanted.map(\.tokens))
            for (a, b) in zip(rows, wanted) {
                #expect(zip(a.probabilities, b.probabilities).allSatisfy { abs($0 - $1) < 1e-6 })
                if !a.tokens.isEmpty { read += 1 }
            }
        }
        #expect(read > 20)
    }

    @Test func oneTokenizerChangesNothing() throws {
        let own = try tokenizer("gpt2")
        let plain = HistoryReader(own)
        let reader = AlignedReader(HistoryReader(own), tokenizer: own, marks: own)
        for text in Self.texts {
            let read = ReadText(prompt: encode("Why?", own), completion: encode(text, own))
            let rows = try reader.topTokens([read], top: 12)[0]
            let wanted = try plain.topTokens([read], top: 12)[0]
            #expect(zip(rows, wanted).allSatisfy { Set($0.tokens) == Set($1.tokens) })
            let values = try reader.logProbabilities([read])[0]
            #expect(try values == plain.logProbabilities([read])[0])
        }
    }

    /// What the suspect gives the whole text, whatever pieces the marks' tokenizer makes of it.
    @Test(arguments: ["gpt2", "qwen2", "llama3", "digits"]) func sumsAreTheSuspects(suspect: String) throws {
        let (suspect, marks) = (try tokenizer(suspect), try tokenizer("llama3"))
        let plain = HistoryReader(suspect)
        let reader = AlignedReader(HistoryReader(suspect), tokenizer: suspect, marks: marks)
        for text in Self.texts {
            let read = ReadText(prompt: encode("Why?", marks), completion: encode(text, marks))
            let own = ReadText(prompt: encode("Why?", suspect), completion: encode(text, suspect))
            let sum = try reader.logProbabilities([read])[0].reduce(0, +)
            let wanted = try plain.logProbabilities([own])[0].reduce(0, +)
            #expect(abs(sum - wanted) < 1e-3 * abs(wanted), "\(text)")
        }
    }

    @Test func promptsAreAskedAsTheCallerSays() throws {
        let own = try tokenizer("gpt2")
        let inner = HistoryReader(own)
        let reader = AlignedReader(inner, tokenizer: own, marks: try tokenizer("qwen2")) { text in
            [1, 2, Int32(text.utf8.count)]
        }
        let marks = try tokenizer("qwen2")
        _ = try reader.topTokens([ReadText(prompt: encode("abc", marks), completion: encode("d", marks))], top: 1)
        #expect(inner.read.map(\.prompt) == [[1, 2, 3]])
    }

    @Test func emptyTextsAndBrokenOnes() throws {
        let (suspect, marks) = (try tokenizer("gpt2"), try tokenizer("llama3"))
        let reader = AlignedReader(HistoryReader(suspect), tokenizer: suspect, marks: marks)
        let empty = ReadText(prompt: [], completion: [])
        #expect(try reader.topTokens([empty], top: 4) == [[]])
        #expect(try reader.logProbabilities([empty]) == [[]])
        // A completion that is cut inside a letter: what comes before it is read, the rest is not.
        let whole = encode("so 日本", marks)
        let partial = try #require(
            (0..<Int32(marks.idBound)).first { (marks.bytes(for: $0) ?? []).first.map { $0 & 0xC0 == 0x80 } == true })
        let read = ReadText(prompt: [0], completion: whole + [partial] + encode(" and more", marks))
        let rows = try reader.topTokens([read], top: 4)[0]
        #expect(rows.count == read.completion.count)
        #expect(rows[(whole.count + 1)...].allSatisfy { $0.tokens.isEmpty })
        // Ids that no token has stand for nothing.
        let foreign = ReadText(prompt: [], completion: [Int32(marks.idBound) + 5, -3])
        #expect(try reader.topTokens([foreign], top: 4)[0].count == 2)
        #expect(try reader.logProbabilities([foreign])[0].count == 2)
    }

    // MARK: Alignment

    private func spans(_ tokens: [String]) -> (bytes: [UInt8], ends: [Int]) {
        var ends: [Int] = []
        var count = 0
        for token in tokens {
            count += token.utf8.count
            ends.append(count)
        }
        return (Array(tokens.joined().utf8), ends)
    }

    @Test(
        arguments: [
            (["un", "like", " it"], ["unlike", " i", "t"], [0, nil, 1], [1, 2, 2]),
            (["unlike", " it"], ["un", "like", " it"], [0, 2], [0, 0, 1]),
            (["a", "b", ""], ["ab", ""], [0, nil, 1], [1, 1]),
            (["ab", "c"], [" ab", "c"], [0, 1], [0, 1]),
            (["ab", "c", "d"], ["ab", "X", "d"], [0, 1, nil], [0, 1, 2]),
            (["ab", "c"], ["ab"], [0, nil], [0]),
            ([], ["a"], [], [0]),
        ] as [([String], [String], [Int?], [Int])])
    func alignments(first: [String], second: [String], starts: [Int?], owners: [Int]) {
        let alignment = TokenAlignment(spans(first), spans(second))
        #expect(alignment.starts == starts)
        #expect(alignment.owners == owners)
    }
}
