import BenchmarkSupport
import Foundation
import ScriptedServer

/// Requests per second of a whole `sanitize-traces` job through an endpoint, with a ledger, against a scripted server in
/// a process of its own that answers after a fixed latency; as a share of the ideal, in-flight / latency.
///
///     endpoint-rate [--denature PROGRAM] [--input FILE] [--records N] [--in-flight N] [--latency-ms N] [--stream]
///                   [--seed N] [--folder DIR] [--json]
@main
struct EndpointRate {
    struct Report: Codable {
        var conditions: Conditions
        var records: Int
        var latencyMilliseconds: Int
        var inFlight: Int
        var isStreamed: Bool
        var requests: Int
        var largestInFlight: Int
        /// From the server's first request to its last reply.
        var exchangeSeconds: Double
        /// The whole job, from the program's start to its end.
        var jobSeconds: Double
        var jobUserSeconds: Double
        var peakMegabytes: Double
        var requestsPerSecond: Double
        var idealRequestsPerSecond: Double
        var shareOfIdealExchange: Double
        var shareOfIdealJob: Double
        var summary: String
    }

    static func main() async {
        do {
            if CommandLine.arguments.dropFirst().first == "--serve" {
                try await LatencyServer.serve()
            } else {
                try run()
            }
        } catch {
            FileHandle.standardError.write(Data("endpoint-rate: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run() throws {
        let options = try Options(
            names: ["denature", "input", "records", "in-flight", "latency-ms", "seed", "folder"],
            flags: ["stream", "json"])
        let records = try options.integer("records", default: 6400)
        let inFlight = try options.integer("in-flight", default: 64)
        let latency = try options.integer("latency-ms", default: 200)
        let seed = try options.integer("seed", default: 1)
        let conditions = Conditions()
        let folder = try WorkFolder(in: options.string("folder"))
        defer { folder.remove() }
        // Records that take exactly one request: English prose, one reasoning.
        _ = try Corpus(
            path: options.string("input") ?? "fixtures/traces/mixed.jsonl", seed: UInt64(seed)
        ).write(to: folder.path("input.jsonl"), records: records) { line in
            line.starts(with: Array(#"{"question""#.utf8)) || line.starts(with: Array(#"{"id": "trace-"#.utf8))
        }
        let program = options.string("denature") ?? ".build/release/denature"
        _ = try ChildRun.succeed(
            [program, "keys", "generate", "--keyring", folder.path("keys.json"), "--tenant", "bench", "--json"],
            log: folder.path("keys.log"))

        let server = try LatencyServer.Process(latencyMilliseconds: latency)
        let stream = options.flag("stream") ? ["--stream"] : []
        let job = try ChildRun.run(
            [
                program, "sanitize-traces", folder.path("input.jsonl"), "-o", folder.path("output.jsonl"),
                "--keyring", folder.path("keys.json"), "--tenant", "bench", "--rewriter", "instruction,lexical",
                "--watermark", "lexical", "--endpoint", "http://127.0.0.1:\(server.port)/v1", "--model", "scripted",
                "--concurrency", String(inFlight), "--ledger", folder.path("ledger.sqlite"), "--json",
            ] + stream, log: folder.path("job.log"))
        let counts = try server.stop()
        guard job.status == 0 else {
            let log = (try? String(contentsOfFile: folder.path("job.log"), encoding: .utf8)) ?? ""
            throw ChildRun.Failure(description: "the job ended with status \(job.status)\n\(log.suffix(2000))")
        }
        let ideal = Double(inFlight) / (Double(latency) / 1000)
        let requests = Double(counts.requests)
        let report = Report(
            conditions: conditions, records: records, latencyMilliseconds: latency, inFlight: inFlight,
            isStreamed: options.flag("stream"), requests: counts.requests,
            largestInFlight: counts.largestInFlight, exchangeSeconds: counts.seconds, jobSeconds: job.wall,
            jobUserSeconds: job.user, peakMegabytes: job.peakMegabytes, requestsPerSecond: requests / job.wall,
            idealRequestsPerSecond: ideal, shareOfIdealExchange: requests / counts.seconds / ideal,
            shareOfIdealJob: requests / job.wall / ideal,
            summary: job.output.trimmingCharacters(in: .whitespacesAndNewlines))
        if options.flag("json") { try printJSON(report) } else { printReport(report) }
    }

    private static func printReport(_ report: Report) {
        print("conditions: \(report.conditions.summary)")
        print(
            "\(report.records) records, \(report.requests) requests, \(report.latencyMilliseconds) ms latency,"
                + " \(report.inFlight) in flight (largest seen \(report.largestInFlight)),"
                + " \(report.isStreamed ? "streamed" : "plain"), ledger on; client, server and both logs on one machine"
        )
        print("ideal                  \(column(report.idealRequestsPerSecond)) requests/s")
        print(
            "whole job              \(column(report.requestsPerSecond)) requests/s"
                + "  \(column(report.shareOfIdealJob * 100, digits: 1, width: 6)) % of ideal"
                + "  (\(column(report.jobSeconds, digits: 2, width: 0)) s with start and end,"
                + " \(column(report.jobUserSeconds, digits: 2, width: 0)) s of processor,"
                + " peak \(Int(report.peakMegabytes)) MB)")
        print(
            "first request to last  \(column(Double(report.requests) / report.exchangeSeconds)) requests/s"
                + "  \(column(report.shareOfIdealExchange * 100, digits: 1, width: 6)) % of ideal")
        print(report.summary)
    }
}
