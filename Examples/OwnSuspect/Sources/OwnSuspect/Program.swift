import Auditing
import Denature
import Foundation
import KeyedPRF

/// Audits two students with one plan: one learned from traces that were released to acme, one from the originals.
@main
enum Program {
    static func main() async throws {
        guard CommandLine.arguments.count == 2 else { fail("usage: OwnSuspect TRACES.jsonl") }
        let traces = try Solved.read(CommandLine.arguments[1])
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let keyring = try Keyring.create(at: folder.appending(path: "keyring.json").path, tenants: ["acme", "globex"])

        var marking = SanitizeSettings()
        marking.tenant = "acme"
        let defence = try Defence(marking, keyring: keyring)
        var originals: [String: String] = [:]
        var released: [String: String] = [:]
        for solved in traces {
            originals[solved.problem] = solved.trace
            released[solved.problem] = try await defence.rewrite(problem: solved.problem, trace: solved.trace).text
        }

        // Everything is fixed before the first question.
        let prompts = folder.appending(path: "prompts.jsonl")
        let lines = try originals.keys.sorted().map {
            String(decoding: try JSONEncoder().encode(["problem": $0]), as: UTF8.self)
        }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: prompts)
        var settings = AuditPlanSettings()
        settings.suspectKind = .endpoint
        settings.tests = [.text]
        settings.questions.prompts = prompts.path
        settings.alpha = 1e-6
        settings.decoyKeys = 99
        let plan = try AuditPlanner(settings).plan(keyring: keyring)
        let auditor = try Auditor(plan: plan, keyring: keyring)

        func audit(_ student: Student) async throws -> AuditReport {
            let evidence = folder.appending(path: student.name + ".jsonl").path
            let report = try await auditor.run(student, evidence: evidence).report()
            print(
                "\(student.name): \(report.conclusion.rawValue) \(report.attributedTenants), \(report.effort.answers) answers"
            )
            // Whoever has keyring, plan and evidence comes to the same report.
            let verified = try AuditVerifier(plan: plan, keyring: keyring).verify(evidence)
            guard verified.report == report else { fail("the evidence gives another report") }
            return report
        }
        let thief = try await audit(Student(name: "thief", answers: released))
        guard thief.conclusion == .trained, thief.attributedTenants == ["acme"] else { fail("the thief was not found") }
        let honest = try await audit(Student(name: "honest", answers: originals))
        guard honest.conclusion != .trained else { fail("the honest student was accused") }
    }

    private static func fail(_ why: String) -> Never {
        FileHandle.standardError.write(Data("OwnSuspect: \(why)\n".utf8))
        exit(1)
    }
}

/// A problem with its trace, as in `fixtures/traces/mixed.jsonl`, whose records have other shapes too.
struct Solved: Decodable {
    var problem: String
    var trace: String

    static func read(_ path: String) throws -> [Solved] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return text.split(separator: "\n").compactMap { try? JSONDecoder().decode(Solved.self, from: Data($0.utf8)) }
    }
}
