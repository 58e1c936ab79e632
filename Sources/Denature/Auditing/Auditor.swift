import Auditing
import Foundation
import KeyedPRF

/// Carries out a plan, and nothing else: asks the suspect what the plan says, in its order, writes everything asked, answered
/// and read into the evidence, and computes the report.
///
///     let keyring = try Keyring.load(.file("keyring.json"))
///     let plan = try SealedAuditPlan.read(path: "plan.json", keyring: keyring)
///     let auditor = try Auditor(plan: plan, keyring: keyring)
///     let report = try await auditor.run(suspect, evidence: "evidence.jsonl").report()
///
/// A run that ended before its end, however it ended, goes on where it stopped when it is started again with the same
/// evidence: no question is asked twice but those that were in flight. What a suspect is asked are the planned questions: no
/// key, score or favoured token is among them, and of trigger pairs the identifiers, never the values.
public struct Auditor: Sendable {
    /// The plan.
    public let plan: SealedAuditPlan
    private let keyring: Keyring
    private let subkeys: [AuditPlan.Key: Subkey]
    private let places: AuditFilePlaces
    private let models: (any AuditModels)?

    /// - Parameters:
    ///   - plan: The plan.
    ///   - keyring: The keyring that made it.
    ///   - files: Where the plan's files are, if not where they were when it was made.
    ///   - models: Loads the reference, where the plan has one.
    /// - Throws: `AuditError` where the keyring has not the plan's keys; ``SettingsError`` where the plan needs a reference and
    ///   nothing can load it.
    public init(
        plan: SealedAuditPlan, keyring: Keyring, files: AuditFilePlaces = AuditFilePlaces(),
        models: (any AuditModels)? = nil
    ) throws {
        self.plan = plan
        self.keyring = keyring
        subkeys = try plan.plan.subkeys(in: keyring)
        places = files.completed(by: plan.plan)
        self.models = models
        if plan.plan.reference != nil, models == nil {
            throw SettingsError("reference", "the plan's `reference` needs a program with models")
        }
    }

    /// Runs the audit, or goes on with one. Errors of the run: `AuditError`, ``AuditInputError``, ``SettingsError`` for a
    /// suspect or file that the plan was not made for, and what the suspect throws.
    ///
    /// - Parameters:
    ///   - suspect: The suspect.
    ///   - evidence: The file that everything is written to; one that is there is gone on with.
    ///   - force: Whether to begin anew whatever the file holds.
    public func run(
        _ suspect: some AuditSuspect, evidence: String, force: Bool = false
    ) -> JobRun<AuditProgress, AuditReport> {
        JobRun { reporter in
            try await audit(suspect, evidence: evidence, force: force, settings: { _ in nil }, reporter)
        }
    }

    /// - Parameter settings: From the suspect's digest to what decides the result and cannot be read from plan and suspect.
    func audit(
        _ suspect: some AuditSuspect, evidence path: String, force: Bool,
        settings: (_ suspect: String?) throws -> [String: String]?, _ reporter: JobReporter<AuditProgress>
    ) async throws -> AuditReport {
        let sealed = plan
        let plan = sealed.plan
        guard suspect.kind == plan.suspect else {
            throw SettingsError(
                nil, "the plan is for a suspect of kind \(plan.suspect.rawValue), not \(suspect.kind.rawValue)")
        }
        try AuditFiles.check(places, plan)
        let marks = try places.tokenizer.map { try AuditMarkTokens(path: $0, sampling: plan.sampling) }
        let prompts = try places.prompts.map { try AuditFiles.prompts($0).texts } ?? []
        let digest = try suspect.digest()
        let writer = try EvidenceWriter(
            path: path, plan: sealed, keyring: keyring,
            header: EvidenceHeader(
                plan: plan, digest: sealed.digest,
                suspect: AuditReport.Suspect(kind: suspect.kind, name: suspect.name, digest: digest),
                started: AuditClock.now(), program: AuditClock.program, settings: settings(digest)), force: force,
            date: AuditClock.now())
        if let cut = writer.earlier?.torn, cut > 0 {
            reporter.notice("\(path): an unfinished last line of \(cut) bytes was cut off")
        }
        let session = AuditSession(plan: plan, writer: writer, marks: marks, reporter: reporter)
        var readings = AuditReadings(session: session)
        var reason: String?
        do {
            try await suspect.prepare(session)
            if let weights = try suspect.weights(for: plan) {
                try readings.readPlanned(by: weights, places)
            } else if plan.tests.contains(where: \.kind.needsWeights) {
                throw AuditInputError("the plan lets the suspect's weights read, and this suspect has none")
            }
            try await ask(suspect, session, prompts)
            await suspect.finish()
        } catch is AuditSession.BudgetSpent {
            await suspect.finish()
            reason = "the budget of \(plan.maxQueries) requests was spent before every question was answered"
        } catch {
            await suspect.finish()
            throw error
        }
        if let folder = places.reference, let models {
            try readings.readPlanned(byReference: models.weights(folder, for: plan))
        }
        try writer.seal(date: AuditClock.now(), reason: reason)
        let evidence = try AuditEvidence.read(path: path, keyring: keyring, plan: sealed)
        return try AuditAnalysis(plan: sealed, evidence: evidence, keyring: keyring, threads: AuditClock.threads)
            .report()
    }

    /// Ordinary questions first, then trigger pairs block by block.
    private func ask(_ suspect: some AuditSuspect, _ session: AuditSession, _ prompts: [String]) async throws {
        let plan = session.plan
        if let count = plan.questions?.count, count > 0, !prompts.isEmpty {
            let open = (0..<count).filter { session.answer(to: QuestionName(.output, $0)) == nil }
            try await suspect.ask(open.map { try session.question($0, prompts: prompts) }, session)
        }
        guard let trigger = plan.trigger, let test = plan.tests.first(where: { $0.kind == .trigger }) else { return }
        let isKnown = session.writer.earlier?.entries.contains { if case .problems = $0 { true } else { false } }
        if isKnown != true { try session.writer.append(.problems(EvidenceProblems(texts: prompts))) }
        let keys = plan.keys(of: test).compactMap { subkeys[$0] }
        var audit = try trigger.audit(
            keys: keys, level: plan.levels.level / Double(max(1, plan.familySize)), problems: prompts)
        while !audit.pending.isEmpty {
            let questions = audit.pending.map { TriggerReplay.question($0, plan: plan) }
            try await suspect.ask(questions.filter { session.answer(to: $0.name) == nil }, session)
            try audit.add(questions.map { session.answer(to: $0.name)?.text ?? "" })
        }
    }
}

/// What audits write about when and by what they were made.
enum AuditClock {
    static let program = "denature \(DenatureVersion.string)"

    /// Now, ISO 8601 in UTC.
    static func now() -> String {
        let formatter = ISO8601DateFormatter()
        formatter.timeZone = TimeZone(identifier: "UTC")
        return formatter.string(from: Date())
    }

    /// Threads for decoy keys.
    static var threads: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }
}
