import Auditing
import Foundation
import KeyedPRF
import Marks

/// Fixes everything about an audit before the first query.
///
///     var settings = AuditPlanSettings()
///     settings.suspectKind = .endpoint
///     settings.tests = [.outputs, .text]
///     settings.questions.prompts = "prompts.jsonl"
///     settings.marks.tokenizer = "tokenizer.json"
///     let plan = try AuditPlanner(settings).plan(keyring: keyring)
///
/// The plan holds keys by name and commitment, digests of all files, each test's primary p-value and planned effect, levels,
/// sample sizes and seeds. Nothing in it is secret.
public struct AuditPlanner: Sendable {
    /// What is planned. Where the keyring is and where the plan goes matters to ``run()`` alone.
    public let settings: AuditPlanSettings

    /// - Parameter settings: What is planned.
    /// - Throws: ``SettingsError`` for settings that do not go together.
    public init(_ settings: AuditPlanSettings) throws(SettingsError) {
        var asked = settings
        // Needed by `run()` alone, which asks again.
        if asked.output.isEmpty { asked.output = "-" }
        if asked.keyring.isEmpty { asked.keyring = "-" }
        try asked.validate()
        self.settings = settings
    }

    /// Reads the keyring, makes the plan, and writes it where the settings say, if that is not standard output.
    ///
    /// - Throws: as ``plan(keyring:)``; `KeyedPRFError` for a keyring that cannot be read; `AuditError` where a file is in the
    ///   way or cannot be written.
    public func run() throws -> SealedAuditPlan {
        try settings.validate()
        let keyring = try Keyring.load(Keyring.Source(argument: settings.keyring))
        try AuditFile.check(settings.output, force: settings.force)
        let sealed = try plan(keyring: keyring)
        try AuditFile.write(sealed.bytes(), to: settings.output, force: settings.force)
        return sealed
    }

    /// Makes and seals the plan.
    ///
    /// - Parameter keyring: The keyring whose keys are tested.
    /// - Throws: ``SettingsError`` for what the keyring or an earlier audit does not allow, ``AuditInputError`` for files that
    ///   cannot be read, `AuditError`, `TriggerAuditError`, `KeyedPRFError`.
    public func plan(keyring: Keyring) throws -> SealedAuditPlan {
        try plan(keyring: keyring, created: AuditClock.now())
    }

    func plan(keyring: Keyring, created: String) throws -> SealedAuditPlan {
        let kinds = settings.tests.values
        var plan = AuditPlan(
            title: settings.title, created: created, program: AuditClock.program,
            ledgerKey: try keyring.ledgerKey().keyID, suspect: settings.suspectKind, levels: try levels(keyring),
            power: settings.power, seed: settings.seed, decoyKeys: settings.decoyKeys, keys: [], tests: [],
            sampling: sampling, maxQueries: 0)
        plan.tests = try tests(kinds)
        plan.keys = try keys(of: plan.tests, keyring)
        try addFiles(&plan, kinds, keyring)
        try complete(&plan)
        plan.settings = try identity(plan).values
        return try SealedAuditPlan(plan, keyring: keyring)
    }

    /// What decides the plan: every such setting as text, files by their digests.
    private func identity(_ plan: AuditPlan) throws -> JobIdentity {
        try JobIdentity(of: settings) { name, path in
            guard let role = AuditFileRole(rawValue: name) else { return try AuditFiles.digest(path) }
            // A file that no test needs is named all the same.
            return try plan.file(role)?.sha256 ?? AuditFiles.file(role, path).sha256
        }
    }

    private func levels(_ keyring: Keyring) throws -> AuditPlan.Levels {
        guard let path = settings.continues else {
            return .first(alpha: settings.alpha ?? 0.01, isLast: settings.isLast)
        }
        let evidence = try AuditEvidence.read(path: path, keyring: keyring, plan: nil)
        if let alpha = settings.alpha, alpha != evidence.header.alpha {
            throw SettingsError("alpha", "`alpha` is that of the chain, \(evidence.header.alpha): leave it out")
        }
        if evidence.questions.keys.contains(where: { $0.kind == .trigger }), settings.triggers.firstPair == 0,
            settings.tests.values.contains(.trigger)
        {
            throw SettingsError(
                "first_pair", "\(path) asked trigger pairs already: `first_pair` must name the first new one")
        }
        return try .continuing(evidence, isLast: settings.isLast)
    }

    private var sampling: AuditPlan.Sampling {
        AuditPlan.Sampling(
            temperature: settings.questions.temperature, topP: settings.questions.topP,
            maxNewTokens: settings.questions.maxNewTokens, promptFormat: settings.questions.format.promptFormat,
            separator: settings.questions.format.separatorText)
    }

    // MARK: Tests and keys

    private func tests(_ kinds: [AuditPlan.TestKind]) throws -> [AuditPlan.Test] {
        let tokens = settings.marks.schemes.values
        let words = settings.marks.textSchemes.values
        for name in words where !["lexical", "selection"].contains(name) {
            throw SettingsError("text_scheme", "`text_scheme` '\(name)' is none of lexical, selection")
        }
        var tests: [AuditPlan.Test] = []
        for kind in kinds {
            let schemes: [String] =
                switch kind {
                case .outputs, .outputsReference, .reading, .readingReference: tokens
                case .text: words
                case .trigger: ["trigger"]
                case .candidates: ["selection"]
                }
            for scheme in schemes { tests.append(try test(kind, scheme)) }
        }
        guard !tests.isEmpty, Set(tests.map(\.id)).count == tests.count else {
            throw SettingsError(nil, "`scheme` and `text_scheme` need one or more different schemes")
        }
        return tests
    }

    private func test(_ kind: AuditPlan.TestKind, _ scheme: String) throws -> AuditPlan.Test {
        let id = kind == .trigger || kind == .candidates ? kind.rawValue : "\(kind.rawValue)-\(scheme)"
        var test = AuditPlan.Test(
            id: id, kind: kind, scheme: scheme, primary: .exact,
            plannedEffect: try settings.plannedEffect(of: id) ?? PlannedEffects.effect(of: kind, scheme: scheme),
            plannedPower: 0, planned: 0)
        switch kind {
        case .outputs, .outputsReference, .reading, .readingReference:
            test.width = settings.marks.contextWidth
            if scheme == "green" || scheme == "fingerprint" {
                test.gamma = settings.marks.gamma ?? (scheme == "green" ? 0.25 : 0.5)
            }
            if scheme == "tournament" { test.layers = settings.marks.layers }
            do {
                _ = try test.configuration()
            } catch {
                throw SettingsError("scheme", "`scheme` \(scheme): \(error.description)")
            }
        case .text, .candidates: test.width = 3
        case .trigger: test.primary = .eValue
        }
        return test
    }

    private func keys(of tests: [AuditPlan.Test], _ keyring: Keyring) throws -> [AuditPlan.Key] {
        var names = settings.tenants.flatMap(AuditPlanSettings.items)
        if names.isEmpty || names == ["all"] { names = keyring.tenants.map(\.name) }
        guard Set(names).count == names.count else {
            throw SettingsError("tenant", "`tenant` names a tenant twice")
        }
        let purposes = Set(tests.compactMap { AuditPlan.purpose(of: $0) })
        let formatter = ISO8601DateFormatter()
        var keys: [AuditPlan.Key] = []
        for name in names {
            for commitment in try keyring.commitments(for: name)
            where purposes.contains(commitment.identity.purpose) {
                guard settings.epoch == nil || commitment.identity.epoch == settings.epoch else { continue }
                keys.append(
                    AuditPlan.Key(
                        purpose: commitment.identity.purpose, tenant: name, epoch: commitment.identity.epoch,
                        id: commitment.keyID, commitment: commitment.commitment.hex,
                        opened: commitment.openedAt.map { formatter.string(from: $0) }))
            }
        }
        guard !keys.isEmpty else {
            throw SettingsError(nil, "there is no key to test for the named tenants and epoch")
        }
        return keys
    }
}
