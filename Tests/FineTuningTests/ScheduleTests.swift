#if Torch
    import Testing
    import TrainingExamples

    @testable import FineTuning

    @Suite struct ScheduleTests {
        @Test func shapes() {
            func factors(_ schedule: LearningRateSchedule, warmup: Int) -> [Double] {
                (0...8).map { schedule.factor(step: $0, total: 8, warmup: warmup) }
            }
            #expect(factors(.constant, warmup: 2) == [0, 0.5, 1, 1, 1, 1, 1, 1, 1])
            #expect(factors(.linear, warmup: 4) == [0, 0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25, 0])
            let cosine = factors(.cosine, warmup: 0)
            #expect(cosine[0] == 1)
            #expect(abs(cosine[4] - 0.5) < 1e-12)
            #expect(abs(cosine[8]) < 1e-12)
            #expect(zip(cosine, cosine.dropFirst()).allSatisfy { $0 > $1 })
        }

        @Test func stepsAndWarmup() {
            var options = TrainingOptions()
            options.batchSize = 4
            options.accumulation = 2
            #expect(options.totalSteps(exampleCount: 16) == 2)
            #expect(options.totalSteps(exampleCount: 17) == 3)
            options.epochs = 2.5
            #expect(options.totalSteps(exampleCount: 16) == 5)
            options.steps = 7
            #expect(options.totalSteps(exampleCount: 16) == 7)
            options.warmup = 0.1
            #expect(options.warmupSteps(total: 45) == 5)
            options.warmup = 30
            #expect(options.warmupSteps(total: 45) == 30)
            options.learningRate = 2
            #expect(options.learningRate(step: 15, total: 45) == 1)
        }
    }
#endif
