import ArgumentParser
import Foundation
import JobLedger
import KeyedPRF

/// `denature ledger`.
struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Inspect, verify, export and prune the ledgers of sanitize-traces.",
        subcommands: [Status.self, VerifyChain.self, Head.self, Export.self, DeleteTexts.self])
}

/// The ledger file and the keyring its rows are authenticated with.
struct LedgerOptions: ParsableArguments {
    @Argument(help: "The ledger file.") var ledger: String
    @OptionGroup var keys: KeyringOptions

    /// Opens the ledger, runs `body`, closes it.
    func withLedger<R>(mode: JobLedger.Mode, _ body: (JobLedger) async throws -> R) async throws -> R {
        let keyring = try keys.load()
        let key = try withKeyringErrors { () throws(KeyedPRFError) in try keyring.ledgerKey() }
        do {
            let opened = try JobLedger(path: ledger, key: key, mode: mode)
            let result = try await body(opened)
            try opened.close()
            return result
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(description: "\(error)")
        }
    }
}

extension LedgerCommand {
    /// `denature ledger status`.
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the jobs and what became of their traces.",
            discussion: "  denature ledger status job.sqlite --keyring K.json")

        @OptionGroup var options: LedgerOptions
        @Flag(help: "Print one JSON object.") var json = false

        mutating func run() async throws {
            let entries = try await options.withLedger(mode: .readOnly) { ledger in
                var entries: [JobEntry] = []
                for job in try await ledger.jobs() {
                    let cut = try await ledger.interruptedAttempts(of: job.id).count
                    entries.append(JobEntry(job, interruptedAttempts: cut))
                }
                return entries
            }
            if json {
                try Console.json(["jobs": entries])
                return
            }
            for entry in entries {
                try Console.output(
                    "job \(entry.job): \(entry.input) → \(entry.output), \(entry.completed ? "complete" : "unfinished")"
                )
                for (state, count) in entry.states.sorted(by: { $0.key < $1.key }) {
                    try Console.output("  \(state)\t\(count)")
                }
                if entry.interruptedAttempts > 0 {
                    try Console.output("  requests without an answer\t\(entry.interruptedAttempts)")
                }
            }
        }
    }

    /// `denature ledger verify`.
    struct VerifyChain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Check every row against the chain, and the chain against a published head.",
            discussion: """
                Without --head, rows cut off the end together with an older copy of the stored head cannot be noticed.

                  denature ledger verify job.sqlite --keyring K.json --head denature-ledger-head/v1:…
                """)

        @OptionGroup var options: LedgerOptions
        @Option(help: "A head that was published earlier.") var head: String?

        mutating func run() async throws {
            let published = try head.map { text in
                guard let head = LedgerHead(text) else {
                    throw CommandFailure.usage("--head is not a head as 'ledger head' prints it")
                }
                return head
            }
            let verdict = try await options.withLedger(mode: .readOnly) { try await $0.verify(against: published) }
            switch verdict {
            case .intact(let head): try Console.output("intact: \(head.count) rows, head \(head)")
            case .broken(let fault): throw CommandFailure(description: "\(options.ledger): altered: \(fault)")
            }
        }
    }

    /// `denature ledger head`.
    struct Head: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the head to publish: it fixes every row written so far.",
            discussion: "  denature ledger head job.sqlite --keyring K.json")

        @OptionGroup var options: LedgerOptions

        mutating func run() async throws {
            try Console.output(try await options.withLedger(mode: .readOnly) { try await $0.head() }.description)
        }
    }

    /// `denature ledger export`.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print all rows as JSONL.",
            discussion: "  denature ledger export job.sqlite --keyring K.json > ledger.jsonl")

        @OptionGroup var options: LedgerOptions
        @Flag(help: "Include the stored candidates' texts.") var texts = false

        mutating func run() async throws {
            let includeTexts = texts
            try await options.withLedger(mode: .readOnly) { ledger in
                try await ledger.export(includeTexts: includeTexts) { line in
                    try FileHandle.standardOutput.write(contentsOf: Data(line))
                }
            }
        }
    }

    /// `denature ledger delete-texts`.
    struct DeleteTexts: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Erase stored candidate texts; their digests and the chain stay.",
            discussion: """
                  denature ledger delete-texts job.sqlite --keyring K.json --first 1 --last 200
                """)

        @OptionGroup var options: LedgerOptions
        @Option(help: "First record, counted from 1 (default: all records).") var first: Int?
        @Option(help: "Last record.") var last: Int?

        func validate() throws {
            if (first == nil) != (last == nil) { throw ValidationError("--first and --last go together") }
            if let first, let last, first < 1 || last < first {
                throw ValidationError("--first must be at least 1 and not above --last")
            }
        }

        mutating func run() async throws {
            var records: ClosedRange<Int>?
            if let first, let last { records = (first - 1)...(last - 1) }
            let chosen = records
            let count = try await options.withLedger(mode: .exclusive) { try await $0.deleteTexts(records: chosen) }
            try Console.output("\(count) texts erased")
        }
    }
}

private struct JobEntry: Encodable {
    var job: Int64
    var input: String
    var output: String
    var created: Date
    var completed: Bool
    var outputSha256: String?
    var states: [String: Int]
    var interruptedAttempts: Int

    init(_ status: JobStatus, interruptedAttempts: Int) {
        job = status.id.rawValue
        input = status.parameters.input
        output = status.parameters.output
        created = status.created
        completed = status.completed != nil
        outputSha256 = status.outputDigest?.hex
        states = [:]
        for (state, count) in status.counts { states[state.rawValue] = count }
        self.interruptedAttempts = interruptedAttempts
    }
}
