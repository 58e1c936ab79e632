import Marks
import Testing

@Suite struct DetectionPowerTests {
    @Test(arguments: [(0.5, 0.05, 0.01), (0.5, 0.3, 0.001), (1.0 / 900, 0.5, 0.01), (0.3, 0.25, 0.01)])
    func theSampleNeededReachesThePower(chance: Double, effect: Double, alpha: Double) throws {
        let needed = try #require(
            DetectionPower.observationsNeeded(chance: chance, effect: effect, alpha: alpha, power: 0.8))
        #expect(DetectionPower.power(observations: needed, chance: chance, effect: effect, alpha: alpha) >= 0.8)
        #expect(DetectionPower.power(observations: needed - 1, chance: chance, effect: effect, alpha: alpha) < 0.8)
    }

    @Test func knownValues() {
        // Two hits of two at 1/900 are p = 1.2e-6; one is p = 0.0011: one hit suffices, and 1/2 + 1/1800 hit.
        let power = DetectionPower.power(observations: 3, chance: 1 / 900, effect: 0.5, alpha: 0.01)
        #expect(abs(power - (1 - 0.499_444_444_4 * 0.499_444_444_4 * 0.499_444_444_4)) < 1e-9)
        #expect(DetectionPower.observationsNeeded(chance: 1 / 900, effect: 0.5, alpha: 0.01, power: 0.8) == 3)
        #expect(DetectionPower.power(observations: 0, chance: 0.5, effect: 1, alpha: 0.01) == 0)
        #expect(DetectionPower.observationsNeeded(chance: 0.5, effect: 0, alpha: 0.01, power: 0.8) == nil)
        #expect(DetectionPower.observationsNeeded(chance: 0.5, effect: 1, alpha: 0.01, power: 0.8) == 7)
    }
}
