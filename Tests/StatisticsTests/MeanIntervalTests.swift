import Statistics
import Testing

@Suite struct MeanIntervalTests {
    /// scipy.stats.t.interval(confidence, n - 1, mean, scipy.stats.sem(values)), scipy 1.17.1.
    @Test(
        arguments: [
            ([1, 2, 3, 4, 5, 1, 2, 4, 5, 1, 2], 0.95, 2.727272727272727, 1.682575638100021, 3.7719698164454334),
            ([0.35, 0.295, 0.4175], 0.95, 0.3541666666666667, 0.20174941528573376, 0.5065839180475996),
            ([-4, 7.5], 0.9, 1.75, -34.554071209381505, 38.05407120938146),
            ([1_000_000, 1_000_001, 1_000_002, 1_000_005], 0.99, 1_000_002, 999995.6910968868, 1000008.3089031132),
        ] as [([Double], Double, Double, Double, Double)])
    func endsAreThoseOfSciPy(values: [Double], confidence: Double, mean: Double, low: Double, high: Double) throws {
        let interval = try #require(MeanInterval(values, confidence: confidence))
        #expect(abs(interval.mean - mean) < 1e-12)
        #expect(try abs(#require(interval.low) - low) < 1e-7)
        #expect(try abs(#require(interval.high) - high) < 1e-7)
    }

    @Test func oneValueHasNoSpreadAndNoneNoMean() throws {
        let one = try #require(MeanInterval([3]))
        #expect(one.mean == 3 && one.error == nil && one.low == nil && one.high == nil)
        #expect(MeanInterval([]) == nil)
        let equal = try #require(MeanInterval([2, 2, 2, 2]))
        #expect(equal.low == 2 && equal.high == 2)
    }
}
