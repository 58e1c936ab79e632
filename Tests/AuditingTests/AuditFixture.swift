import Foundation
import KeyedPRF
import Marks
import TestSupport

@testable import Auditing

/// A keyring, a plan and a place for evidence.
final class AuditFixture {
    static let date = "2026-01-02T03:04:05Z"

    let folder: TemporaryDirectory
    let keyring: Keyring
    var plan: AuditPlan

    init(
        tenants: [String] = ["acme", "globex", "initech"], suspect: AuditPlan.SuspectKind = .outputs,
        tests: [AuditPlan.Test] = [AuditFixture.greenTest()],
        level: AuditPlan.Levels = .first(alpha: 0.01, isLast: true), secret: String = "the tests' keyring"
    ) throws {
        folder = try TemporaryDirectory()
        keyring = try FixedKeyring.create(at: folder.file("K.json"), tenants: tenants, secret: secret)
        plan = AuditPlan(
            title: "Test", created: Self.date, program: "test", ledgerKey: try keyring.ledgerKey().keyID,
            suspect: suspect, levels: level, power: 0.8, seed: 7, decoyKeys: 1999, keys: [], tests: tests,
            sampling: .init(), maxQueries: 100)
        for tenant in tenants {
            for commitment in try keyring.commitments(for: tenant) {
                plan.keys.append(
                    .init(
                        purpose: commitment.identity.purpose, tenant: tenant,
                        epoch: commitment.identity.epoch, id: commitment.keyID, commitment: commitment.commitment.hex))
            }
        }
    }

    static func greenTest(_ kind: AuditPlan.TestKind = .outputs, width: Int = 2, effect: Double = 0.5) -> AuditPlan.Test
    {
        AuditPlan.Test(
            id: "\(kind.rawValue)-green", kind: kind, scheme: "green", gamma: 0.25, width: width,
            primary: kind == .outputs ? .exact : .chernoff, plannedEffect: effect)
    }

    var suspect: AuditReport.Suspect {
        AuditReport.Suspect(kind: plan.suspect, name: "suspect", digest: nil)
    }

    var evidencePath: String { folder.file("e.jsonl") }

    func sealed() throws -> SealedAuditPlan { try SealedAuditPlan(plan, keyring: keyring) }

    func writer(force: Bool = false) throws -> EvidenceWriter {
        let sealed = try sealed()
        return try EvidenceWriter(
            path: evidencePath, plan: sealed, keyring: keyring,
            header: try EvidenceHeader(
                plan: plan, digest: sealed.digest, suspect: suspect, started: Self.date, program: "test"),
            force: force, date: Self.date)
    }

    func read() throws -> AuditEvidence {
        try AuditEvidence.read(path: evidencePath, keyring: keyring, plan: sealed())
    }

    /// Writes collected outputs and seals.
    func write(outputs: [[Int32]], seals: Bool = true) throws {
        let writer = try writer()
        for (number, tokens) in outputs.enumerated() {
            let name = QuestionName(.output, number)
            try writer.append([
                .question(EvidenceQuestion(name: name, text: "", tokens: [], seed: 0)),
                .answer(EvidenceAnswer(name: name, text: "", tokens: tokens, finish: .collected)),
            ])
        }
        if seals { try writer.seal(date: Self.date, reason: nil) }
    }

    func report(threads: Int = 1) throws -> AuditReport {
        try AuditAnalysis(plan: sealed(), evidence: read(), keyring: keyring, threads: threads).report()
    }

    func subkey(_ tenant: String) throws -> Subkey {
        try keyring.subkey(.token, tenant: tenant, epoch: keyring.activeEpoch(of: tenant))
    }
}

/// Outputs of a suspect that learned a tenant's green tokens, or nothing.
enum SimulatedOutputs {
    /// - Parameters:
    ///   - key: Whose green tokens are preferred; nil for nobody's.
    ///   - vocabulary: Token ids 0 ..< vocabulary.
    static func make(
        count: Int, length: Int, key: Subkey?, width: Int = 2, vocabulary: Int = 300, seed: UInt64
    ) throws -> [[Int32]] {
        var generator = SplitMix64(seed: seed)
        let prf = try key.map { try TokenPRF(secret: $0.secret, scheme: .green, width: width) }
        let threshold = GreenThreshold(gamma: 0.25)
        return (0..<count).map { _ in
            var tokens: [Int32] = []
            for _ in 0..<length {
                let draws = (0..<3).map { _ in Int32.random(in: 0..<Int32(vocabulary), using: &generator) }
                guard let prf, tokens.count >= width else {
                    tokens.append(draws[0])
                    continue
                }
                prf.select(tokens)
                tokens.append(draws.first { threshold.contains(prf.word32($0)) } ?? draws[0])
            }
            return tokens
        }
    }
}
