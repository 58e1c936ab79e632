import ArgumentParser
import Foundation
import Lab
import Sanitizing
import Statistics
import TraceRewriting

/// `denature judge`.
struct JudgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge", abstract: "Ask a model how well traces serve those who read them.",
        discussion: """
            Sends every trace (JSONL in any of the known shapes) with its problem to an OpenAI-compatible endpoint, which
            scores it from 1 to 5, and prints the mean with a 95 % t interval over traces. An opinion is no proof: the score
            depends on the judge and its instruction (--template), and replies without a score are counted apart.

              denature judge released.jsonl --endpoint https://api.example.com/v1 --model big --api-key-env API_KEY
              denature judge released.jsonl --endpoint http://127.0.0.1:8080/v1 --limit 200 -o scores.jsonl --json

            Exit status: 0 done; 1 failed; 2 wrong usage; 3 finished, but requests failed; 130 interrupted, with nothing
            written.
            """)

    @Argument(help: "The traces, or - for standard input.") var input: String
    @Option(
        name: .shortAndLong, help: ArgumentHelp("Write a line with the score of every trace.", valueName: "path"))
    var output: String?
    @Option(help: ArgumentHelp("A shipped template's name, or the path of a .md file.", valueName: "name"))
    var template = "judge"
    @Option(help: ArgumentHelp("Only the first traces.", valueName: "count")) var limit: Int?
    @Option(help: "Sent with the requests; counts up from trace to trace.") var seed: UInt64 = 0
    @Flag(help: "Replace an existing output.") var force = false
    @Flag(help: "Print the result as one JSON object.") var json = false
    @Flag(name: .shortAndLong, help: "No progress.") var quiet = false
    @OptionGroup(title: "Endpoint") var endpoint: EndpointOptions

    func validate() throws {
        if endpoint.endpoint == nil { throw ValidationError("--endpoint is missing") }
        if let limit, limit < 1 { throw ValidationError("--limit must be positive") }
        if output == "-", json { throw ValidationError("-o - and --json both want standard output") }
    }

    func run() async throws {
        let summary: JudgeSummary
        do {
            summary = try await Interruption.cancelling { try await judge() }
        } catch is CancellationError {
            throw CommandFailure(description: "interrupted; nothing was written", status: ExitStatus.interrupted)
        } catch RewriteError.cancelled {
            throw CommandFailure(description: "interrupted; nothing was written", status: ExitStatus.interrupted)
        } catch {
            throw error is CommandFailure ? error : CommandFailure(description: "\(error)")
        }
        if json {
            try Console.json(summary)
        } else if output == "-" {
            // The scores have standard output to themselves.
            Console.error(summary.text)
        } else {
            try Console.output(summary.text)
        }
        if summary.failed > 0 { throw CommandFailure(description: "", status: ExitStatus.incomplete) }
    }

    private func judge() async throws -> JudgeSummary {
        let prompt = try PromptLibrary.template(template)
        let traces = try AttackTrace.read(path: input, limit: limit)
        let writer = try output.map { try LineOutput(argument: $0, force: force, inputs: [input]) }
        let client = try endpoint.makeClient()
        do {
            let judge = TraceJudge(
                template: prompt, endpoint: EndpointAdapter(client: client, streams: endpoint.stream))
            let opinions = try await opinions(of: traces, judge)
            for (number, opinion) in opinions.enumerated() {
                let line = JudgeLine(line: number + 1, id: traces[number].id, score: opinion?.score)
                try writer?.write([UInt8](Console.jsonLine(line).utf8))
            }
            try writer?.finish()
            await client.shutdown()
            return JudgeSummary(opinions, model: endpoint.model, template: prompt.name)
        } catch {
            writer?.abandon()
            await client.shutdown()
            throw error
        }
    }

    /// The opinions in the order of the traces; nil where the request failed for good.
    private func opinions(of traces: [AttackTrace], _ judge: TraceJudge) async throws -> [TraceJudge.Opinion?] {
        let (seed, limit) = (seed, endpoint.concurrency)
        let progress = quiet ? nil : CountProgress()
        defer { progress?.finish() }
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
                progress?.update(done, of: traces.count, "traces judged")
            }
            return opinions
        }
    }
}

/// A line of the output.
private struct JudgeLine: Encodable {
    var line: Int
    var id: String?
    var score: Int?
}

/// What `denature judge` found.
private struct JudgeSummary: Encodable {
    var traces: Int
    /// Traces with a score.
    var judged: Int
    /// Replies without one.
    var unscored = 0
    /// Requests that got no reply.
    var failed = 0
    var meanScore: Double?
    /// A t interval over traces.
    var low: Double?
    var high: Double?
    var promptTokens = 0
    var completionTokens = 0
    var model: String?
    var template: String

    init(_ opinions: [TraceJudge.Opinion?], model: String?, template: String) {
        (traces, self.model, self.template) = (opinions.count, model, template)
        let scores = opinions.compactMap { $0?.score }.map(Double.init)
        judged = scores.count
        for opinion in opinions {
            guard let opinion else {
                failed += 1
                continue
            }
            if opinion.score == nil { unscored += 1 }
            promptTokens += opinion.usage.prompt
            completionTokens += opinion.usage.completion
        }
        let interval = MeanInterval(scores)
        (meanScore, low, high) = (interval?.mean, interval?.low, interval?.high)
    }

    var text: String {
        func decimal(_ value: Double?) -> String { value.map { String(format: "%.2f", $0) } ?? "-" }
        var line = "\(judged) of \(traces) traces scored: mean \(decimal(meanScore)) of 5"
        if low != nil { line += " (\(decimal(low)) to \(decimal(high)))" }
        if unscored > 0 { line += "; no score in the reply: \(unscored)" }
        if failed > 0 { line += "; requests failed: \(failed)" }
        return line
    }
}
