#if Torch
    import Antidistillation
    import Foundation
    import Statistics

    /// How well gains predict.
    public struct GainsReport: Encodable, Sendable {
        /// One gain's predictions.
        public struct Gain: Encodable, Sendable {
            /// The gain.
            public var gain: SwapGain
            /// Spearman's correlation with the true change of J; nil where all values are equal.
            public var spearman: Double?
            /// Its interval at 95 %, as if swaps of one trace were independent.
            public var interval: [Double]?
            /// For `rhb`: against the change that it predicts, the teacher's part included.
            public var spearmanWeighted: Double?
        }

        /// Traces that swaps were drawn from.
        public var traces: Int
        /// Swaps measured.
        public var swaps: Int
        /// ‖g‖.
        public var gradientNorm: Double
        /// Of the true changes of J.
        public var meanChange: Double
        /// All gains that the models allow.
        public var gains: [Gain]

        init(_ sample: GainSample, traces: Int, gradientNorm: Double) {
            self.traces = traces
            self.gradientNorm = gradientNorm
            swaps = sample.changes.count
            meanChange = sample.changes.reduce(0, +) / Double(max(1, sample.changes.count))
            gains = zip(sample.gains, sample.values).map { gain, values in
                let rho = RankCorrelation.spearman(values, sample.changes)
                return Gain(
                    gain: gain, spearman: rho,
                    interval: rho.flatMap { Self.interval($0, sample.changes.count) },
                    spearmanWeighted: gain == .rhb ? RankCorrelation.spearman(values, sample.weighted) : nil)
            }
        }

        /// Fisher's transformation with the variance of Bonett and Wright 2000 for ranks.
        private static func interval(_ rho: Double, _ count: Int) -> [Double]? {
            guard count > 3, abs(rho) < 1 else { return nil }
            let width = 1.959964 * ((1 + rho * rho / 2) / Double(count - 3)).squareRoot()
            return [tanh(atanh(rho) - width), tanh(atanh(rho) + width)]
        }
    }
#endif
