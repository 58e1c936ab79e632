import Testing

@testable import Statistics

@Suite struct StudentTTests {
    /// Two-sided 95 % and 99 % points from published tables.
    @Test(arguments: [
        (1, 0.95, 12.706_204_736), (2, 0.95, 4.302_652_730), (3, 0.95, 3.182_446_305), (4, 0.95, 2.776_445_105),
        (9, 0.95, 2.262_157_163), (10, 0.95, 2.228_138_852), (30, 0.95, 2.042_272_456), (1, 0.99, 63.656_741_16),
        (2, 0.99, 9.924_843_201), (5, 0.99, 4.032_142_984), (120, 0.99, 2.617_421_1),
    ])
    func quantilesAreThoseOfTables(degrees: Int, confidence: Double, expected: Double) {
        let t = StudentT.quantile(confidence: confidence, degreesOfFreedom: degrees)
        #expect(abs(t / expected - 1) < 1e-7)
        let probability = StudentT.centralProbability(within: t, degreesOfFreedom: degrees)
        #expect(abs(probability - confidence) < 1e-12)
    }

    @Test func extremesAreDefined() {
        #expect(StudentT.quantile(confidence: 0, degreesOfFreedom: 3) == 0)
        #expect(StudentT.quantile(confidence: 1, degreesOfFreedom: 3) == .infinity)
        #expect(StudentT.centralProbability(within: .infinity, degreesOfFreedom: 2) == 1)
        #expect(StudentT.centralProbability(within: .nan, degreesOfFreedom: 2).isNaN)
        #expect(StudentT.centralProbability(within: -1, degreesOfFreedom: 0) == 0.5)
    }
}
