import Foundation
import Marks
import Statistics

/// Σ w·g of many decoys at once, every g drawn independently from its law.
///
/// Decoys come in groups of `lanes`, each with a stream of its own that its number and the seed decide.
struct DecoyDraws {
    /// Decoys per group.
    static let lanes = 256

    private var generator: SeededGenerator

    init(seed: UInt64, group: Int) {
        let stream = SeededGenerator.mix(seed ^ SeededGenerator.mix(UInt64(truncatingIfNeeded: group)))
        generator = SeededGenerator(seed: stream)
    }

    /// The sums of a group's decoys.
    mutating func sums(of weights: [Double], law: TokenScoreLaw) -> [Double] {
        var sums = [Double](repeating: 0, count: Self.lanes)
        sums.withUnsafeMutableBufferPointer { sums in
            weights.withUnsafeBufferPointer { weights in
                switch law {
                case .count(let trials, let probability):
                    let threshold = UInt64(min(max((probability * 0x1p32).rounded(), 0), 0x1p32))
                    for _ in 0..<trials {
                        addBits(weights, scale: 1 / Double(trials), threshold: threshold, to: sums)
                    }
                case .exponential(let a, let b):
                    addExponentials(weights, scale: a, to: sums)
                    if b != 0 { addExponentials(weights, scale: b, to: sums) }
                }
            }
        }
        return sums
    }

    /// Adds weights · bits that are 1 with probability threshold/2³². The sums of all subsets of eight weights are made
    /// first, so that a random byte adds eight products at once.
    private mutating func addBits(
        _ weights: UnsafeBufferPointer<Double>, scale: Double, threshold: UInt64,
        to sums: UnsafeMutableBufferPointer<Double>
    ) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 256) { subsets in
            subsets.initialize(repeating: 0)
            for start in stride(from: 0, to: weights.count, by: 8) {
                for bit in 0..<8 {
                    let weight = start + bit < weights.count ? weights[start + bit] * scale : 0
                    for subset in 0..<1 << bit { subsets[1 << bit + subset] = subsets[subset] + weight }
                }
                for lane in stride(from: 0, to: Self.lanes, by: 8) {
                    var bits = bernoulli(threshold)
                    for place in lane..<lane + 8 {
                        sums[place] += subsets[Int(bits & 0xFF)]
                        bits >>= 8
                    }
                }
            }
        }
    }

    /// 64 independent bits: bit by bit from the highest, 32-bit numbers are compared with the threshold until all of them
    /// are decided.
    private mutating func bernoulli(_ threshold: UInt64) -> UInt64 {
        guard threshold < 1 << 32 else { return ~0 }
        var rest = UInt32(truncatingIfNeeded: threshold)
        var undecided = ~UInt64(0)
        var below: UInt64 = 0
        while rest != 0, undecided != 0 {
            let word = generator.next()
            if rest & 0x8000_0000 != 0 {
                below |= undecided & ~word
                undecided &= word
            } else {
                undecided &= ~word
            }
            rest <<= 1
        }
        return below
    }

    /// Adds weights · scale · Exp(1).
    private mutating func addExponentials(
        _ weights: UnsafeBufferPointer<Double>, scale: Double, to sums: UnsafeMutableBufferPointer<Double>
    ) {
        for weight in weights {
            let factor = -weight * scale
            for lane in 0..<Self.lanes {
                sums[lane] += factor * log((Double(generator.next() >> 11) + 0.5) * 0x1p-53)
            }
        }
    }
}
