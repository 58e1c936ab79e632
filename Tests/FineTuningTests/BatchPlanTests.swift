#if Torch
    import TestSupport
    import Testing
    import TrainingExamples

    @testable import FineTuning

    @Suite struct BatchPlanTests {
        @Test(arguments: [(10, 3, 1, false), (64, 4, 2, false), (5, 8, 2, false), (997, 2, 4, true), (7, 3, 1, true)])
        func everyPassSeesEveryExampleOnce(_ count: Int, _ batch: Int, _ accumulation: Int, _ grouped: Bool) {
            let seed = UInt64.random(in: 0...(.max))
            var generator = SplitMix64(seed: seed)
            var options = TrainingOptions()
            options.batchSize = batch
            options.accumulation = accumulation
            options.groupsByLength = grouped
            options.seed = seed
            let lengths = (0..<count).map { _ in Int.random(in: 1...50, using: &generator) }
            var plan = BatchPlan(lengths: lengths, options: options)
            let steps = BatchPlan.stepsPerEpoch(exampleCount: count, options: options)
            for epoch in 0..<3 {
                let seen = (epoch * steps..<(epoch + 1) * steps).map { plan.batches(step: $0) }
                #expect(seen.joined().joined().sorted() == Array(0..<count), "seed \(seed)")
                #expect(seen.joined().allSatisfy { 1...batch ~= $0.count }, "seed \(seed)")
                #expect(seen.dropLast().allSatisfy { $0.count == accumulation }, "seed \(seed)")
            }
        }

        @Test func aStepNeedsNoHistory() {
            var options = TrainingOptions()
            options.batchSize = 4
            options.seed = 9
            var plan = BatchPlan(lengths: Array(repeating: 3, count: 50), options: options)
            let all = (0..<40).map { plan.batches(step: $0) }
            for step in [39, 0, 17] {
                var fresh = BatchPlan(lengths: Array(repeating: 3, count: 50), options: options)
                #expect(fresh.batches(step: step) == all[step])
            }
            // Passes differ, and so do seeds.
            #expect(Array(all[..<13]) != Array(all[13..<26]))
            options.seed = 10
            var other = BatchPlan(lengths: Array(repeating: 3, count: 50), options: options)
            #expect(other.batches(step: 0) != all[0])
        }

        @Test func groupingSavesPadding() {
            var generator = SplitMix64(seed: 4)
            let lengths = (0..<512).map { _ in Int.random(in: 1...100, using: &generator) }
            func padded(_ grouped: Bool) -> Int {
                var options = TrainingOptions()
                options.batchSize = 8
                options.groupsByLength = grouped
                var plan = BatchPlan(lengths: lengths, options: options)
                return (0..<64).map { plan.batches(step: $0) }.joined()
                    .reduce(0) { $0 + $1.count * ($1.map { lengths[$0] }.max() ?? 0) }
            }
            #expect(Double(padded(true)) < 1.1 * Double(lengths.reduce(0, +)))
            #expect(padded(false) > padded(true))
        }
    }

    @Suite struct TokenBatchTests {
        private let examples = [
            TokenizedExample(prompt: [5, 6], completion: [7, 1], line: 1),
            TokenizedExample(prompt: [8], completion: [9, 10, 11, 1], line: 2),
        ]

        @Test func completionOnly() {
            let batch = TokenBatch(examples, loss: .completion)
            #expect(batch.rows == 2)
            #expect(batch.width == 4)
            #expect(batch.inputs == [5, 6, 7, 0, 8, 9, 10, 11])
            #expect(batch.positions == [1, 2, 4, 5, 6, 7])
            #expect(batch.targets == [7, 1, 9, 10, 11, 1])
            #expect(batch.tokenCount == 9)
        }

        @Test func wholeText() {
            let batch = TokenBatch(examples, loss: .all)
            #expect(batch.positions == [0, 1, 2, 4, 5, 6, 7])
            #expect(batch.targets == [6, 7, 1, 9, 10, 11, 1])
        }

        @Test func aTextWithoutPromptHasNothingToPredictItsFirstTokenFrom() {
            let batch = TokenBatch([TokenizedExample(prompt: [], completion: [3, 4], line: 1)], loss: .completion)
            #expect(batch.inputs == [3])
            #expect(batch.positions == [0])
            #expect(batch.targets == [4])
        }
    }
#endif
