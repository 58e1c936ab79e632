import Answers
import Auditing
import Foundation
import Lab

/// What the finished stages say, read once each.
struct StageResults {
    let root: String
    private var traces: [String: TraceFigures] = [:]

    init(root: String) { self.root = root }

    /// Figures of a file of traces.
    struct TraceFigures {
        var traces = 0
        /// The share with the right answer; nil where no answer is known.
        var accuracy: Double?
        /// Per trace, as sampled.
        var meanTokens: Double?
        /// The teacher's, per token in nats, as sampled.
        var meanLogProbability: Double?
        /// KL(sampled ‖ teacher), nats.
        var klPerToken: Double?
        var klPerTrace: Double?
    }

    /// The members of a sampled line that are counted.
    private struct Line: Decodable {
        var tokens: Int?
        var logProb: Double?
        var kl: Double?
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    private func path(_ stage: String, _ file: String) -> String { "\(StageFolder.path(root, stage))/\(file)" }

    private func decoded<Value: Decodable>(
        _ type: Value.Type, _ stage: String, _ file: String
    ) throws(ExperimentError) -> Value {
        let path = path(stage, file)
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .unreadable(path: path, reason: "there is no such file")
        }
        do {
            return try Self.decoder.decode(type, from: data)
        } catch {
            throw .malformed(path: path, reason: "it is not the JSON that the command writes")
        }
    }

    private func records(_ stage: String) throws(ExperimentError) -> [AttackTrace] {
        let path = path(stage, PlanBuilder.File.traces)
        do {
            return try AttackTrace.read(path: path)
        } catch {
            throw .malformed(path: path, reason: "\(error)")
        }
    }

    // MARK: Traces

    /// Figures of the traces that a stage made.
    mutating func figures(_ stage: String) throws(ExperimentError) -> TraceFigures {
        if let known = traces[stage] { return known }
        var figures = TraceFigures()
        var graded = 0
        var right = 0
        var tokens = 0
        var logProbability = 0.0
        var kl: Double?
        let decoder = Self.decoder
        for record in try records(stage) {
            figures.traces += 1
            if let solution = record.solution {
                graded += 1
                if AnswerEquivalence.compare(trace: record.trace, reference: solution) == .equal { right += 1 }
            }
            guard let line = try? decoder.decode(Line.self, from: Data(record.line)), let count = line.tokens
            else { continue }
            tokens += count
            logProbability += (line.logProb ?? 0) * Double(count)
            if let value = line.kl { kl = (kl ?? 0) + value * Double(count) }
        }
        let count = Double(max(1, figures.traces))
        if graded > 0 { figures.accuracy = Double(right) / Double(graded) }
        if tokens > 0 {
            figures.meanTokens = Double(tokens) / count
            figures.meanLogProbability = logProbability / Double(tokens)
            figures.klPerToken = kl.map { $0 / Double(tokens) }
            figures.klPerTrace = kl.map { $0 / count }
        }
        traces[stage] = figures
        return figures
    }

    private struct SampleResult: Decodable {
        var totalSampledTokens: Int
    }

    /// All tokens that the teacher wrote, those of drafts that were not released included.
    func sampledTokens(_ stage: String) throws(ExperimentError) -> Int {
        try decoded(SampleResult.self, stage, PlanBuilder.File.result).totalSampledTokens
    }

    /// The share of a stage's traces with the right answer.
    func accuracy(_ stage: String) throws(ExperimentError) -> Double {
        try decoded(SampleAccuracy.self, stage, PlanBuilder.File.result).accuracy
    }

    private struct SampleAccuracy: Decodable {
        var accuracy: Double
    }

    struct Score: Decodable {
        var meanTokens: Double
        var meanLogProb: Double?
    }

    /// What a model says of a file of traces.
    func score(_ stage: String) throws(ExperimentError) -> Score {
        try decoded(Score.self, stage, PlanBuilder.File.result)
    }

    private struct Judgement: Decodable {
        var meanScore: Double?
    }

    /// A judge's mean score of a file of traces; nil where no reply had one.
    func judgement(_ stage: String) throws(ExperimentError) -> Double? {
        try decoded(Judgement.self, stage, PlanBuilder.File.result).meanScore
    }

    /// How much of each trace is left, on average; nil where traces are missing.
    func similarity(_ original: String, _ rewritten: String) throws(ExperimentError) -> Double? {
        let before = try records(original)
        let after = try records(rewritten)
        guard before.count == after.count, !before.isEmpty else { return nil }
        return zip(before, after).reduce(0) { $0 + TextSimilarity.words($1.0.trace, $1.1.trace) }
            / Double(before.count)
    }

    // MARK: Students

    struct Evaluation: Decodable {
        var accuracy: Double
        var problems: Int
    }

    /// How a student was judged.
    func evaluation(_ stage: String) throws(ExperimentError) -> Evaluation {
        try decoded(Evaluation.self, stage, PlanBuilder.File.result)
    }

    /// The smallest adjusted p-value of a customer's key in an audit, as its base-10 logarithm, whether the key was found,
    /// and how many other customers' were.
    func audit(
        _ stage: String, tenant: String
    ) throws(ExperimentError) -> (log10P: Double, isFound: Bool, others: Int) {
        let path = path(stage, PlanBuilder.File.report)
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .unreadable(path: path, reason: "there is no such file")
        }
        let report: AuditReport
        do {
            report = try AuditReport(json: data)
        } catch {
            throw .malformed(path: path, reason: "\(error)")
        }
        let results = report.tests.flatMap(\.results)
        let own = results.filter { $0.tenant == tenant }
        let others = Set(results.filter { $0.tenant != tenant && $0.isFound }.map(\.tenant))
        return (own.map(\.log10PAdjusted).min() ?? 0, own.contains(where: \.isFound), others.count)
    }
}
