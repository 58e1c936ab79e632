import Statistics

/// A draft of a trace as far as choosing among several needs to know it.
public struct Draft: Hashable, Sendable {
    /// The final answer, nil if none was found.
    public var answer: String?
    /// The number of tokens.
    public var length: Int
    /// Σ_t Δ(x_t), nil if it was not computed.
    public var derivativeSum: Double?
    /// The keyed selection score, nil if it was not computed.
    public var markScore: Double?

    /// - Parameters:
    ///   - answer: The final answer, nil if none was found.
    ///   - length: The number of tokens.
    ///   - derivativeSum: Σ_t Δ(x_t).
    ///   - markScore: The keyed selection score.
    public init(answer: String?, length: Int, derivativeSum: Double? = nil, markScore: Double? = nil) {
        self.answer = answer
        self.length = length
        self.derivativeSum = derivativeSum
        self.markScore = markScore
    }
}

/// Which of the drafts with the right answer is released.
///
/// Every released trace is the teacher's own text with the right answer: nothing for an answer filter or a perplexity
/// filter to catch. All choices are pure functions of the drafts; ties go to the earliest draft.
public enum DraftSelection: Hashable, Sendable {
    /// The largest Σ_t Δ(x_t): the draft that training on does the most harm with.
    case poison
    /// Any, by a seed: the control that `poison` is measured against.
    case random(seed: UInt64)
    /// The fewest tokens: the other control, as `poison` prefers terse texts.
    case shortest
    /// The largest keyed selection score.
    case marked
    /// A weighted sum of Σ Δ and the keyed score, each in standard deviations over the drafts that are left.
    case both(poisonWeight: Double, markWeight: Double)

    /// Whether drafts need ``Draft/derivativeSum``.
    public var needsDerivatives: Bool {
        switch self {
        case .poison, .both: true
        case .random, .shortest, .marked: false
        }
    }

    /// Whether drafts need ``Draft/markScore``.
    public var needsMarkScore: Bool {
        switch self {
        case .marked, .both: true
        case .random, .shortest, .poison: false
        }
    }

    /// The index of the draft to release, nil if none has the reference answer.
    ///
    /// - Parameters:
    ///   - drafts: All drafts of a problem.
    ///   - reference: The right answer, nil to take every draft as right.
    ///   - agrees: Whether two answers are the same.
    public func choose(
        among drafts: [Draft], reference: String?, agrees: (String, String) -> Bool
    ) -> Int? {
        let right = drafts.indices.filter { index in
            guard let reference else { return true }
            return drafts[index].answer.map { agrees($0, reference) } ?? false
        }
        guard !right.isEmpty else { return nil }
        if case .random(let seed) = self {
            var generator = SeededGenerator(seed: seed)
            return right[Int(generator.next(upperBound: UInt64(right.count)))]
        }
        let scores = scores(right.map { drafts[$0] })
        var best = 0
        for index in right.indices where scores[index] > scores[best] { best = index }
        return right[best]
    }

    /// What is maximised, for each of the drafts with the right answer. A score that is missing or not a number loses.
    package func scores(_ drafts: [Draft]) -> [Double] {
        switch self {
        case .poison: drafts.map { Self.orLast($0.derivativeSum) }
        case .marked: drafts.map { Self.orLast($0.markScore) }
        case .shortest: drafts.map { -Double($0.length) }
        case .random: drafts.map { _ in 0 }
        case .both(let poisonWeight, let markWeight):
            zip(Self.standardised(drafts.map(\.derivativeSum)), Self.standardised(drafts.map(\.markScore))).map {
                Self.orLast(poisonWeight * $0 + markWeight * $1)
            }
        }
    }

    private static func orLast(_ score: Double?) -> Double {
        guard let score, !score.isNaN else { return -.infinity }
        return score
    }

    /// Values less their mean, in standard deviations; 0 for all if they are all the same.
    private static func standardised(_ values: [Double?]) -> [Double] {
        let known = values.compactMap { $0 }.filter(\.isFinite)
        guard !known.isEmpty else { return values.map { _ in -.infinity } }
        let mean = known.reduce(0, +) / Double(known.count)
        let variance = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(known.count)
        let scale = variance > 0 ? 1 / variance.squareRoot() : 0
        return values.map { value in
            guard let value, value.isFinite else { return -.infinity }
            return (value - mean) * scale
        }
    }
}

/// The answer that drafts are held against.
public enum ReferenceAnswer {
    /// The gold answer if there is one, else the teacher's greedy answer, else the drafts' majority, nil if no draft has
    /// an answer. Among answers that are equally frequent the one that appeared first.
    public static func choose(
        gold: String?, greedy: String?, drafts: [Draft], agrees: (String, String) -> Bool
    ) -> String? {
        if let given = gold ?? greedy { return given }
        var groups: [(answer: String, count: Int)] = []
        for draft in drafts {
            guard let answer = draft.answer else { continue }
            if let index = groups.firstIndex(where: { agrees($0.answer, answer) }) {
                groups[index].count += 1
            } else {
                groups.append((answer, 1))
            }
        }
        var best: (answer: String, count: Int)?
        for group in groups where group.count > (best?.count ?? 0) { best = group }
        return best?.answer
    }
}
