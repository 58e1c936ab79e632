/// Seconds on one core with models of the lab's size.
enum Estimate {
    /// A trace of about 31 tokens.
    static let sample = 0.0031
    /// How many times as long under a penalty, or when whole drafts are judged.
    static func effort(_ settings: SampleSettings) -> Double {
        guard settings.penalty.proxy != nil else { return 1 }
        return settings.penalty.penaltyStrength != nil ? 2.4 : 1.8
    }
    static let gradient = 3.0
    /// A trace.
    static func rewriting(_ settings: SanitizeSettings) -> Double {
        guard settings.swapModels.proxy != nil else { return 0.001 }
        // Random swaps are not looked for.
        if settings.swaps.gain == .random { return 0.01 }
        guard settings.swaps.swapCandidates > 0 else { return 0.03 }
        // All positions are about eight for each swap.
        return 0.02 + 0.02 * Double(settings.swaps.swapPositions == 0 ? 8 : settings.swaps.swapPositions)
    }
    static let score = 0.004
    /// A request, if sixteen wait for a second or so each.
    static let judge = 0.1
    static let attack = 1.0
    /// A trace and epoch.
    static let train = 0.0052
    /// A problem.
    static let evaluate = 0.0025
    static let audit = 12.0
    static let auditPlan = 2.0
}
