#if Torch
    import Denature
    import FineTuning

    extension LearningSettings {
        /// What they say about training.
        ///
        /// - Parameter randomWeights: Whether the model begins with random weights, which a larger learning rate suits.
        public func options(randomWeights: Bool = false) -> TrainingOptions {
            var options = TrainingOptions()
            options.batchSize = batchSize
            options.accumulation = accumulate
            options.learningRate = lr ?? (loraRank != nil ? 2e-4 : randomWeights ? 1e-3 : 2e-5)
            options.schedule = schedule
            options.warmup = warmup
            options.weightDecay = weightDecay
            options.maximumGradientNorm = clip
            options.adapters = loraRank.map { rank in
                AdapterOptions(
                    rank: rank, alpha: loraAlpha ?? 2 * Double(rank),
                    targets: loraTargets.split(separator: ",").map(String.init))
            }
            return options
        }
    }

    extension TrainSettings {
        /// What they say about training.
        public var options: TrainingOptions {
            var options = learning.options(randomWeights: initialShape != nil)
            options.epochs = epochs ?? 1
            options.steps = steps
            options.loss = loss
            options.groupsByLength = groupByLength
            options.seed = seed
            return options
        }
    }
#endif
