import Problems
import Sanitizing

/// Reads a public set of problems from local files, and splits it for training and holdout.
///
///     var settings = TracesImportSettings()
///     settings.inputs = ["train.jsonl"]
///     settings.output = "problems.jsonl"
///     settings.holdout = "holdout.jsonl"
///     let report = try await ProblemImport(settings).run().report()
public struct ProblemImport: Sendable {
    /// What is read, and where it goes.
    public let settings: TracesImportSettings

    /// - Throws: ``SettingsError``.
    public init(_ settings: TracesImportSettings) throws(SettingsError) {
        try settings.validate()
        self.settings = settings
    }

    /// Reads, splits and writes. Errors of the run: `ProblemSetError` naming file and line, `SanitizeError` for outputs.
    public func run() -> JobRun<Never, ProblemImportReport> { JobRun { _ in try importing() } }

    private func importing() throws -> ProblemImportReport {
        let set = try ProblemSet(format: settings.format, paths: settings.inputs)
        var parts = [Part(settings.output)]
        if let holdout = settings.holdout { parts.append(Part(holdout)) }
        let duplicates = sort(set.problems, into: &parts)
        try write(parts)
        return ProblemImportReport(
            format: settings.format.rawValue, problems: set.problems.count, duplicates: duplicates,
            training: parts[0].problems.count,
            holdout: settings.holdout.map { _ in parts[parts.count - 1].problems.count })
    }

    private struct Part {
        let path: String
        var problems: [ImportedProblem] = []

        init(_ path: String) { self.path = path }
    }

    /// Puts problems into their parts; returns how many were there before.
    private func sort(_ problems: [ImportedProblem], into parts: inout [Part]) -> Int {
        let split = ProblemSplit(trainingShare: settings.trainShare, seed: settings.seed)
        var seen: Set<String> = []
        var duplicates = 0
        for problem in problems {
            let isNew = seen.insert(ProblemSplit.normalised(problem.problem)).inserted
            if !isNew { duplicates += 1 }
            if settings.distinct, !isNew { continue }
            let part = parts.count == 1 || split.isTraining(problem.question) ? 0 : 1
            parts[part].problems.append(problem)
        }
        guard let limit = settings.limit else { return duplicates }
        for part in parts.indices {
            // A draw rather than the first ones: sets are sorted by subject.
            let draws = parts[part].problems.map { split.draw($0.question) }
            let chosen = draws.indices.sorted { (draws[$0], $0) < (draws[$1], $1) }.prefix(limit).sorted()
            parts[part].problems = chosen.map { parts[part].problems[$0] }
        }
        return duplicates
    }

    /// Writes all parts, and puts them in their places only when all are complete.
    private func write(_ parts: [Part]) throws {
        var writers: [LineOutput] = []
        do {
            for part in parts {
                let others = parts.map(\.path).filter { $0 != part.path && $0 != "-" }
                let writer = try LineOutput(
                    argument: part.path, force: settings.force, inputs: settings.inputs + others)
                writers.append(writer)
                for problem in part.problems {
                    try writer.write(
                        try problem.line(instruction: settings.instruction, withTrace: settings.withTraces))
                }
            }
            for writer in writers { try writer.finish() }
        } catch {
            for writer in writers { writer.abandon() }
            throw error
        }
    }
}

/// What was imported.
public struct ProblemImportReport: Encodable, Equatable, Sendable {
    /// The set.
    public var format: String
    /// Problems that were read.
    public var problems: Int
    /// How many of them were there before.
    public var duplicates: Int
    /// Problems written to the output.
    public var training: Int
    /// Problems held out; nil where nothing is.
    public var holdout: Int?
}
