import Foundation
import Testing

@testable import Auditing

@Suite struct KeyRandomisationTests {
    @Test func ranks() {
        #expect(abs(KeyRandomisation.log10P(real: 3, decoys: [1, 2, 3, 4]) - log10(3.0 / 5)) < 1e-12)
        #expect(abs(KeyRandomisation.log10P(real: 5, decoys: [1, 2, 3, 4]) - log10(1.0 / 5)) < 1e-12)
        #expect(KeyRandomisation.log10P(real: 0, decoys: [1, 2, 3, 4]) == 0)
        #expect(KeyRandomisation.log10P(real: 5, decoys: []) == 0)
        #expect(KeyRandomisation.log10P(real: .nan, decoys: [1]) == 0)
        #expect(KeyRandomisation.log10P(real: 5, decoys: [.nan]) == 0)
    }

    /// The same sum added up in another order is a tie, not a victory.
    @Test(arguments: [0.3, 1, 37.5]) func nearlyEqualIsEqual(real: Double) {
        let decoys = [real * (1 - 1e-14), real * (1 + 1e-14), real - 1]
        #expect(abs(KeyRandomisation.log10P(real: real, decoys: decoys) - log10(3.0 / 4)) < 1e-12)
    }

    @Test func whatRandomisationCanReach() {
        #expect(KeyRandomisation.canReach(level: 0.01, familySize: 100, decoys: 9999))
        #expect(!KeyRandomisation.canReach(level: 0.01, familySize: 101, decoys: 9999))
        #expect(!KeyRandomisation.canReach(level: 0.01, familySize: 1, decoys: 98))
        #expect(!KeyRandomisation.canReach(level: 0.01, familySize: 0, decoys: -5))
    }

    @Test func contradictions() {
        let decoys = (0..<1000).map { Double($0) }
        func contradicts(_ p: Double, _ real: Double, isBound: Bool = false) -> Bool {
            KeyRandomisation.contradicts(log10P: log10(p), isBound: isBound, real: real, decoys: decoys)
        }
        #expect(!contradicts(0.1, 900))
        #expect(!contradicts(0.1, 880))
        // A tenth of the decoys score as much, and p says a hundredth or a half.
        #expect(contradicts(0.01, 900))
        #expect(contradicts(0.01, 900, isBound: true))
        #expect(contradicts(0.5, 900))
        #expect(!contradicts(0.5, 900, isBound: true))
        #expect(!contradicts(1e-30, 5000))
        #expect(!KeyRandomisation.contradicts(log10P: -300, isBound: false, real: 1, decoys: []))
    }

    @Test func histograms() {
        let histogram = KeyRandomisation.histogram(real: 40, decoys: [0, 0.1, 1, 1.9, 2, .nan, .infinity], bins: 4)
        #expect(histogram == AuditReport.Histogram(start: 0, width: 0.5, counts: [2, 0, 1, 2], real: 40))
        let equal = KeyRandomisation.histogram(real: 0, decoys: [0, 0, 0], bins: 5)
        #expect(equal.counts == [0, 0, 3, 0, 0])
        #expect(equal.start == -0.5 && abs(equal.width - 0.2) < 1e-15)
        let none = KeyRandomisation.histogram(real: .nan, decoys: [], bins: 0)
        #expect(none == AuditReport.Histogram(start: -0.5, width: 1, counts: [0], real: 0))
    }
}

@Suite struct AuditPowerTests {
    @Test(arguments: [0.01, 0.01 / 150, 1e-12], [AuditPower.PValue.tail, .chernoff])
    func plansAgreeWithThemselves(level: Double, pValue: AuditPower.PValue) throws {
        for effect in [0.02, 0.1, 0.5, 3] {
            let n = try #require(AuditPower.unitsNeeded(effect: effect, level: level, power: 0.8, by: pValue))
            #expect(AuditPower.power(effect: effect, units: n, level: level, by: pValue) >= 0.8 - 1e-9)
            if n > 1 { #expect(AuditPower.power(effect: effect, units: n - 1, level: level, by: pValue) < 0.8) }
            let least = AuditPower.detectableEffect(units: n, level: level, power: 0.8, by: pValue)
            #expect(least <= effect && least > effect * (1 - 1 / Double(n)) - 1e-12)
        }
    }

    @Test func chernoffCostsPower() throws {
        let tail = try #require(AuditPower.unitsNeeded(effect: 0.1, level: 1e-4, power: 0.8))
        let chernoff = try #require(AuditPower.unitsNeeded(effect: 0.1, level: 1e-4, power: 0.8, by: .chernoff))
        #expect(tail < chernoff && chernoff < 2 * tail)
    }

    @Test func withoutAnEffectThereIsOnlyTheLevel() {
        #expect(abs(AuditPower.power(effect: 0, units: 100, level: 0.01) - 0.01) < 1e-12)
        #expect(AuditPower.power(effect: 1, units: 0, level: 0.01) == 0)
        #expect(AuditPower.power(effect: .nan, units: 5, level: 0.01) == 0)
        #expect(AuditPower.power(effect: 1, units: 100, level: 0) == 0)
        #expect(AuditPower.unitsNeeded(effect: 0, level: 0.01, power: 0.8) == nil)
        #expect(AuditPower.unitsNeeded(effect: 1e-9, level: 0.01, power: 0.8) == nil)
        #expect(AuditPower.unitsNeeded(effect: 0.1, level: 0, power: 0.8) == nil)
        #expect(AuditPower.unitsNeeded(effect: 0.1, level: 0.01, power: 1) == nil)
        #expect(AuditPower.detectableEffect(units: 0, level: 0.01, power: 0.8) == .infinity)
    }
}
