import Files
import Foundation
import KeyedPRF
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Evidence under construction: lines are appended, and are on the disk when `append` returns.
///
/// A run that ended before its end, however it ended, leaves whole lines and at most a part of one, which is cut off when
/// the next run goes on. Safe to use from several tasks.
package final class EvidenceWriter: Sendable {
    private struct State {
        var chain: EvidenceChain
        var lines: Int
        var questions: Int
        var answers: Int
    }

    /// The file.
    package let path: String
    /// What was there when it was opened; nil for a new file.
    package let earlier: AuditEvidence?
    private let file: Descriptor
    private let state: Mutex<State>

    /// Opens evidence: goes on with what is there, or begins.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - plan: The plan.
    ///   - keyring: The keyring that made it.
    ///   - header: The first line, if it is to be written.
    ///   - force: Whether to begin anew whatever is there.
    ///   - date: Now, ISO 8601.
    /// - Throws: ``AuditError``, or `KeyedPRFError`.
    package init(
        path: String, plan: SealedAuditPlan, keyring: Keyring, header: EvidenceHeader, force: Bool, date: String
    ) throws {
        self.path = path
        let file: Descriptor
        let size: Int
        do throws(FileError) {
            file = try Descriptor(opening: path, O_RDWR | O_CREAT | O_NONBLOCK, mode: 0o600)
            try file.lock()
            try file.requireRegular()
            size = Int(try file.status().st_size)
        } catch {
            throw Self.failure(error, "cannot be opened")
        }
        let isNew = try force || size == 0 || Self.holdsNoLine(path)
        let earlier = isNew ? nil : try AuditEvidence.read(path: path, keyring: keyring, plan: plan)
        if earlier?.seal != nil { throw AuditError.completeEvidence(path: path) }
        if let reason = earlier?.header.contradiction(with: header) {
            throw AuditError.inconsistentEvidence(path: path, reason: reason)
        }
        let length = earlier?.length ?? 0
        do throws(FileError) {
            try file.truncate(to: Int64(length))
        } catch {
            throw Self.failure(error, "cannot be cut")
        }
        let start = try earlier?.lastCode ?? EvidenceHeader.start(of: plan.plan, digest: plan.digest)
        self.earlier = earlier
        self.file = file
        state = Mutex(
            State(
                chain: try EvidenceChain(key: keyring.ledgerKey(), start: start),
                lines: earlier.map { $0.entries.count + 1 } ?? 0, questions: earlier?.questionLines ?? 0,
                answers: earlier?.answers.count ?? 0))
        if let earlier {
            try append(.resumption(EvidenceResumption(date: date, cut: earlier.torn)))
        } else {
            try append(.header(header))
        }
    }

    /// Appends a line; when this returns, it is on the disk.
    package func append(_ entry: EvidenceEntry) throws(AuditError) {
        try append([entry])
    }

    /// Appends several lines with one wait for the disk.
    package func append(_ entries: [EvidenceEntry]) throws(AuditError) {
        var bytes: [[UInt8]] = []
        for entry in entries { bytes.append(try EvidenceCoding.bytes(entry)) }
        let failure: AuditError? = state.withLock { state in
            var lines: [UInt8] = []
            for (entry, bytes) in zip(entries, bytes) {
                lines += state.chain.line(bytes)
                state.lines += 1
                switch entry {
                case .question: state.questions += 1
                case .answer: state.answers += 1
                default: break
                }
            }
            return write(lines)
        }
        if let failure { throw failure }
    }

    /// Writes the last line.
    ///
    /// - Parameters:
    ///   - date: Now, ISO 8601.
    ///   - reason: Why it is the end although the plan is not fulfilled; nil if it is.
    package func seal(date: String, reason: String?) throws(AuditError) {
        let seal = state.withLock { state in
            EvidenceSeal(
                date: date, lines: state.lines, questions: state.questions, answers: state.answers, reason: reason)
        }
        try append(.seal(seal))
    }

    /// Writes all bytes and waits for the disk; the failure if there is one.
    private func write(_ bytes: [UInt8]) -> AuditError? {
        do throws(FileError) {
            try file.write(bytes)
            try file.synchronize()
            return nil
        } catch {
            return Self.failure(error, "cannot be written")
        }
    }

    /// Whether a file holds less than one line: a run that ended while it wrote its first.
    private static func holdsNoLine(_ path: String) throws(AuditError) -> Bool {
        let data: [UInt8]
        do throws(FileError) {
            data = try WholeFile.read(path, limit: AuditEvidence.largestFile)
        } catch {
            throw failure(error, "cannot be read")
        }
        return !data.contains(0x0A) && data.starts(with: #"{"entry":{"header""#.utf8.prefix(data.count))
    }

    private static func failure(_ error: FileError, _ what: String) -> AuditError {
        switch error.code {
        case .inUse: .inUse(path: error.path)
        case .notRegular, .isDirectory: .inputOutput(path: error.path, reason: "is not a regular file")
        default: .inputOutput(path: error.path, reason: "\(what): \(error.reason)")
        }
    }
}

extension AuditEvidence {
    /// Lines of questions, those of collected outputs included.
    var questionLines: Int {
        entries.reduce(0) { count, entry in if case .question = entry { count + 1 } else { count } }
    }
}
