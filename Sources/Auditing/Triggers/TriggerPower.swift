import Foundation
import Statistics

/// What a planned hit rate gives a trigger audit of one key.
package enum TriggerPower {
    /// The probability that the wealth reaches 1/α within `pairs` pairs, each of them a hit with probability `hitRate`.
    package static func power(pairs: Int, hitRate: Double, targets: Int, alpha: Double) -> Double {
        guard pairs > 0, alpha > 0 else { return 0 }
        return reached(pairs: pairs, hitRate: hitRate, targets: targets, alpha: alpha).last ?? 0
    }

    /// The fewest pairs that reach a power, nil if 1,000 do not.
    package static func pairsNeeded(hitRate: Double, targets: Int, alpha: Double, power: Double) -> Int? {
        guard alpha > 0 else { return nil }
        return reached(pairs: 1000, hitRate: hitRate, targets: targets, alpha: alpha)
            .firstIndex { $0 >= power }.map { $0 + 1 }
    }

    /// The probability of having reached 1/α after 1, 2, ... pairs. The wealth depends on the number of hits alone, so the
    /// paths that have not reached it yet are counted by it.
    private static func reached(pairs: Int, hitRate: Double, targets: Int, alpha: Double) -> [Double] {
        let hit = log(BettingEProcess.pairEValue(hit: true, targets: targets))
        let miss = log(BettingEProcess.pairEValue(hit: false, targets: targets))
        let rate = hitRate.isNaN ? 0 : min(1, max(0, hitRate))
        var open = [1.0]
        var total = 0.0
        var result: [Double] = []
        for pair in 1...pairs {
            var next = [Double](repeating: 0, count: pair + 1)
            for (hits, mass) in open.enumerated() where mass > 0 {
                next[hits] += mass * (1 - rate)
                next[hits + 1] += mass * rate
            }
            for hits in next.indices where Double(hits) * hit + Double(pair - hits) * miss >= -log(alpha) {
                total += next[hits]
                next[hits] = 0
            }
            open = next
            result.append(min(1, total))
        }
        return result
    }
}
