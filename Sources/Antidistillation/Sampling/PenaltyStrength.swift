/// How strongly a sampler is pushed along Δ.
public enum PenaltyStrength: Hashable, Sendable {
    /// λ′ = λ·‖g‖: free of the gradient's scale, so that one value serves different proxies.
    case scaleFree(Double)
    /// λ as it stands before Δ.
    case raw(Double)

    /// λ for a gradient of norm ‖g‖. Without a direction (‖g‖ = 0) every Δ is 0, and so is λ.
    ///
    /// - Throws: ``AntidistillationError`` with code `invalidOption` for a strength that is negative or not finite. The
    ///   other way is taken with the negated gradient, which the record of a run then shows.
    public func lambda(gradientNorm: Double) throws(AntidistillationError) -> Double {
        let (value, name) =
            switch self {
            case .scaleFree(let value): (value, "strength")
            case .raw(let value): (value, "lambda")
            }
        guard value.isFinite, value >= 0 else {
            throw AntidistillationError(.invalidOption, "the \(name) must be a number from 0 on, not \(value)")
        }
        guard gradientNorm.isFinite, gradientNorm >= 0 else {
            throw AntidistillationError(.invalidOption, "the gradient's norm must be a number, not \(gradientNorm)")
        }
        switch self {
        case .raw: return value
        case .scaleFree: return gradientNorm > 0 ? value / gradientNorm : 0
        }
    }
}

/// Where the penalty stands among the steps from logits to the sampled distribution.
public enum PenaltyOrder: String, Codable, Hashable, Sendable, CaseIterable {
    /// After temperature and truncation: softmax(log p(v)/τ + λΔ(v)) on the teacher's own support, so that nothing
    /// outside the teacher's nucleus can appear.
    case truncated
    /// Before temperature and truncation, as the authors' code has it: λ of the paper is λ of their code divided by τ, and
    /// the penalty can lift a token into the nucleus. Needs Δ of the whole vocabulary.
    case reference
}
