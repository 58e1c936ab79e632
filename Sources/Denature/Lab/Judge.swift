import Lab
import Sanitizing
import TraceRewriting

/// Asks a model how well traces serve those who read them.
///
///     var settings = JudgeSettings()
///     settings.input = "traces.jsonl"
///     settings.endpoint.endpoint = "http://127.0.0.1:8080/v1"
///     let report = try await Judge(settings).run().report()
public struct Judge: Sendable {
    /// What is judged, and by whom.
    public let settings: JudgeSettings

    /// - Throws: ``SettingsError``.
    public init(_ settings: JudgeSettings) throws(SettingsError) {
        try settings.validate()
        self.settings = settings
    }

    /// Judges all traces. Errors of the run: ``JudgeInterruption``, `TraceError`, `PromptTemplateError`, `EndpointError`,
    /// `RewriteError` where the endpoint cannot be used at all, and `SanitizeError` for the output.
    public func run() -> JobRun<JudgeProgress, JudgeReport> {
        JobRun { reporter in
            do {
                return try await judge(reporter)
            } catch is CancellationError {
                throw JudgeInterruption()
            } catch RewriteError.cancelled {
                throw JudgeInterruption()
            }
        }
    }

    private func judge(_ reporter: JobReporter<JudgeProgress>) async throws -> JudgeReport {
        let prompt = try PromptLibrary.template(settings.template)
        let traces = try AttackTrace.read(path: settings.input, limit: settings.limit)
        let writer = try settings.output.map {
            try LineOutput(argument: $0, force: settings.force, inputs: [settings.input])
        }
        do {
            let client = try settings.endpoint.client()
            do {
                let judge = TraceJudge(
                    template: prompt, endpoint: settings.endpoint.completions(client))
                let opinions = try await opinions(of: traces, judge, reporter)
                for (number, opinion) in opinions.enumerated() {
                    try writer?.write(
                        JudgedTrace(line: number + 1, id: traces[number].id, score: opinion?.score).encoded())
                }
                try writer?.finish()
                await client.shutdown()
                return JudgeReport(opinions, model: settings.endpoint.model, template: prompt.name)
            } catch {
                await client.shutdown()
                throw error
            }
        } catch {
            writer?.abandon()
            throw error
        }
    }

    /// The opinions in the order of the traces; nil where the request failed for good.
    private func opinions(
        of traces: [AttackTrace], _ judge: TraceJudge, _ reporter: JobReporter<JudgeProgress>
    ) async throws -> [TraceJudge.Opinion?] {
        let (seed, limit) = (settings.seed, settings.endpoint.concurrency)
        return try await withThrowingTaskGroup(of: (Int, TraceJudge.Opinion?).self) { group in
            var opinions = [TraceJudge.Opinion?](repeating: nil, count: traces.count)
            var (next, done) = (0, 0)
            while done < traces.count {
                while next < traces.count, next - done < limit {
                    let (number, trace) = (next, traces[next])
                    group.addTask {
                        do throws(RewriteError) {
                            return (
                                number,
                                try await judge.opinion(
                                    of: trace.trace, problem: trace.problem, seed: seed &+ UInt64(number))
                            )
                        } catch .failed {
                            return (number, nil)
                        }
                    }
                    next += 1
                }
                guard let (number, opinion) = try await group.next() else { break }
                opinions[number] = opinion
                done += 1
                reporter.progress(JudgeProgress(judged: done, traces: traces.count))
            }
            return opinions
        }
    }
}

/// The judging was stopped from outside; nothing was written.
public struct JudgeInterruption: InterruptibleJobError, CustomStringConvertible {
    /// Whether the job was stopped from outside.
    public var isInterruption: Bool { true }

    /// One line for people.
    public var description: String { "interrupted; nothing was written" }
}

/// How far the judging is.
public struct JudgeProgress: Sendable {
    /// Traces with an opinion, or without one for good.
    public var judged: Int
    /// Traces in all.
    public var traces: Int
}
