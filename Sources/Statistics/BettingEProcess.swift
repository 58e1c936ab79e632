import Foundation

/// Evidence that may be looked at after every observation: the wealth of a bet against the null hypothesis.
///
/// While the null holds, each factor e has expectation at most 1, and the wealth ever reaches 1/α with probability at
/// most α (Ville's inequality). Wealth is kept as a natural logarithm.
public struct BettingEProcess: Sendable, Hashable {
    /// The level at which the null is rejected, in (0, 1].
    public let alpha: Double
    /// ln of the current wealth; 0 at the start, −∞ once a factor was 0.
    public private(set) var logWealth: Double
    /// ln of the largest wealth so far.
    public private(set) var logPeak: Double
    /// The number of factors so far.
    public private(set) var steps = 0

    /// A process that starts with wealth 1, or continues an earlier one. A level that is not a number or not positive
    /// can never be reached; one above 1 is read as 1.
    public init(alpha: Double, continuingFrom logWealth: Double = 0) {
        self.alpha = alpha.isNaN ? 0 : min(1, max(0, alpha))
        self.logWealth = logWealth.isNaN ? -.infinity : logWealth
        self.logPeak = self.logWealth
    }

    /// Whether the wealth has reached 1/α at any step: the null is rejected, and sampling can stop.
    public var isRejected: Bool { alpha > 0 && logPeak >= -log(alpha) }

    /// ln of a p-value valid at any stopping time: 1 over the largest wealth, at most 1.
    public var logPValue: Double { min(0, -logPeak) }

    /// Multiplies the wealth by one e-value. A negative one, or one that is not a number, is read as 0, which ends all
    /// hope of rejection.
    public mutating func multiply(e: Double) {
        steps += 1
        guard e > 0, logWealth > -.infinity else {
            logWealth = -.infinity
            return
        }
        logWealth += log(e)
        logPeak = max(logPeak, logWealth)
    }

    /// Bets on one completed trigger pair: e = 0.1 + 0.9·|T|·1{hit}, where a hit means that the pair's true target was
    /// the unique most frequent answer among the |T| targets. Under the null P(hit) ≤ 1/|T|, so the expectation is at
    /// most 1. A number of targets below 1 is read as 1.
    public mutating func addPair(hit: Bool, targets: Int) {
        multiply(e: Self.pairEValue(hit: hit, targets: targets))
    }

    /// The e-value of one pair, 0.1 + 0.9·|T|·1{hit}.
    public static func pairEValue(hit: Bool, targets: Int) -> Double {
        0.1 + (hit ? 0.9 * Double(max(1, targets)) : 0)
    }
}
