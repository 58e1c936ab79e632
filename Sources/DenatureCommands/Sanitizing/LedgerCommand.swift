import ArgumentParser
import Denature
import Foundation

/// `denature ledger`.
struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Inspect, verify, export and prune the ledgers of sanitize-traces.",
        subcommands: [Status.self, VerifyChain.self, Head.self, Export.self, DeleteTexts.self])
}

extension LedgerCommand {
    /// `denature ledger status`.
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the jobs and what became of their traces.",
            discussion: "  denature ledger status job.sqlite --keyring K.json")

        @OptionGroup var options: SettingsOptions<LedgerStatusSettings>
        @Flag(help: "Print one JSON object.") var json = false

        func run() async throws {
            let jobs = try await Ledger(options.settings.file).jobs()
            if json { return try Console.json(["jobs": jobs]) }
            for job in jobs {
                try Console.output(
                    "job \(job.job): \(job.input) → \(job.output), \(job.completed ? "complete" : "unfinished")")
                for (state, count) in job.states.sorted(by: { $0.key < $1.key }) {
                    try Console.output("  \(state)\t\(count)")
                }
                if job.interruptedAttempts > 0 {
                    try Console.output("  requests without an answer\t\(job.interruptedAttempts)")
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

        @OptionGroup var options: SettingsOptions<LedgerVerifySettings>

        func run() async throws {
            let published = try options.settings.published()
            let ledger = try Ledger(options.settings.file)
            switch try await ledger.verify(against: published) {
            case .intact(let head): try Console.output("intact: \(head.count) rows, head \(head)")
            case .broken(let fault): throw CommandFailure(description: "\(ledger.path): altered: \(fault)")
            }
        }
    }

    /// `denature ledger head`.
    struct Head: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the head to publish: it fixes every row written so far.",
            discussion: "  denature ledger head job.sqlite --keyring K.json")

        @OptionGroup var options: SettingsOptions<LedgerHeadSettings>

        func run() async throws {
            try Console.output(try await Ledger(options.settings.file).head().description)
        }
    }

    /// `denature ledger export`.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print all rows as JSONL.",
            discussion: "  denature ledger export job.sqlite --keyring K.json > ledger.jsonl")

        @OptionGroup var options: SettingsOptions<LedgerExportSettings>

        func run() async throws {
            let settings = options.settings
            try await Ledger(settings.file).export(includingTexts: settings.texts) { line in
                try FileHandle.standardOutput.write(contentsOf: Data(line))
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

        @OptionGroup var options: SettingsOptions<LedgerDeletionSettings>

        func run() async throws {
            try Console.output("\(try await options.settings.run()) texts erased")
        }
    }
}
