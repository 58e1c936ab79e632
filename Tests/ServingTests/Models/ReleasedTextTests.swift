import Generation
import Serving
import TestSupport
import Testing

@testable import Serving

@Suite struct ReleasedTextTests {
    /// Random texts of few letters, in random pieces, so that stop strings begin often and are met now and then.
    @Test func nothingOfAStopStringGoesOut() {
        let seed = UInt64.random(in: 0...UInt64(1) << 53)
        print("seed \(seed)")
        var generator = SplitMix64(seed: seed)
        func text(_ lengths: ClosedRange<Int>) -> String {
            let count = Int.random(in: lengths, using: &generator)
            return String((0..<count).map { _ in "abé".randomElement(using: &generator) ?? "a" })
        }
        var cuts = 0
        for _ in 0..<500 {
            let stops = (0..<Int.random(in: 0...3, using: &generator)).map { _ in text(1...5) }
            var released = ReleasedText(stops: stops)
            var all = ""
            var out = ""
            var tokens: [TokenLogProbability] = []
            var sent = 0
            var isCut = false
            for _ in 0..<12 where !isCut {
                let piece = text(0...4)
                all += piece
                sent += 1
                let (part, more) = released.append(
                    piece, token: TokenLogProbability(bytes: Array(piece.utf8), logProbability: 0, alternatives: []))
                out += part
                tokens += more
                isCut = stops.contains { all.contains($0) }
                // What is out can be no part of a stop string.
                #expect(
                    stops.allSatisfy { stop in
                        !isCut
                            || (all.range(of: stop)?.lowerBound ?? all.endIndex)
                                >= all.index(all.startIndex, offsetBy: out.count)
                    })
            }
            let cut = stops.compactMap { all.range(of: $0)?.lowerBound }.min() ?? all.endIndex
            let expected = String(all[..<cut])
            let (part, more) = released.finish(expected)
            out += part
            tokens += more
            #expect(out == expected, "\(stops)")
            if isCut { cuts += 1 } else { #expect(tokens.count == sent) }
            #expect(tokens.reduce(0) { $0 + $1.bytes.count } >= expected.utf8.count)
        }
        #expect(cuts > 50)
    }

    @Test func textThatNoStopStringBeginsWithGoesOutAtOnce() {
        var released = ReleasedText(stops: ["xyz"])
        #expect(released.append("abc", token: nil).0 == "abc")
        #expect(released.append("xy", token: nil).0 == "")
        #expect(released.append("y", token: nil).0 == "xyy")
    }
}

@Suite struct OccurrencePenaltyTests {
    @Test func itIsTheFormulaOfTheInterface() throws {
        let penalty = OccurrencePenaltyLogitsProcessor(presence: 0.5, frequency: 0.25)
        var generated: [Int32] = []
        for next: Int32 in [3, 1, 3, 3] {
            generated.append(next)
            var row = CandidateScores(scores: [0, 1, 2, 3])
            try penalty.process(
                &row, sequence: SequenceContext(slot: 0, index: 0, prompt: [0, 2], generated: generated))
            let expected = (0..<4).map { token -> Float in
                let count = generated.count { $0 == Int32(token) }
                return Float(token) - (count > 0 ? 0.5 : 0) - 0.25 * Float(count)
            }
            #expect(row.scores == expected)
        }
    }
}

@Suite struct LargestTests {
    @Test func theyAreThoseOfSorting() {
        let seed = UInt64.random(in: 0...UInt64(1) << 53)
        print("seed \(seed)")
        var generator = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let values = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                Float(Int.random(in: 0...9, using: &generator))
            }
            let count = Int.random(in: 0...20, using: &generator)
            let sorted = values.indices.sorted { (values[$0], $1) > (values[$1], $0) }
            #expect(RunningSequence.largest(count, of: values) == Array(sorted.prefix(count)))
        }
    }
}
