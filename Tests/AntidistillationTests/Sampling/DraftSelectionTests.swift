import Antidistillation
import Testing

@Suite("Draft selection")
struct DraftSelectionTests {
    let drafts = [
        Draft(answer: "7", length: 40, derivativeSum: 1, markScore: 0.2),
        Draft(answer: "8", length: 5, derivativeSum: 99, markScore: 9),
        Draft(answer: "7", length: 30, derivativeSum: 3, markScore: 0.1),
        Draft(answer: nil, length: 2, derivativeSum: 98, markScore: 8),
        Draft(answer: "7", length: 20, derivativeSum: -4, markScore: 0.9),
        Draft(answer: "7", length: 20, derivativeSum: 3, markScore: 0.9),
    ]

    @Test(
        "Only drafts with the right answer can win; the earliest wins a tie",
        arguments: [
            (.poison, 2), (.shortest, 4), (.marked, 4), (.both(poisonWeight: 1, markWeight: 1), 5),
            (.both(poisonWeight: 1, markWeight: 0), 2), (.both(poisonWeight: -1, markWeight: 0.01), 4),
        ] as [(DraftSelection, Int)])
    func choice(selection: DraftSelection, expected: Int) {
        #expect(selection.choose(among: drafts, reference: "7", agrees: ==) == expected)
    }

    @Test("Without a right draft nothing is released; without a reference every draft counts")
    func references() {
        #expect(DraftSelection.poison.choose(among: drafts, reference: "9", agrees: ==) == nil)
        #expect(DraftSelection.poison.choose(among: drafts, reference: nil, agrees: ==) == 1)
        #expect(DraftSelection.shortest.choose(among: [], reference: nil, agrees: ==) == nil)
    }

    @Test("A random choice is reproducible and reaches every right draft")
    func randomChoice() {
        var seen: Set<Int> = []
        for seed in 0..<64 as Range<UInt64> {
            let choice = DraftSelection.random(seed: seed).choose(among: drafts, reference: "7", agrees: ==)
            #expect(choice == DraftSelection.random(seed: seed).choose(among: drafts, reference: "7", agrees: ==))
            if let choice { seen.insert(choice) }
        }
        #expect(seen == [0, 2, 4, 5])
    }

    @Test("A draft without its score loses to one with it")
    func missingScores() {
        let drafts = [
            Draft(answer: "1", length: 3), Draft(answer: "1", length: 3, derivativeSum: .nan, markScore: .nan),
            Draft(answer: "1", length: 3, derivativeSum: -5, markScore: -5),
        ]
        for selection in [DraftSelection.poison, .marked, .both(poisonWeight: 1, markWeight: 1)] {
            #expect(selection.choose(among: drafts, reference: "1", agrees: ==) == 2)
        }
    }

    @Test("The reference is the gold answer, else the greedy one, else the majority")
    func referenceAnswer() {
        func choose(_ gold: String?, _ greedy: String?, _ answers: [String?]) -> String? {
            ReferenceAnswer.choose(
                gold: gold, greedy: greedy, drafts: answers.map { Draft(answer: $0, length: 1) }
            ) { $0.lowercased() == $1.lowercased() }
        }
        #expect(choose("g", "h", ["a", "a"]) == "g")
        #expect(choose(nil, "h", ["a", "a"]) == "h")
        #expect(choose(nil, nil, ["b", "a", nil, "A", nil, nil]) == "a")
        #expect(choose(nil, nil, ["b", "a"]) == "b")
        #expect(choose(nil, nil, [nil]) == nil)
    }

    @Test("A selection says which scores it needs")
    func needs() {
        #expect(DraftSelection.poison.needsDerivatives && !DraftSelection.poison.needsMarkScore)
        #expect(!DraftSelection.marked.needsDerivatives && DraftSelection.marked.needsMarkScore)
        let both = DraftSelection.both(poisonWeight: 1, markWeight: 1)
        #expect(both.needsDerivatives && both.needsMarkScore)
        #expect(!DraftSelection.shortest.needsDerivatives && !DraftSelection.random(seed: 1).needsMarkScore)
    }
}
