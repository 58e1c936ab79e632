import Auditing
import Denature
import Foundation
import KeyedPRF
import TestSupport

/// A folder with a keyring, prompts and all other files that a plan can name.
struct AuditDesk {
    static let prompts = 12

    let folder: TemporaryDirectory
    let keyring: Keyring

    init() throws {
        folder = try TemporaryDirectory()
        keyring = try FixedKeyring.create(at: folder.file("K.json"), tenants: ["acme", "globex"])
        for (name, sign) in [("p", "crate"), ("p2", "box")] {
            let lines = (0..<Self.prompts).map { #"{"problem":"How many apples are in \#(sign) \#($0)?"}"# + "\n" }
            try write(name + ".jsonl", lines.joined())
        }
        for (name, text) in [("d", "She has 7."), ("d2", "He has 8.")] {
            try write(name + ".jsonl", #"{"problem":"How many?","trace":"\#(text)"}"# + "\n")
        }
        for name in ["c", "c2", "tokenizer", "tokenizer2"] { try write(name + ".json", #"{"\#(name)":1}"#) }
    }

    func write(_ name: String, _ text: String) throws {
        try text.write(toFile: folder.file(name), atomically: true, encoding: .utf8)
    }

    func file(_ name: String) -> String { folder.file(name) }

    /// A plan that needs no tokenizer.
    func textPlan(_ change: (inout AuditPlanSettings) -> Void = { _ in }) throws -> SealedAuditPlan {
        var settings = AuditPlanSettings()
        settings.tests = [.text]
        settings.questions.prompts = file("p.jsonl")
        settings.decoyKeys = 199
        change(&settings)
        return try AuditPlanner(settings).plan(keyring: keyring)
    }

    func auditor(_ plan: SealedAuditPlan) throws -> Auditor { try Auditor(plan: plan, keyring: keyring) }
}
