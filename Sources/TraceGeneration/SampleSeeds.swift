import Statistics

/// The seeds of a run's sequences: functions of the run's seed, the problem's number and the sample's number, and of
/// nothing else, so that neither batches nor interruptions change a trace.
public struct SampleSeeds: Hashable, Sendable {
    private let base: UInt64

    /// - Parameter seed: The run's seed.
    public init(_ seed: UInt64) {
        base = SeededGenerator.mix(seed)
    }

    /// The seed of a sequence: 53 bits, which every reader of JSON keeps.
    ///
    /// - Parameters:
    ///   - problem: The problem's number in the input, from 0.
    ///   - sample: The sample's or draft's number, from 0.
    public func seed(problem: Int, sample: Int) -> UInt64 {
        let own = SeededGenerator.mix(base &+ UInt64(truncatingIfNeeded: problem))
        return SeededGenerator.mix(own &+ UInt64(truncatingIfNeeded: sample)) >> 11
    }
}
