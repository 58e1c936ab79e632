#if Torch
    import FineTuning

    /// How far a training is.
    public struct TrainingProgress: Hashable, Sendable {
        /// The step just taken.
        public var entry: TrainingLogEntry
        /// The steps of the whole run.
        public var totalSteps: Int
        /// Steps that this process has taken.
        public var steps: Int
        /// Tokens of those steps, padding not counted.
        public var tokens: Int
        /// How long they took.
        public var seconds: Double
    }

    /// Counts the steps of a training.
    final class TrainingMeter {
        private let totalSteps: Int
        private let start = ContinuousClock.now
        private var steps = 0
        private var tokens = 0

        init(totalSteps: Int) { self.totalSteps = totalSteps }

        /// Seconds since the beginning.
        var seconds: Double { start.duration(to: .now) / .seconds(1) }

        /// Takes a step into account; `tell` hears of it, and whether it is the last.
        func add(_ entry: TrainingLogEntry, _ tell: (TrainingProgress, _ isLast: Bool) -> Void) {
            steps += 1
            tokens += entry.tokens
            tell(
                TrainingProgress(
                    entry: entry, totalSteps: totalSteps, steps: steps, tokens: tokens, seconds: seconds),
                entry.step == totalSteps)
        }
    }
#endif
