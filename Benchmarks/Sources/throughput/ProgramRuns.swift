import BenchmarkSupport
import Foundation

/// The runs of the program that are measured.
struct ProgramRuns {
    enum Measurement: String, CaseIterable {
        case cat
        case sanitize
        case sanitizeWithLedger = "sanitize-ledger"
        case sanitizeWithTriggers = "sanitize-triggers"
        case detect
        case detectAll = "detect-all"
        case detectInput = "detect-unmarked"

        /// The command, for people.
        var title: String {
            switch self {
            case .cat: "cat"
            case .sanitize: "sanitize-traces --watermark lexical"
            case .sanitizeWithLedger: "sanitize-traces --watermark lexical --ledger"
            case .sanitizeWithTriggers: "sanitize-traces --watermark lexical,trigger"
            case .detect: "detect --scheme lexical,trigger (marked file)"
            case .detectAll: "detect, all schemes (marked file)"
            case .detectInput: "detect, all schemes (unmarked file)"
            }
        }
    }

    let program: String
    let folder: WorkFolder
    let bytes: Int

    /// A keyring with one tenant.
    func makeKeys() throws {
        _ = try ChildRun.succeed(
            [program, "keys", "generate", "--keyring", folder.path("keys.json"), "--tenant", "bench", "--json"],
            log: folder.path("keys.log"))
    }

    /// Runs one measurement.
    func measure(_ measurement: Measurement, readRate: Double) throws -> Throughput.Row {
        let input = folder.path("input.jsonl")
        let marked = folder.path("marked.jsonl")
        var measuredBytes = bytes
        var run: ChildRun
        switch measurement {
        case .cat: run = try ChildRun.succeed(["cat", input], log: folder.path("cat.log"), discardingOutput: true)
        case .sanitize: run = try sanitize("lexical", to: marked)
        case .sanitizeWithLedger:
            let output = folder.path("ledger.jsonl")
            run = try sanitize("lexical", to: output, ["--ledger", folder.path("ledger.sqlite")])
            for name in ["ledger.jsonl", "ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"] {
                folder.remove(name)
            }
        case .sanitizeWithTriggers:
            run = try sanitize("lexical,trigger", to: folder.path("triggers.jsonl"))
            folder.remove("triggers.jsonl")
        case .detect, .detectAll:
            if !folder.has("marked.jsonl") { _ = try sanitize("lexical", to: marked) }
            measuredBytes = try folder.size("marked.jsonl")
            run = try detect(marked, measurement == .detect ? ["--scheme", "lexical,trigger"] : [])
        case .detectInput: run = try detect(input, [])
        }
        let rate = Double(measuredBytes) / 1e6 / run.wall
        return Throughput.Row(
            name: measurement.title, wallSeconds: run.wall, userSeconds: run.user, systemSeconds: run.system,
            megabytesPerSecond: rate, shareOfRead: rate / readRate, peakMegabytes: run.peakMegabytes,
            note: Self.note(run.output))
    }

    private func sanitize(_ marks: String, to output: String, _ more: [String] = []) throws -> ChildRun {
        try ChildRun.succeed(
            [
                program, "sanitize-traces", folder.path("input.jsonl"), "-o", output, "--keyring",
                folder.path("keys.json"), "--tenant", "bench", "--watermark", marks, "--json", "--force",
            ] + more, log: folder.path("sanitize.log"))
    }

    private func detect(_ file: String, _ more: [String]) throws -> ChildRun {
        try ChildRun.succeed(
            [program, "detect", file, "--keyring", folder.path("keys.json"), "--tenant", "bench", "--json"] + more,
            log: folder.path("detect.log"))
    }

    /// What the run says it did: records by state, or distinct observations by scheme.
    private static func note(_ output: String) -> String {
        guard let object = try? JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] else {
            return ""
        }
        if let results = object["results"] as? [[String: Any]] {
            return results.map { result in
                let log10P = (result["log10_p"] as? NSNumber)?.doubleValue ?? 0
                return "\(result["scheme"] as? String ?? "?"): \((result["n_scored"] as? NSNumber)?.intValue ?? 0)"
                    + " distinct, log10 p \(column(log10P, width: 0))"
            }.joined(separator: "; ")
        }
        let states = object["states"] as? [String: NSNumber] ?? [:]
        return states.filter { $0.value.intValue > 0 }.sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value.intValue)" }.joined(separator: ", ")
    }
}
