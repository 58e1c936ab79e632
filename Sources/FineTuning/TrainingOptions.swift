#if Torch
    import TrainingExamples

    /// Everything that decides what training does to given weights and examples.
    public struct TrainingOptions: Codable, Hashable, Sendable {
        /// Which tokens the loss is taken over.
        public typealias Loss = LearntTokens

        /// Passes over the examples; a fraction stops within a pass.
        public var epochs = 1.0
        /// The number of optimiser steps; nil to count by ``epochs``.
        public var steps: Int?
        /// Examples in one forward pass.
        public var batchSize = 16
        /// Forward passes whose gradients make one optimiser step. The loss of a step is the mean over all their tokens,
        /// so that b·n examples give the same gradient however they are split.
        public var accumulation = 1
        /// The learning rate at its peak.
        public var learningRate = 2e-5
        /// How it changes.
        public var schedule = LearningRateSchedule.cosine
        /// The length of the warm-up: below 1 a share of all steps, otherwise a number of steps.
        public var warmup = 0.0
        /// Decoupled weight decay. It acts on matrices, not on norms and biases.
        public var weightDecay = 0.01
        /// Decay of the mean of gradients.
        public var beta1 = 0.9
        /// Decay of the mean of squared gradients.
        public var beta2 = 0.999
        /// Added to the root of the mean of squared gradients.
        public var epsilon = 1e-8
        /// The largest norm of the whole gradient, 0 for no limit.
        public var maximumGradientNorm = 1.0
        /// Which tokens the loss is taken over.
        public var loss = Loss.completion
        /// Whether examples of similar length go into one batch: less padding, batches less random.
        public var groupsByLength = false
        /// Decides the order of the examples and the adapters' first values.
        public var seed: UInt64 = 0
        /// Low-rank adapters to train in place of the weights; nil to train all weights.
        public var adapters: AdapterOptions?

        /// The defaults.
        public init() {}

        /// - Throws: ``FineTuningError`` with code `invalidOption`.
        public func validate() throws(FineTuningError) {
            func require(_ condition: Bool, _ message: String) throws(FineTuningError) {
                guard condition else { throw FineTuningError(.invalidOption, message) }
            }
            try require(epochs.isFinite && epochs > 0 && epochs <= 1e6, "epochs must be above 0")
            try require((steps ?? 1) > 0, "steps must be above 0")
            try require(batchSize > 0, "the batch size must be above 0")
            try require(accumulation > 0, "the number of accumulated batches must be above 0")
            try require(batchSize <= 1 << 20 && accumulation <= 1 << 20, "batches of more than 2^20 examples")
            try require(learningRate.isFinite && learningRate >= 0, "the learning rate must be a number from 0")
            try require(warmup.isFinite && warmup >= 0 && warmup <= 1e9, "the warm-up must be a number from 0")
            try require(weightDecay.isFinite && weightDecay >= 0, "the weight decay must be a number from 0")
            try require(0..<1 ~= beta1 && 0..<1 ~= beta2, "the decay rates of the means must be from 0 and below 1")
            try require(epsilon.isFinite && epsilon >= 0, "epsilon must be a number from 0")
            try require(
                maximumGradientNorm.isFinite && maximumGradientNorm >= 0, "the gradient's limit must be a number from 0"
            )
            try adapters?.validate()
        }

        /// The optimiser steps of a run.
        public func totalSteps(exampleCount: Int) -> Int {
            if let steps { return steps }
            let perEpoch = BatchPlan.stepsPerEpoch(exampleCount: exampleCount, options: self)
            return max(1, Int((epochs * Double(perEpoch)).rounded(.up)))
        }

        /// The steps of the warm-up.
        public func warmupSteps(total: Int) -> Int {
            Int((warmup < 1 ? warmup * Double(total) : warmup).rounded(.up))
        }

        /// The learning rate in a step, from 0.
        public func learningRate(step: Int, total: Int) -> Double {
            learningRate * schedule.factor(step: step, total: total, warmup: warmupSteps(total: total))
        }
    }
#endif
