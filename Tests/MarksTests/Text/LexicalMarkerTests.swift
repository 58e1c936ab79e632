import KeyedPRF
import TestSupport
import Testing

@testable import Marks

struct LexicalMarkerTests {
    let scheme: LexicalScheme

    init() throws {
        scheme = try LexicalScheme(lexicon: .bundled())
    }

    private func small(_ classes: String, width: Int = 3) throws -> LexicalScheme {
        LexicalScheme(lexicon: try Lexicon(yaml: "classes: [\(classes)]", file: "t"), contextWidth: width)
    }

    /// Every text that some key makes of `text`.
    private func outputs(of text: String, scheme: LexicalScheme, protected: [Range<Int>] = []) throws -> Set<String> {
        var seen: Set<String> = []
        for seed in 0..<40 as Range<UInt64> {
            let marker = try LexicalMarker(scheme: scheme, key: lexicalKey(seed: seed))
            seen.insert(marker.mark(text, reasoning: [0..<text.utf8.count], protected: protected).text)
        }
        return seen
    }

    @Test func messageIsTheSpecifiedOne() throws {
        let found = try small("{id: k1, members: [foo, ba r]}").recorded(in: "Xx It's d’Été 10 FOO then foo")
        #expect(found.count == 1)
        var expected = Array("denature/lexical/v1\u{0}k1\u{0}".utf8)
        for word in ["10", "foo", "then"] { expected += [UInt8(word.utf8.count), 0, 0, 0] + Array(word.utf8) }
        #expect(found.first?.message == expected)
        #expect(found.first?.alternatives == 2)
        #expect(found.first?.observed == 0)
        #expect(
            NormalisedWords.words(of: "It's d’Été×2 “No”—x_y… 3.5") == ["it's", "d’Été", "2", "no", "x", "y", "3", "5"])
    }

    @Test func writesTheFavouredMember() throws {
        let lexicon = try small("{id: k, members: [foo, ba r, baz]}")
        let key = try lexicalKey(seed: 5)
        let prf = try HMACSHA256(key: key.secret)
        let marker = try LexicalMarker(scheme: lexicon, key: key)
        for number in 0..<50 {
            let marked = marker.mark("a b \(number) foo baz and foo, Foo.")
            for seen in lexicon.recorded(in: marked.text) {
                #expect(Int(prf.authenticate(seen.message).uniform(below: 3)) == seen.observed)
            }
            #expect(marked.opportunities == 3)
        }
    }

    /// Choices computed with Python's `hmac` for the key 00 01 … 1f from the message on the page *Marks in texts* of Marks.
    @Test func choicesAgreeWithAnotherImplementation() throws {
        let key = try Subkey(
            identity: KeyIdentity(purpose: .lexical, tenant: "test", epoch: "1"),
            secret: SecretBytes(copying: (0..<32).map { UInt8($0) }))
        let expected = ["Hence", "Thus", "Therefore", "Therefore", "Therefore", "Therefore", "Hence", "Therefore"]
        var original = "One two three."
        var wanted = "One two three."
        for (index, word) in expected.enumerated() {
            original += " So he has \(index + 4)."
            wanted += " \(word) he has \(index + 4)."
        }
        #expect(try LexicalMarker(scheme: scheme, key: key).mark(original).text == wanted)
    }

    @Test func capitalLettersAreCarriedOver() throws {
        #expect(
            try outputs(
                of: "He ran twice. So he ate. so he ate", scheme: small("{id: k, members: [so, as a so]}", width: 1))
                == [
                    "He ran twice. So he ate. so he ate", "He ran twice. As a so he ate. so he ate",
                    "He ran twice. So he ate. as a so he ate", "He ran twice. As a so he ate. as a so he ate",
                ])
    }

    @Test func articlesAgree() throws {
        let lexicon = try small("{id: k, members: [overall, total, {text: hourly, sound: vowel}]}")
        #expect(try outputs(of: "He has now a total sum", scheme: lexicon) == ["He has now a total sum"])
        #expect(
            try outputs(of: "He has now an overall sum", scheme: lexicon)
                == ["He has now an overall sum", "He has now an hourly sum"])
        #expect(try outputs(of: "He has now the total sum", scheme: lexicon).count == 3)
    }

    @Test func memberGuardsOnlyRestrictWriting() throws {
        let lexicon = try small("{id: k, members: [so, {text: hence, next: [<comma>]}]}")
        #expect(try outputs(of: "one two three so he", scheme: lexicon) == ["one two three so he"])
        #expect(
            try outputs(of: "one two three hence he", scheme: lexicon)
                == ["one two three hence he", "one two three so he"])
        #expect(lexicon.recorded(in: "one two three hence he").count == 1)
    }

    @Test func joinsWithNeighboursAreRefused() throws {
        let lexicon = try small("{id: k, members: [foo, in]}, {id: l, members: [in all, the in, zz]}")
        // "in" + "all" and "the" + "in" would be read as other expressions.
        #expect(try outputs(of: "one two three foo all", scheme: lexicon) == ["one two three foo all"])
        #expect(try outputs(of: "one two the foo it", scheme: lexicon) == ["one two the foo it"])
        #expect(try outputs(of: "one two three foo it", scheme: lexicon).count == 2)
    }

    @Test func protectedSpansAndOtherRegionsAreUntouched() throws {
        let text = "One two three. So he has 5. So he has 6.\n#### So he"
        let whole = try outputs(of: text, scheme: scheme)
        #expect(whole.count > 4)
        let second = text.utf8.count - "So he has 6.\n#### So he".utf8.count
        for output in try outputs(of: text, scheme: scheme, protected: [0..<1, second..<second + 1]) {
            #expect(output.contains("5. So he has 6."))
        }
        let marker = try LexicalMarker(scheme: scheme, key: lexicalKey(seed: 3))
        let regions = [0..<3, 20..<text.utf8.count - 10]
        let marked = marker.mark(text, reasoning: regions, protected: [])
        #expect(marked.text.hasPrefix("One two three. So he") && marked.text.hasSuffix("#### So he"))
        for odd in [[], [5..<5], [-3..<2, 90..<100], [0..<1000]] as [[Range<Int>]] {
            #expect(marker.mark(text, reasoning: odd, protected: []).text.utf8.count > 40)
        }
        #expect(
            marker.mark("", reasoning: [0..<9], protected: []) == .init(text: "", replacements: 0, opportunities: 0))
    }

    /// Rescanning finds the same classes in the same order, marking again changes nothing, and the same key and text
    /// give the same bytes.
    @Test(arguments: 0..<12 as Range<UInt64>)
    func rescanIdempotenceDeterminism(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let text = randomReasoning(sentences: 60, using: &generator)
        let marker = try LexicalMarker(scheme: scheme, key: lexicalKey(seed: seed))
        let marked = marker.mark(text)
        #expect(marked.replacements > 20, "seed \(seed)")
        let before = scheme.recorded(in: text)
        let after = scheme.recorded(in: marked.text)
        #expect(before.map(\.classID) == after.map(\.classID), "seed \(seed)")
        #expect(after.count == marked.opportunities)
        #expect(zip(before, after).count { $0.observed != $1.observed } == marked.replacements)
        let again = marker.mark(marked.text)
        #expect(again.text == marked.text && again.replacements == 0, "seed \(seed)")
        #expect(try LexicalMarker(scheme: scheme, key: lexicalKey(seed: seed)).mark(text) == marked)
        func numbers(_ text: String) -> [String] {
            text.split { !$0.isNumber }.map(String.init)
        }
        #expect(numbers(text) == numbers(marked.text))
    }

    /// Random bytes, cut anywhere: nothing traps, and the text outside replacements stays.
    @Test func arbitraryBytesNeverTrap() throws {
        var generator = SplitMix64(seed: 77)
        let marker = try LexicalMarker(scheme: scheme, key: lexicalKey(seed: 1))
        let pieces = [
            "so ", "he ", ", ", "\"", "`", "in ", "total ", ". ", "\n", "é", "—", "’", "“", "🎉", "5", "\0", "a ",
            "the ",
        ]
        for _ in 0..<400 {
            var text = ""
            for _ in 0..<Int.random(in: 0..<60, using: &generator) {
                text += pieces.randomElement(using: &generator) ?? ""
            }
            let cut = Int.random(in: 0...text.utf8.count, using: &generator)
            let marked = marker.mark(text, reasoning: [0..<cut, cut..<text.utf8.count], protected: [])
            let again = marker.mark(text, reasoning: [0..<text.utf8.count], protected: [0..<text.utf8.count])
            #expect(again.text == text)
            #expect(marked.replacements <= marked.opportunities)
        }
    }

    /// P(hit) = 1/m for random keys, on a text nobody marked and on one marked with another key.
    @Test(arguments: [false, true])
    func randomKeysHitAtChance(onMarked: Bool) throws {
        var generator = SplitMix64(seed: 9)
        var text = randomReasoning(sentences: 300, using: &generator)
        let trueKey = try lexicalKey(seed: 1000)
        if onMarked { text = try LexicalMarker(scheme: scheme, key: trueKey).mark(text).text }
        var first: [[UInt8]: RecordedObservation] = [:]
        for seen in scheme.recorded(in: text) where first[seen.message] == nil { first[seen.message] = seen }
        #expect(first.count > 250)
        func hits(_ key: Subkey) throws -> Int {
            let prf = try HMACSHA256(key: key.secret)
            return first.values.count {
                Int(prf.authenticate($0.message).uniform(below: UInt64($0.alternatives))) == $0.observed
            }
        }
        let keys = 60
        let mean = first.values.reduce(0.0) { $0 + 1 / Double($1.alternatives) }
        let variance = first.values.reduce(0.0) {
            $0 + (1 / Double($1.alternatives)) * (1 - 1 / Double($1.alternatives))
        }
        var total = 0
        for seed in 0..<UInt64(keys) { total += try hits(lexicalKey(seed: seed)) }
        // Normal interval of the exact Poisson-binomial moments at 1e-6 two-sided.
        let deviation = Double(total) - mean * Double(keys)
        #expect(abs(deviation) < 4.9 * (variance * Double(keys)).squareRoot())
        if onMarked {
            #expect(Double(try hits(trueKey)) > mean + 10 * variance.squareRoot())
        }
    }

    @Test func seedsParaphraseWithoutAKey() throws {
        var generator = SplitMix64(seed: 4)
        let text = randomReasoning(sentences: 20, using: &generator)
        let one = try LexicalMarker(scheme: scheme, seed: 1).mark(text)
        #expect(try LexicalMarker(scheme: scheme, seed: 1).mark(text) == one)
        #expect(try LexicalMarker(scheme: scheme, seed: 2).mark(text) != one)
        #expect(one.replacements > 0)
    }
}
