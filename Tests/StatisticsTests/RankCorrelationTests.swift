import TestSupport
import Testing

@testable import Statistics

@Suite struct RankCorrelationTests {
    typealias Known = (a: [Double], b: [Double], expected: Double)

    /// The last two have ties: Pearson's correlation of the mean ranks, computed apart.
    static let known: [Known] = [
        ([1, 2, 3, 4], [10, 20, 30, 40], 1), ([1, 2, 3, 4], [8, 6, 4, 2], -1),
        ([1, 2, 2, 3], [1, 3, 2, 4], 0.9486832980505138), ([3, 1, 4, 1, 5], [9, 2, 6, 5, 3], 0.2051956704170308),
    ]

    @Test(arguments: known)
    func knownValues(_ known: Known) throws {
        let (a, b, expected) = known
        #expect(abs(try #require(RankCorrelation.spearman(a, b)) - expected) < 1e-12)
        #expect(RankCorrelation.spearman(a, b) == RankCorrelation.spearman(b, a))
    }

    @Test func monotoneTransformationsChangeNothing() throws {
        var random = SplitMix64(seed: 12)
        let a = (0..<200).map { _ in Double.random(in: -3...3, using: &random) }
        let b = a.map { $0 + Double.random(in: -2...2, using: &random) }
        let rho = try #require(RankCorrelation.spearman(a, b))
        #expect((0.5..<1).contains(rho))
        #expect(try #require(RankCorrelation.spearman(a.map { $0 * $0 * $0 }, b.map { 5 - 2 * $0 })) == -rho)
    }

    static let unordered: [[[Double]]] = [
        [[], []], [[1], [2]], [[1, 2], [1, 2, 3]], [[1, 1, 1], [1, 2, 3]], [[1, .nan], [1, 2]],
    ]

    @Test(arguments: unordered)
    func withoutOrderThereIsNone(_ lists: [[Double]]) {
        #expect(RankCorrelation.spearman(lists[0], lists[1]) == nil)
    }
}
