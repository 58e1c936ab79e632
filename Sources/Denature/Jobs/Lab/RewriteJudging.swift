import Foundation
import Lab

/// Judges how well a rewriter of the lab's language did what it was told.
///
///     var settings = LabJudgeRewritesSettings()
///     settings.file = "rewrites.jsonl"
///     let shares = try await RewriteJudging(settings).run().report()
public struct RewriteJudging: Sendable {
    private let settings: LabJudgeRewritesSettings

    /// What became of the rewrites under one command.
    public struct Shares: Encodable, Hashable, Sendable {
        /// The rewrites.
        public var count = 0
        /// The share of those that keep the answer.
        public var answer = 0.0
        /// The share of those that keep all equations and no others.
        public var equations = 0.0
        /// The share of those that are worded as the command wants.
        public var command = 0.0
        /// The share of those that do all three.
        public var all = 0.0

        /// Sums, until they are divided.
        fileprivate mutating func add(_ judgement: RewriteJudgement) {
            count += 1
            answer += judgement.keepsAnswer ? 1 : 0
            equations += judgement.keepsEquations ? 1 : 0
            command += judgement.followsCommand ? 1 : 0
            all += judgement.isRight ? 1 : 0
        }

        /// Counts made shares of the whole, rounded to four places.
        fileprivate var divided: Shares {
            func share(_ value: Double) -> Double { (value / Double(max(1, count)) * 10_000).rounded() / 10_000 }
            return Shares(
                count: count, answer: share(answer), equations: share(equations), command: share(command),
                all: share(all))
        }
    }

    private struct Line: Decodable {
        var problem: String
        var trace: String
    }

    /// - Throws: ``SettingsError``.
    public init(_ settings: LabJudgeRewritesSettings) throws(SettingsError) {
        try settings.validate()
        self.settings = settings
    }

    /// Judges all rewrites; reports the shares by command, and under `all` those of all together. Errors of the run:
    /// ``JobError`` naming file and line.
    public func run() -> JobRun<Never, [String: Shares]> {
        JobRun { _ in try judge() }
    }

    private func judge() throws(JobError) -> [String: Shares] {
        let file = settings.file
        guard let data = FileManager.default.contents(atPath: file) else {
            throw JobError(.unreadable, "\(file): cannot be read")
        }
        var shares: [String: Shares] = [:]
        for (number, bytes) in data.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
        where !bytes.isEmpty {
            guard let line = try? JSONDecoder().decode(Line.self, from: bytes) else {
                throw JobError(.unreadable, "\(file):\(number + 1): no record with problem and trace")
            }
            guard let (command, judgement) = RewriteJudgement.of(line.trace, prompt: line.problem) else {
                throw JobError(
                    .unreadable, "\(file):\(number + 1): the problem is no command with a trace of the lab")
            }
            shares[command.name, default: Shares()].add(judgement)
            shares["all", default: Shares()].add(judgement)
        }
        guard !shares.isEmpty else { throw JobError(.nothingToDo, "\(file): there is no record") }
        return shares.mapValues(\.divided)
    }
}
