import Auditing
import Foundation
import KeyedPRF

/// Computes every number of an audit again, offline, from its evidence. Needs no model and no network.
///
///     let verified = try AuditVerifier(plan: plan, keyring: keyring).verify("evidence.jsonl")
///     try verified.compare(with: "report.json")
public struct AuditVerifier: Sendable {
    private let plan: SealedAuditPlan
    private let keyring: Keyring
    private let files: AuditFilePlaces

    /// - Parameters:
    ///   - plan: The plan.
    ///   - keyring: The keyring that made it.
    ///   - files: Files to compare with the plan's digests. With a tokenizer the ids of every answer are made again.
    public init(plan: SealedAuditPlan, keyring: Keyring, files: AuditFilePlaces = AuditFilePlaces()) {
        self.plan = plan
        self.keyring = keyring
        self.files = files
    }

    /// Checks the code of every line of the evidence, that every question is the planned one, the keys' commitments and the
    /// named files, and computes the report.
    ///
    /// - Parameter evidence: The evidence.
    /// - Throws: `AuditError`, ``AuditInputError``, ``SettingsError`` for a file that the plan does not have; `TokenizerError`.
    public func verify(_ evidence: String) throws -> AuditVerification {
        let found = try AuditEvidence.read(path: evidence, keyring: keyring, plan: plan)
        guard found.torn == 0 else {
            throw AuditError.incompleteEvidence(path: evidence, reason: "the last line is not whole")
        }
        try AuditFiles.check(files, plan.plan)
        let remade = try files.tokenizer.map { try remakeTokens($0, found) }
        let report = try AuditAnalysis(plan: plan, evidence: found, keyring: keyring, threads: AuditClock.threads)
            .report()
        return AuditVerification(
            report: report, lines: found.entries.count + 2, answers: found.answers.count, remadeTokens: remade)
    }

    /// Verifies what settings name, and compares the report that they name.
    ///
    /// - Parameter settings: Where everything is.
    /// - Throws: as ``verify(_:)``, ``AuditVerification/compare(with:)`` and `Keyring.load(_:)`.
    public static func verify(_ settings: AuditVerifySettings) throws -> AuditVerification {
        try settings.validate()
        let keyring = try Keyring.load(Keyring.Source(argument: settings.keyring))
        let plan = try SealedAuditPlan.read(path: settings.plan, keyring: keyring)
        let verified = try AuditVerifier(plan: plan, keyring: keyring, files: settings.places)
            .verify(settings.evidence)
        if let report = settings.report { try verified.compare(with: report) }
        return verified
    }

    /// Makes the ids of answers again where the suspect did not write ids itself.
    private func remakeTokens(_ path: String, _ evidence: AuditEvidence) throws -> Int {
        let marks = try AuditMarkTokens(path: path, sampling: plan.plan.sampling)
        guard plan.plan.suspect == .endpoint else { return 0 }
        var count = 0
        for answer in evidence.answers.values where answer.name.kind == .output {
            guard marks.tokens(answer.text) == answer.tokens else {
                throw AuditError.inconsistentEvidence(
                    path: evidence.path, reason: "the ids of answer \(answer.name.number) are not those of its text")
            }
            count += 1
        }
        return count
    }
}

/// An audit that was found to hold.
public struct AuditVerification: Sendable {
    /// The report, computed again.
    public let report: AuditReport
    /// Lines of the evidence.
    public let lines: Int
    /// Answers among them.
    public let answers: Int
    /// Answers whose ids were made again from their texts; nil without a tokenizer.
    public let remadeTokens: Int?

    /// Compares the report with one that is there, byte by byte.
    ///
    /// - Parameter path: The other's JSON form.
    /// - Throws: `AuditError` naming the first line that differs, or a file that cannot be read.
    public func compare(with path: String) throws {
        guard let given = FileManager.default.contents(atPath: path) else {
            throw AuditError.inputOutput(path: path, reason: "cannot be read")
        }
        let own = try report.json()
        if given == own { return }
        func lines(_ data: Data) -> [Substring] {
            String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        }
        let line = zip(lines(given), lines(own)).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? 0
        throw AuditError.otherReport(path: path, line: line + 1)
    }
}
