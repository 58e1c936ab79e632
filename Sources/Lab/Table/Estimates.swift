import Statistics

/// A mean with an interval around it.
public struct MeanEstimate: Hashable, Sendable {
    /// The mean.
    public var mean: Double
    /// The interval's lower end.
    public var low: Double
    /// Its upper end.
    public var high: Double

    package static let confidence = 0.95

    /// The accuracy of several students judged on the same problems.
    ///
    /// Two errors are added as if independent: the spread between seeds (a t interval; none of a single student), and that the
    /// problems are a sample (Wilson's interval at the mean; the problems are the same for all students, so more students do
    /// not lessen it). With one student the interval is Wilson's alone and knows nothing of seeds.
    public static func accuracy(_ shares: [Double], problems: Int) -> MeanEstimate? {
        guard let overSeeds = MeanInterval(shares, confidence: confidence) else { return nil }
        let mean = overSeeds.mean
        let successes = Int((mean * Double(problems)).rounded())
        let wilson = WilsonInterval.interval(successes: successes, trials: problems, confidence: confidence)
        let below = max(0, mean - wilson.lowerBound)
        let above = max(0, wilson.upperBound - mean)
        let seeds = overSeeds.error ?? 0
        return MeanEstimate(
            mean: mean, low: max(0, mean - (seeds * seeds + below * below).squareRoot()),
            high: min(1, mean + (seeds * seeds + above * above).squareRoot()))
    }
}

/// Student accuracy as a function of teacher accuracy, by straight lines between points.
package struct TradeoffCurve {
    private let points: [(teacher: Double, student: Double)]

    /// Nil without points.
    package init?(_ points: [(teacher: Double, student: Double)]) {
        guard !points.isEmpty else { return nil }
        self.points = points.sorted { ($0.teacher, $0.student) < ($1.teacher, $1.student) }
    }

    /// The student at this teacher, or at the nearest end of the curve; and at which teacher that is.
    package func student(at teacher: Double) -> (teacher: Double, student: Double) {
        let first = points[0]
        let last = points[points.count - 1]
        if teacher <= first.teacher { return first }
        if teacher >= last.teacher { return last }
        for (left, right) in zip(points, points.dropFirst()) where teacher <= right.teacher {
            let width = right.teacher - left.teacher
            guard width > 0 else { return right }
            let share = (teacher - left.teacher) / width
            return (teacher, left.student + share * (right.student - left.student))
        }
        return last
    }
}

/// How much of a text is left after rewriting.
package enum TextSimilarity {
    /// 1 less the edit distance in words over the longer text's number of words; 1 for two empty texts.
    package static func words(_ a: String, _ b: String) -> Double {
        let first = a.split(whereSeparator: \.isWhitespace)
        let second = b.split(whereSeparator: \.isWhitespace)
        let longer = max(first.count, second.count)
        guard longer > 0 else { return 1 }
        var row = Array(0...second.count)
        for (i, word) in first.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in second.enumerated() {
                let replaced = diagonal + (word == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return 1 - Double(row[second.count]) / Double(longer)
    }
}
