/// How a chain of audits spends its α: half of what is left each time, and all of it the last time.
package enum AuditLevels {
    /// The level of round `round` (from 1): α/2^round, or for the last one all that is left, α/2^(round − 1).
    package static func level(alpha: Double, round: Int, isLast: Bool) -> Double {
        var left = alpha
        for _ in 1..<max(1, round) { left /= 2 }
        return isLast ? left : left / 2
    }
}

extension AuditPlan.Levels {
    /// The first audit of a chain.
    package static func first(alpha: Double, isLast: Bool) -> Self {
        .init(
            alpha: alpha, round: 1, last: isLast, level: AuditLevels.level(alpha: alpha, round: 1, isLast: isLast),
            previous: nil)
    }

    /// The audit after one whose evidence is complete.
    ///
    /// - Parameters:
    ///   - evidence: The completed evidence.
    ///   - isLast: Whether no other will follow.
    /// - Throws: ``AuditError`` if there is nothing left to spend, or the evidence is incomplete.
    package static func continuing(_ evidence: AuditEvidence, isLast: Bool) throws(AuditError) -> Self {
        let header = evidence.header
        guard evidence.seal != nil else {
            throw .incompleteEvidence(path: evidence.path, reason: "an audit can follow only on a complete one")
        }
        guard !header.last else { throw .nothingLeft(path: evidence.path) }
        let round = header.round + 1
        return .init(
            alpha: header.alpha, round: round, last: isLast,
            level: AuditLevels.level(alpha: header.alpha, round: round, isLast: isLast),
            previous: .init(plan: header.plan, seal: evidence.lastCode.hex))
    }
}
