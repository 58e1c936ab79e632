/// Divides every score by a temperature.
public final class TemperatureLogitsWarper: RowLogitsProcessor {
    /// What scores are divided by.
    public let temperature: Double
    let divisor: Float

    /// - Parameter temperature: Above 0; decoding at 0 is ``GreedySampler``.
    /// - Throws: ``GenerationError/invalidParameter(name:value:allowed:)``.
    public init(_ temperature: Double) throws {
        let divisor = Float(temperature)
        guard divisor > 0, divisor.isFinite else {
            throw GenerationError.invalidParameter(
                name: "temperature", value: "\(temperature)", allowed: "a number above 0")
        }
        self.temperature = temperature
        self.divisor = divisor
    }

    /// Divides; the order stays, except among scores that rounding has made equal.
    ///
    /// - Throws: Nothing.
    public func process(_ row: inout CandidateScores, sequence: SequenceContext) throws {
        guard divisor != 1 else { return }
        row.scores.withUnsafeMutableBufferPointer { scores in
            for i in scores.indices { scores[i] /= divisor }
        }
        row.restoreOrder()
    }
}
