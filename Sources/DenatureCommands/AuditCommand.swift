import ArgumentParser
import Auditing
import Files
import Foundation
import KeyedPRF

/// `denature audit`.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Was this model trained on our outputs, and on which customer's?",
        discussion: """
            An audit is planned before the first query, run as planned, and can be verified offline for ever after:

              denature audit plan -o plan.json --keyring K.json --suspect-kind endpoint --prompts p.jsonl \\
                --test outputs,text --scheme green --tokenizer DIR
              denature audit run --plan plan.json --keyring K.json --evidence e.jsonl --endpoint URL --model m \\
                --report report.json --report-html report.html
              denature audit verify --plan plan.json --keyring K.json --evidence e.jsonl --report report.json

            Exit status: 0 done, whatever the verdict; 1 failed; 2 wrong usage; 130 interrupted, to be resumed.
            """,
        subcommands: [
            AuditPlanCommand.self, AuditRunCommand.self, AuditVerifyCommand.self, AuditReportCommand.self,
        ])
}

/// What audits share: reading plans, dates, writing results.
enum AuditSupport {
    static let program = "denature \(DenatureVersion.string)"

    /// Now, ISO 8601 in UTC.
    static func now() -> String {
        let formatter = ISO8601DateFormatter()
        formatter.timeZone = TimeZone(identifier: "UTC")
        return formatter.string(from: Date())
    }

    static func plan(_ path: String, keyring: Keyring) throws -> SealedAuditPlan {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(description: "\(path): cannot be read")
        }
        return try failing { try SealedAuditPlan.read(data, path: path, keyring: keyring) }
    }

    /// Threads for decoy keys.
    static var threads: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

    /// Whatever goes wrong below as one line.
    static func failing<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(description: "\(error)")
        }
    }

    /// Refuses an output that is there already.
    static func check(output path: String, force: Bool) throws {
        if !force, FileManager.default.fileExists(atPath: path) {
            throw CommandFailure(description: "\(path): already exists (--force replaces it)")
        }
    }

    /// Writes a whole file; it appears complete or not at all.
    static func write(_ data: Data, to path: String, force: Bool) throws {
        if path == "-" { return try Console.output(String(decoding: data, as: UTF8.self).trimmingSuffix("\n")) }
        try check(output: path, force: force)
        do throws(FileError) {
            try Files.WholeFile.write(data, to: path, replacing: force)
        } catch {
            throw CommandFailure(description: "\(path): cannot be written: \(error.reason)")
        }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
