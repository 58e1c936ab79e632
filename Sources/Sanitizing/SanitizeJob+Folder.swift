import Files
import Foundation
import JobLedger
import KeyedPRF
import Synchronization

/// A folder of shards as one job: each is a file of its own with a job of its own in the one ledger, and several are in work
/// at the same time.
extension SanitizeJob {
    /// Shards in work at the same time. Each keeps all cores busy by itself; a few make up for the beginnings and ends.
    private static let shardsAtOnce = 4

    func runFolder(
        _ progress: (@Sendable (SanitizeProgress) -> Void)?
    ) async throws(SanitizeError) -> SanitizeSummary {
        let folder = try ShardFolder(path: options.input)
        try folder.check(output: options.output)
        let jobs = folder.shards.map { shard in
            var options = options
            options.input = "\(folder.path)/\(shard)"
            options.output = "\(self.options.output)/\(shard)"
            return SanitizeJob(options: options, chain: chain, provenance: provenance, ledgerKey: ledgerKey)
        }
        for job in jobs { try JobFiles.check(job.options) }
        return try await withLedger { (ledger) async throws(SanitizeError) in
            try await self.checkOutputs(of: jobs, folder, ledger)
            let files = (folder.shards + folder.companions).map { "\(self.options.output)/\($0)" }
            for path in Set(files.map { FilePath.folder(of: $0) }) {
                try SanitizeError.writing { () throws(FileError) in try FilePath.makeFolder(path) }
            }
            let total = FolderProgress(shards: jobs.count, totalBytes: folder.byteCount, report: progress)
            let summaries = try await Self.run(jobs, ledger, total)
            try self.copyCompanions(of: folder)
            return Self.sum(summaries, folder)
        }
    }

    /// Refuses outputs that are there before anything is done for any of them.
    private func checkOutputs(
        of jobs: [SanitizeJob], _ folder: ShardFolder, _ ledger: JobLedger?
    ) async throws(SanitizeError) {
        if options.force { return }
        var known: Set<String> = []
        if let ledger {
            do throws(JobLedgerError) {
                known = Set(try await ledger.jobs().map(\.parameters.output))
            } catch {
                throw SanitizeError.ledger(error)
            }
        }
        for job in jobs where !known.contains(job.options.output) && FilePath.exists(job.options.output) {
            throw SanitizeError.outputExists(path: job.options.output)
        }
    }

    /// Runs all shards, some at a time; stops at the first that fails.
    private static func run(
        _ jobs: [SanitizeJob], _ ledger: JobLedger?, _ progress: FolderProgress
    ) async throws(SanitizeError) -> [SanitizeSummary] {
        let outcome = await withTaskGroup(of: (Int, Result<SanitizeSummary, SanitizeError>).self) {
            group -> Result<[SanitizeSummary], SanitizeError> in
            var next = 0
            func start() {
                guard next < jobs.count else { return }
                let number = next
                next += 1
                group.addTask {
                    do throws(SanitizeError) {
                        let summary = try await jobs[number].run(in: ledger) { progress.update($0, of: number) }
                        return (number, .success(summary))
                    } catch {
                        return (number, .failure(error))
                    }
                }
            }
            for _ in 0..<shardsAtOnce { start() }
            var summaries: [Int: SanitizeSummary] = [:]
            var failure: SanitizeError?
            while let (number, result) = await group.next() {
                switch result {
                case .success(let summary):
                    summaries[number] = summary
                    if failure == nil { start() }
                case .failure(let error):
                    // What the others say when they are cancelled is no news.
                    if failure == nil { failure = error }
                    group.cancelAll()
                }
            }
            if let failure { return .failure(failure) }
            return .success(summaries.sorted { $0.key < $1.key }.map(\.value))
        }
        return try outcome.get()
    }

    private func copyCompanions(of folder: ShardFolder) throws(SanitizeError) {
        for companion in folder.companions {
            let (source, target) = ("\(folder.path)/\(companion)", "\(options.output)/\(companion)")
            try SanitizeError.writing { () throws(FileError) in
                if FilePath.exists(target), try SHA256Digest.of(file: source) == SHA256Digest.of(file: target) {
                    return
                }
                Placement.removeStaged(for: target)
                let staged = Placement.stagedName(for: target)
                try Placement.copy(source, to: staged)
                do throws(FileError) {
                    try Placement.move(staged, to: target, replacing: options.force)
                } catch {
                    unlink(staged)
                    throw error
                }
            }
        }
    }

    private static func sum(_ summaries: [SanitizeSummary], _ folder: ShardFolder) -> SanitizeSummary {
        var sum = SanitizeSummary()
        var list = ""
        for (summary, shard) in zip(summaries, folder.shards) {
            sum.add(summary)
            list += "\(summary.outputDigest ?? "")  \(shard)\n"
        }
        sum.outputDigest = SHA256Digest.of(list).hex
        sum.folder = FolderSummary(
            shards: folder.shards.count, copied: folder.companions, leftOut: folder.leftOut)
        return sum
    }
}

/// The progress of all shards together.
private final class FolderProgress: Sendable {
    private let shards: Mutex<[(records: Int, bytes: Int64)]>
    private let totalBytes: Int64?
    private let report: (@Sendable (SanitizeProgress) -> Void)?

    init(shards: Int, totalBytes: Int64?, report: (@Sendable (SanitizeProgress) -> Void)?) {
        self.shards = Mutex(Array(repeating: (0, 0), count: shards))
        self.totalBytes = totalBytes
        self.report = report
    }

    func update(_ progress: SanitizeProgress, of shard: Int) {
        guard let report else { return }
        let sum = shards.withLock { shards in
            shards[shard] = (progress.records, progress.inputBytes)
            return shards.reduce((0, 0)) { ($0.0 + $1.records, $0.1 + $1.bytes) }
        }
        report(SanitizeProgress(records: sum.0, inputBytes: sum.1, totalBytes: totalBytes))
    }
}
