import Foundation
import JobLedger
import KeyedPRF
import Traces

/// A ledger of sanitising jobs, as one looks into it: who did what to which trace, in a chain that shows every change.
///
///     var settings = LedgerFileSettings()
///     settings.ledger = "job.sqlite"
///     settings.keyring = "keys.json"
///     let ledger = try Ledger(settings)
///     for job in try await ledger.jobs() { print(job.input, job.states) }
public struct Ledger: Sendable {
    /// The ledger's file.
    public let path: String
    private let key: Subkey

    /// - Parameters:
    ///   - settings: The ledger.
    ///   - keyring: The keyring that its rows are authenticated with; nil to read the one that the settings name.
    /// - Throws: ``SettingsError``; `KeyedPRFError` for a keyring that cannot be read.
    public init(_ settings: LedgerFileSettings, keyring: Keyring? = nil) throws {
        path = settings.ledger
        key = try (keyring ?? Keyring.load(Keyring.Source(argument: settings.keyring))).ledgerKey()
    }

    /// The jobs in the order in which they were started.
    ///
    /// - Throws: `JobLedgerError`.
    public func jobs() async throws -> [LedgerJob] {
        try await opened(.readOnly) { ledger in
            var jobs: [LedgerJob] = []
            for status in try await ledger.jobs() {
                let cut = try await ledger.interruptedAttempts(of: status.id).count
                jobs.append(LedgerJob(status, interruptedAttempts: cut))
            }
            return jobs
        }
    }

    /// Checks every row against the chain, and the chain against a head that was published.
    ///
    /// Without one, rows cut off the end together with an older copy of the stored head cannot be noticed.
    ///
    /// - Throws: `JobLedgerError` for a file that is no ledger, or cannot be read.
    public func verify(against head: LedgerHead? = nil) async throws -> LedgerVerdict {
        try await opened(.readOnly) { try await $0.verify(against: head) }
    }

    /// The head to publish: it fixes every row written so far.
    ///
    /// - Throws: `JobLedgerError`.
    public func head() async throws -> LedgerHead { try await opened(.readOnly) { try await $0.head() } }

    /// Writes all rows as JSON lines, in the order of the chain.
    ///
    /// - Parameters:
    ///   - includingTexts: Whether the stored candidates' texts are there.
    ///   - write: Called with one line at a time, line feed included.
    /// - Throws: `JobLedgerError`; what `write` throws.
    public func export(
        includingTexts: Bool = false, to write: @escaping @Sendable ([UInt8]) throws -> Void
    ) async throws {
        try await opened(.readOnly) { try await $0.export(includeTexts: includingTexts, to: write) }
    }

    /// Erases stored candidate texts; their digests and the chain stay.
    ///
    /// - Parameter records: Whose texts, counted from 0; nil for all.
    /// - Returns: How many texts were erased.
    /// - Throws: `JobLedgerError`.
    public func deleteTexts(of records: ClosedRange<Int>? = nil) async throws -> Int {
        try await opened(.exclusive) { try await $0.deleteTexts(records: records) }
    }

    private func opened<R>(_ mode: JobLedger.Mode, _ body: (JobLedger) async throws -> R) async throws -> R {
        let ledger = try JobLedger(path: path, key: key, mode: mode)
        let result = try await body(ledger)
        try ledger.close()
        return result
    }
}

extension LedgerVerifySettings {
    /// The published head.
    ///
    /// - Throws: ``SettingsError`` for a text that is none.
    public func published() throws(SettingsError) -> LedgerHead? {
        guard let text = head else { return nil }
        guard let head = LedgerHead(text) else {
            throw SettingsError("head", "`head` is not a head as 'ledger head' prints it")
        }
        return head
    }
}

extension LedgerDeletionSettings {
    /// Erases the texts that the settings name.
    ///
    /// - Throws: ``SettingsError``; what ``Ledger/deleteTexts(of:)`` throws.
    public func run(keyring: Keyring? = nil) async throws -> Int {
        try validate()
        return try await Ledger(file, keyring: keyring).deleteTexts(of: records)
    }
}

/// A job as its ledger knows it.
public struct LedgerJob: Encodable, Sendable {
    /// The job's number.
    public var job: Int64
    /// The input, as it was named.
    public var input: String
    /// The output, as it was named.
    public var output: String
    /// When the job began.
    public var created: Date
    /// Whether its output is complete.
    public var completed: Bool
    /// SHA-256 of the output.
    public var outputSha256: String?
    /// Traces that need no more work, by state.
    public var states: [String: Int]
    /// Requests without an answer.
    public var interruptedAttempts: Int

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
