import Auditing
import Foundation
import SettingsSupport
import TestSupport
import Testing

@testable import Denature

@Suite("Settings of audit plan")
struct AuditPlanSettingsTests {
    typealias Variations = SettingVariations<AuditPlanSettings>

    private static let created = "2026-01-02T03:04:05Z"

    /// Every file is named, also those that no test needs.
    private static func variations(_ desk: AuditDesk) throws -> Variations {
        var base = AuditPlanSettings()
        base.output = "-"
        base.keyring = desk.file("K.json")
        base.tests = [.outputs, .text, .trigger]
        base.questions.prompts = desk.file("p.jsonl")
        base.marks.tokenizer = desk.file("tokenizer.json")
        base.documents = desk.file("d.jsonl")
        base.candidates = desk.file("c.json")
        base.reference = Repository.path("fixtures/lab/proxy-base")
        let epoch = try desk.keyring.activeEpoch(of: "acme")
        return Variations(
            of: base,
            texts: [
                "tenant": "acme", "epoch": epoch, "scheme": "gumbel", "text_scheme": "selection", "gamma": "0.3",
                "prompts": desk.file("p2.jsonl"), "tokenizer": desk.file("tokenizer2.json"),
                "documents": desk.file("d2.jsonl"), "candidates": desk.file("c2.json"),
                "reference": Repository.path("fixtures/lab/student-base"), "continues": desk.file("e.jsonl"),
            ])
    }

    private static func digest(_ settings: AuditPlanSettings, _ desk: AuditDesk) throws -> String {
        try settings.validate()
        return try AuditPlanner(settings).plan(keyring: desk.keyring, created: created).digest
    }

    /// One desk for all: planning simulates power, which takes a second, so that the base's digest is made once.
    private static let desk = Result { try AuditDesk() }
    private static let base = Result { try digest(try variations(try desk.get()).base, try desk.get()) }

    @Test func theSameSettingsAreTheSamePlan() throws {
        let desk = try Self.desk.get()
        #expect(try Self.digest(Self.variations(desk).base, desk) == Self.base.get())
    }

    @Test(arguments: Variations.names(.result, .input))
    func anotherValueIsAnotherPlan(name: String) async throws {
        let desk = try Self.desk.get()
        let suspect = Parrot { _ in "Nothing." }
        if name == "continues" {
            _ = try await desk.auditor(desk.textPlan()).run(suspect, evidence: desk.file("e.jsonl")).report()
        }
        let variations = try Self.variations(desk)
        #expect(try Self.digest(variations.varied(name), desk) != Self.base.get())
    }

    @Test(arguments: Variations.names(.conduct, .output, .secret))
    func whereItGoesIsNoPartOfThePlan(name: String) throws {
        let desk = try Self.desk.get()
        let variations = try Self.variations(desk)
        #expect(try Self.digest(variations.varied(name), desk) == Self.base.get())
    }

    /// What a file is called does not matter, what it holds does.
    @Test func aMovedFileIsTheSame() throws {
        let desk = try AuditDesk()
        var settings = try Self.variations(desk).base
        let base = try AuditPlanner(settings).plan(keyring: desk.keyring).plan.settings
        try FileManager.default.copyItem(atPath: desk.file("p.jsonl"), toPath: desk.file("moved.jsonl"))
        settings.questions.prompts = desk.file("moved.jsonl")
        #expect(try AuditPlanner(settings).plan(keyring: desk.keyring).plan.settings == base)
        #expect(base?["prompts"]?.count == 64)
    }

    @Test(arguments: AuditPlanSettings.schema.map(\.name))
    func everySettingIsWrittenAndRead(name: String) throws {
        let variations = try Self.variations(Self.desk.get())
        for settings in [variations.base, try variations.varied(name)] {
            let data = try JSONEncoder().encode(settings)
            #expect(try JSONDecoder().decode(AuditPlanSettings.self, from: data) == settings)
        }
    }

    @Test(arguments: [
        (" outputs, ,text,", [AuditPlan.TestKind.outputs, .text]), ("", []), ("outputs,divination", nil),
    ])
    func listsHaveCommas(text: String, values: [AuditPlan.TestKind]?) {
        #expect(ValueList<AuditPlan.TestKind>(settingText: text)?.values == values)
    }
}
