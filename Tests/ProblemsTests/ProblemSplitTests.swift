import Problems
import TestSupport
import Testing

@Suite struct ProblemSplitTests {
    /// Whoever splits again must get the same parts: these answers never change.
    @Test func theSplitIsFixed() {
        let split = ProblemSplit()
        let parts = (0..<12).map { split.isTraining("Question number \($0)?") }
        #expect(parts == Self.fixed)
    }

    /// Computed apart from this code: SHA-256 of "denature problem split 1\n0\nquestion number N?".
    private static let fixed = [
        true, true, true, true, false, true, true, true, false, true, true, true,
    ]

    @Test(arguments: [0.0, 0.3, 0.7, 1.0])
    func theShareIsMet(share: Double) {
        let split = ProblemSplit(trainingShare: share, seed: 3)
        let count = (0..<4_000).count { split.isTraining("Question \($0)") }
        // Five standard deviations of a binomial.
        let tolerance = 5 * (4_000 * share * (1 - share)).squareRoot()
        #expect(abs(Double(count) - 4_000 * share) <= tolerance, "\(count)")
    }

    @Test(arguments: [
        ("How many?", " how  many?\n"), ("Caf\u{E9}?", "Cafe\u{301}?"), ("A\r\nB", "a b"), ("A\u{A0}B", "A B"),
    ])
    func equalQuestionsStayTogether(a: String, b: String) {
        #expect(ProblemSplit.normalised(a) == ProblemSplit.normalised(b))
        for seed in 0..<50 {
            let split = ProblemSplit(trainingShare: 0.5, seed: UInt64(seed))
            #expect(split.isTraining(a) == split.isTraining(b))
        }
    }

    @Test func seedsSplitDifferently() {
        let questions = (0..<200).map { "Question \($0)" }
        let first = questions.map { ProblemSplit(seed: 1).isTraining($0) }
        let second = questions.map { ProblemSplit(seed: 2).isTraining($0) }
        let moved = zip(first, second).count { $0 != $1 }
        // Independent splits differ for 2 · 0.7 · 0.3 of the questions.
        #expect((54...114).contains(moved), "\(moved)")
    }

    @Test func signsMatter() {
        #expect(ProblemSplit.normalised("x + 1") != ProblemSplit.normalised("x - 1"))
    }
}
