#if Torch
    import Testing
    import Torch
    import TorchModels
    import TrainingExamples

    @testable import FineTuning

    /// Twenty steps of scripts/golden/golden_finetuning.py, which takes them with PyTorch's optimiser, transformers' models and
    /// schedule, and peft's adapters.
    @Suite struct GoldenStepTests {
        private func options(_ run: Golden.Run) -> TrainingOptions {
            var options = TrainingOptions()
            options.steps = run.losses.count
            options.learningRate = run.options.rate
            options.warmup = run.options.warmup
            options.weightDecay = run.options.decay
            options.maximumGradientNorm = run.options.clip
            options.loss = run.options.loss
            return options
        }

        private func compare(_ trainer: Trainer, _ batches: [[[Golden.Example]]], _ run: Golden.Run) throws {
            for (i, step) in batches.enumerated() {
                let rate = trainer.options.learningRate(step: i, total: batches.count)
                #expect(abs(rate - run.rates[i]) <= 1e-12)
                let done = try trainer.takeStep(step.map { $0.map(TokenizedExample.init) }, learningRate: rate)
                #expect(abs(done.loss - run.losses[i]) <= 1e-5 * run.losses[i], "step \(i + 1)")
                #expect(abs(done.gradientNorm - run.norms[i]) <= 1e-3 * run.norms[i], "step \(i + 1)")
            }
            #expect(Set(trainer.names) == Set(run.final.keys))
            for (name, tensor) in zip(trainer.names, trainer.masters) {
                let norm = try tensor.detach().norm().item()
                let expected = try #require(run.final[name])
                #expect(abs(norm - expected) <= 1e-4 * expected, "\(name)")
            }
            #expect(trainer.step == batches.count)
        }

        @Test(arguments: ["full", "all"]) func wholeModel(_ name: String) throws {
            let file = try Golden.file()
            let run = try #require(file.runs[name])
            let model = try Golden.model()
            let before = try model.weights()
            try compare(Trainer(model, options: options(run)), file.batches, run)
            // What was given stays as it is.
            #expect(try model.weights() == before)
        }

        @Test func adapters() throws {
            let file = try Golden.file()
            let run = try #require(file.runs["lora"])
            let model = try Golden.model()
            var options = options(run)
            options.adapters = try AdapterFolder.attach(Golden.path("adapter"), to: model)
            #expect(options.adapters == AdapterOptions(rank: 4, alpha: 12, targets: ["down_proj", "q_proj", "v_proj"]))
            let trainer = try Trainer(model, options: options)
            try compare(trainer, file.batches, run)
            #expect(try trainer.model.weights() == model.weights())
        }
    }
#endif
