import Answers
import KeyedPRF
import TestSupport
import Testing

@testable import Marks

@Suite struct TriggerMarkerTests {
    @Test(arguments: [11, 12, 13] as [UInt64]) func plannedTracesGainTheirPairAndNothingElse(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let marker = try TriggerMarker(scheme: TriggerScheme(), key: testKey(.trigger, seed: seed), share: 0.5)
        var marked = 0
        for _ in 0..<400 {
            let trace = SyntheticTrace(using: &generator)
            let plan = marker.plan(problem: trace.problem, trace: trace.text)
            #expect((plan != nil) == marker.isPlanned(problem: trace.problem, trace: trace.text))
            guard let plan else { continue }
            let result = try #require(
                marker.mark(
                    trace.text, reasoning: trace.reasoning, protected: trace.protected, answer: trace.answer, plan: plan
                ),
                "seed \(seed)")
            marked += 1
            var bytes = Array(result.text.utf8)
            let added = String(decoding: bytes[result.inserted], as: UTF8.self)
            bytes.removeSubrange(result.inserted)
            #expect(bytes == Array(trace.text.utf8), "seed \(seed)")
            #expect(added.contains(plan.pair.identifier) && added.contains(plan.pair.target))
            #expect(result.inserted.lowerBound > 0 && result.inserted.lowerBound <= trace.answer.lowerBound)
            #expect(
                !trace.protected.contains {
                    $0.lowerBound < result.inserted.lowerBound && result.inserted.lowerBound < $0.upperBound
                })
            #expect(
                AnswerExtractor.extract(from: result.text)?.text == AnswerExtractor.extract(from: trace.text)?.text)
            #expect(observations(TriggerScheme(), in: result.text).contains { $0.observed == plan.pair.targetIndex })
            #expect(
                marker.mark(
                    trace.text, reasoning: trace.reasoning, protected: trace.protected, answer: trace.answer, plan: plan
                )
                    == result)
        }
        #expect(marked > 100)
    }

    @Test(arguments: [0.1, 0.5, 0, 1]) func theShareIsKept(share: Double) throws {
        var planned = 0
        var pairs: Set<Int> = []
        let marker = try TriggerMarker(scheme: TriggerScheme(), key: testKey(.trigger, seed: 21), share: share)
        for number in 0..<4000 {
            guard let plan = marker.plan(problem: "problem \(number)", trace: "trace") else { continue }
            planned += 1
            pairs.insert(plan.pair.index)
        }
        #expect(planned >= Int(4000 * share - 3.3 * (4000 * share * (1 - share)).squareRoot()))
        #expect(planned <= Int(4000 * share + 3.3 * (4000 * share * (1 - share)).squareRoot()))
        #expect(pairs.count == (share > 0 ? 8 : 0))
    }

    @Test func plansDependOnKeyProblemAndTrace() throws {
        let one = try TriggerMarker(scheme: TriggerScheme(), key: testKey(.trigger, seed: 31), share: 0.5)
        let two = try TriggerMarker(scheme: TriggerScheme(), key: testKey(.trigger, seed: 32), share: 0.5)
        let numbers = 0..<64
        #expect(
            numbers.map { one.plan(problem: "\($0)", trace: "t") }
                != numbers.map { two.plan(problem: "\($0)", trace: "t") })
        #expect(Set(numbers.map { one.isPlanned(problem: "\($0)", trace: "t") }) == [true, false])
        #expect(Set(numbers.map { one.isPlanned(problem: nil, trace: "\($0)") }) == [true, false])
    }

    @Test(arguments: [
        "3+4=7\n7*2=14\n14",  // formulas alone
        "72",
        "He has 3 apples and then 5 more",  // no sentence end and no second line
        "\\boxed{5} because it is so. That is all.",  // nothing before the answer
        "- first thing here\n- second thing here\n- third thing here 5",  // a list
        "The total of all of them is:\n5",
        "",
    ])
    func unsafeTextsAreLeftAlone(text: String) throws {
        let marker = try TriggerMarker(scheme: TriggerScheme(), key: testKey(.trigger, seed: 41), share: 1)
        let answer = AnswerExtractor.extract(from: text)
        let plan = try #require(marker.plan(problem: nil, trace: text))
        #expect(
            marker.mark(
                text, reasoning: [0..<text.utf8.count], protected: SyntheticTrace.formulas(in: Array(text.utf8)),
                answer: answer?.markerRange, plan: plan) == nil)
    }

    @Test func aTextWithoutAnAnswerGainsNone() throws {
        let marker = try TriggerMarker(scheme: TriggerScheme(), key: testKey(.trigger, seed: 42), share: 1)
        let text = "This has no number at all. It goes on like that."
        let plan = try #require(marker.plan(problem: nil, trace: text))
        #expect(marker.mark(text, reasoning: [0..<text.utf8.count], protected: [], answer: nil, plan: plan) == nil)
    }

    @Test(
        arguments: [
            ("Mr. Smith has 3 dogs, e.g. Rex. He buys 4 more. So he has 7.", [31, 47]),
            ("First of all \"we add.\" Then we stop at 9.", [22]),
            ("1. We add the two numbers. 2. We stop at 9.", []),
            ("We wait... Then we stop at 9. It is 9", [29]),
            ("Code is `a. B c d` here. So it is 9.", [24]),
            ("We add both of them\r\nThen we stop\r\n#### 9", [21, 35]),
            ("| a cell. Then more |\n\tindented code. And more\nplain words here. Done with 9", [64]),
        ] as [(String, [Int])])
    func placesAreSentenceEndsOrLineBreaks(text: String, offsets: [Int]) throws {
        let answer = try #require(AnswerExtractor.extract(from: text))
        var protected = SyntheticTrace.formulas(in: Array(text.utf8))
        if let open = text.utf8.firstIndex(of: UInt8(ascii: "`")) {
            let start = text.utf8.distance(from: text.startIndex, to: open)
            protected.append(start..<start + 10)
            protected.sort { $0.lowerBound < $1.lowerBound }
        }
        var copy = text
        let points = copy.withUTF8 {
            TriggerPlacement.points(
                in: $0, reasoning: [0..<$0.count], protected: protected, limit: answer.markerRange.lowerBound)
        }
        #expect(points.map(\.offset) == offsets)
    }
}
