import Testing

@testable import Auditing

@Test("A histogram keeps what it was made of")
func histogram() {
    let histogram = AuditReport.Histogram(start: -3, width: 0.5, counts: [1, 2], real: 4)
    #expect(histogram.counts.count == 2)
}
