import Denature
import Foundation
import Lab
import Testing

/// An attacker from outside: keeps the shortest traces.
private struct ShortestFirst: TraceAttacker {
    static let name = "shortest-first"
    static let summary = "Keep the shortest traces."
    static let details = ""
    static let schema: [Setting<ShortestFirst>] = [.value("kept", \.kept, "How many are kept.", must: .bePositive)]

    var kept = 2

    init() {}

    func attack(_ traces: [AttackTrace], count: Int?) -> any TraceAttack { Shortening(kept: kept) }

    private struct Shortening: TraceAttack {
        var kept: Int

        func apply(to traces: [AttackTrace]) -> AttackResult {
            var result = AttackResult(read: traces.count)
            result.lines = traces.sorted { $0.trace.utf8.count < $1.trace.utf8.count }.prefix(kept).map(\.line)
            result.dropped["long"] = traces.count - result.lines.count
            return result
        }
    }
}

@Suite struct AttackerRegistryTests {
    private static let lines = ["aaa", "a", "aaaa", "aa"].map { #"{"problem":"p","trace":"\#($0)","solution":"1"}"# }

    private func run<Attacker: TraceAttacker>(
        _ attacker: Attacker.Type, _ fixture: DefenceFixture, _ arguments: [String: String]
    ) async throws -> AttackReport {
        var settings = AttackSettings<Attacker>()
        for (name, text) in arguments {
            try #require(AttackSettings<Attacker>.setting(named: name)).set([text], in: &settings)
        }
        settings.input = fixture.folder.file("t.jsonl")
        settings.output = fixture.folder.file("kept.jsonl")
        return try await Attack(settings).run().report()
    }

    @Test func anAttackerFromOutsideRunsLikeTheOthers() async throws {
        let fixture = try DefenceFixture()
        try fixture.write("t.jsonl", Self.lines.joined(separator: "\n") + "\n")
        let registry = AttackerRegistry.standard.adding(ShortestFirst.self)
        let attacker = try #require(registry.attacker(named: "shortest-first"))
        let report = try await run(attacker, fixture, ["kept": "3", "count": "2"])
        #expect(report.read == 4 && report.kept == 2)
        #expect(report.dropped == ["long": 1, "beyond the number wanted": 1])
        #expect(try fixture.bytes("kept.jsonl") == Array((Self.lines[1] + "\n" + Self.lines[3] + "\n").utf8))
        #expect(AttackSettings<ShortestFirst>.job == "attack shortest-first")
        #expect(throws: SettingsError.self) {
            var settings = AttackSettings<ShortestFirst>()
            settings.input = "t.jsonl"
            settings.attacker.kept = 0
            try settings.validate()
        }
    }

    @Test func everyAttackerIsFoundByItsName() throws {
        let names = AttackerRegistry.standard.attackers.map { $0.name }
        #expect(
            names == [
                "none", "answer-filter", "equation-checker", "single-steps", "majority-vote", "answer-only",
                "drop-sentences", "unify-punctuation", "mix-clean",
            ])
        for name in names { #expect(AttackerRegistry.standard.attacker(named: name)?.name == name) }
        #expect(AttackerRegistry.standard.adding(NoAttacker.self).attackers.count == names.count)
    }
}
