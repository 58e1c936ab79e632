#if Torch
    import Statistics

    /// Which examples each step sees: a new order in every pass, a function of seed and pass alone, so that a run that
    /// goes on in the middle sees what it would have seen.
    package struct BatchPlan {
        private let lengths: [Int]
        private let options: TrainingOptions
        private var orderedEpoch = -1
        private var order: [Int] = []

        /// Steps of one pass whose examples are sorted by length together.
        private static let groupedSteps = 50

        /// - Parameters:
        ///   - lengths: The number of tokens of each example.
        ///   - options: Batch sizes and seed.
        package init(lengths: [Int], options: TrainingOptions) {
            self.lengths = lengths
            self.options = options
        }

        /// The optimiser steps of one pass. The last one of a pass may have fewer examples than the others.
        package static func stepsPerEpoch(exampleCount: Int, options: TrainingOptions) -> Int {
            let size = options.batchSize * options.accumulation
            return max(1, (exampleCount + size - 1) / size)
        }

        /// The examples of a step, from 0, in batches.
        package mutating func batches(step: Int) -> [[Int]] {
            let perEpoch = Self.stepsPerEpoch(exampleCount: lengths.count, options: options)
            let epoch = step / perEpoch
            if epoch != orderedEpoch {
                order = Self.order(lengths: lengths, epoch: epoch, options: options)
                orderedEpoch = epoch
            }
            let size = options.batchSize * options.accumulation
            let start = step % perEpoch * size
            let end = min(start + size, order.count)
            return stride(from: start, to: end, by: options.batchSize).map { first in
                Array(order[first..<min(first + options.batchSize, end)])
            }
        }

        private static func order(lengths: [Int], epoch: Int, options: TrainingOptions) -> [Int] {
            var generator = SeededGenerator(
                seed: SeededGenerator.mix(options.seed ^ SeededGenerator.mix(UInt64(epoch))))
            let shuffled = generator.shuffled(Array(lengths.indices))
            guard options.groupsByLength else { return shuffled }
            let size = options.batchSize * options.accumulation
            var sorted: [Int] = []
            for start in stride(from: 0, to: shuffled.count, by: size * groupedSteps) {
                // By length, then by place in the shuffled order: `sort` promises no stability.
                sorted += shuffled[start..<min(start + size * groupedSteps, shuffled.count)].enumerated()
                    .sorted { (-lengths[$0.element], $0.offset) < (-lengths[$1.element], $1.offset) }.map(\.element)
            }
            // Whole steps change places, the short one of the end stays there.
            let whole = generator.shuffled(Array(0..<sorted.count / size))
            return whole.flatMap { sorted[$0 * size..<($0 + 1) * size] } + sorted[(whole.count * size)...]
        }
    }

    extension SeededGenerator {
        /// Fisher and Yates, spelt out because the standard library does not promise its own draws for the future.
        mutating func shuffled(_ elements: [Int]) -> [Int] {
            var elements = elements
            for i in stride(from: elements.count - 1, to: 0, by: -1) {
                elements.swapAt(i, Int(next().multipliedFullWidth(by: UInt64(i + 1)).high))
            }
            return elements
        }
    }
#endif
