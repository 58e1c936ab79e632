#if Torch
    import Testing
    import Torch
    import TorchModels
    import TrainingExamples

    @testable import FineTuning

    @Suite struct TrainerTests {
        private func makeTrainer(dtype: DType? = nil, _ change: (inout TrainingOptions) -> Void = { _ in }) throws
            -> Trainer
        {
            var options = TrainingOptions()
            change(&options)
            return try Trainer(Golden.model(dtype: dtype), options: options)
        }

        private func examples(_ count: Int) throws -> [TokenizedExample] {
            Array(try Golden.set().examples.prefix(count))
        }

        @Test func accumulationIsOneLargeBatch() throws {
            let examples = try examples(7)
            let (a, b) = (try makeTrainer(), try makeTrainer())
            let whole = try a.takeStep([examples], learningRate: 1e-2)
            let parts = try b.takeStep(
                [Array(examples[..<1]), Array(examples[1..<5]), Array(examples[5...])], learningRate: 1e-2)
            #expect(abs(whole.loss - parts.loss) < 1e-6)
            #expect(abs(whole.gradientNorm - parts.gradientNorm) < 1e-5)
            #expect(whole.targetCount == examples.reduce(0) { $0 + $1.completion.count })
            #expect(whole.tokenCount == examples.reduce(0) { $0 + $1.count })
            // The sign of a gradient near 0 may differ, and with it a first step of AdamW; so the loss is compared.
            #expect(abs(try a.meanLoss(examples) - b.meanLoss(examples)) < 1e-4)
        }

        @Test func paddingChangesNothing() throws {
            let examples = try examples(6)
            let trainer = try makeTrainer { $0.batchSize = 6 }
            let one = try makeTrainer { $0.batchSize = 1 }
            #expect(abs(try trainer.meanLoss(examples) - one.meanLoss(examples)) < 1e-6)
        }

        @Test func overfitsASmallSet() throws {
            let examples = try examples(3)
            let trainer = try makeTrainer { $0.weightDecay = 0 }
            let before = try trainer.meanLoss(examples)
            for _ in 0..<150 { _ = try trainer.takeStep([examples], learningRate: 1e-2) }
            #expect(before > 4)
            #expect(try trainer.meanLoss(examples) < 0.1)
        }

        @Test func halfPrecisionKeepsFullPrecisionWeights() throws {
            let examples = try examples(6)
            let trainer = try makeTrainer(dtype: .bfloat16)
            #expect(trainer.leaves.allSatisfy { $0.dtype == .bfloat16 })
            let start = try trainer.masters.map { try $0.detach().clone() }
            // Steps far below half precision's resolution of most weights.
            for _ in 0..<5 { _ = try trainer.takeStep([examples], learningRate: 1e-5) }
            for (master, old) in zip(trainer.masters, start) {
                #expect(try master.subtracting(old).abs().amax().item() > 0)
            }
            for (leaf, master) in zip(trainer.leaves, trainer.masters) {
                #expect(try leaf.detach().floats() == master.to(.bfloat16).floats())
            }
        }

        @Test func aLossThatIsNoNumberStops() throws {
            let examples = try examples(3)
            let trainer = try makeTrainer()
            _ = try trainer.takeStep([examples], learningRate: 1e25)
            let weights = try trainer.model.weights()
            let error = #expect(throws: FineTuningError.self) {
                for _ in 0..<3 { _ = try trainer.takeStep([examples], learningRate: 1e25) }
            }
            #expect(error?.code == .notFinite)
            #expect(error?.description.contains("step 2") == true)
            #expect(try trainer.model.weights() == weights)
        }

        @Test func stepsLeaveNoTensorsBehind() throws {
            let examples = try examples(3)
            let trainer = try makeTrainer()
            #expect(trainer.parameterCount == trainer.model.configuration.parameterCount)
            // Tests of other suites run beside this one: leaks add up over many steps, their tensors do not.
            for _ in 0..<2 { _ = try trainer.takeStep([examples, examples], learningRate: 1e-4) }
            let before = TorchRuntime.liveTensorCount
            for _ in 0..<200 { _ = try trainer.takeStep([examples], learningRate: 1e-4) }
            #expect(TorchRuntime.liveTensorCount < before + 2000)
        }

        @Test(arguments: ["learning rate", "warm-up", "weight decay", "gradient", "epsilon", "means", "epochs"])
        func optionsThatMakeNoSense(_ name: String) throws {
            for value in [-1, Double.nan, .infinity] {
                let error = #expect(throws: FineTuningError.self) {
                    try makeTrainer { options in
                        switch name {
                        case "learning rate": options.learningRate = value
                        case "warm-up": options.warmup = value
                        case "weight decay": options.weightDecay = value
                        case "gradient": options.maximumGradientNorm = value
                        case "epsilon": options.epsilon = value
                        case "means": options.beta2 = value
                        default: options.epochs = value
                        }
                    }
                }
                #expect(error?.code == .invalidOption)
                #expect(error?.description.contains(name) == true)
            }
        }
    }
#endif
