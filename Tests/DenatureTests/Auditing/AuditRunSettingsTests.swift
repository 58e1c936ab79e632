import Auditing
import Foundation
import OpenAIClient
import SettingsSupport
import TestSupport
import Testing

@testable import Denature

@Suite("Settings of audit run", .serialized)
struct AuditRunSettingsTests {
    typealias Variations = SettingVariations<AuditRunSettings>

    /// A run that ends at its first question: nobody listens there.
    private static func variations(_ desk: AuditDesk) throws -> Variations {
        try desk.textPlan().bytes().write(to: URL(fileURLWithPath: desk.file("plan.json")))
        try desk.textPlan { $0.title = "Another" }.bytes().write(to: URL(fileURLWithPath: desk.file("plan2.json")))
        var base = AuditRunSettings()
        base.plan = desk.file("plan.json")
        base.keyring = desk.file("K.json")
        base.evidence = desk.file("e.jsonl")
        base.endpoint.endpoint = "http://127.0.0.1:9/v1"
        base.endpoint.model = "m"
        base.endpoint.maxAttempts = 1
        return Variations(
            of: base,
            texts: [
                "plan": desk.file("plan2.json"), "prompts": desk.file("p2.jsonl"),
                "tokenizer": desk.file("tokenizer.json"), "documents": desk.file("d.jsonl"),
                "candidates": desk.file("c.json"), "reference": Repository.path("fixtures/lab/proxy-base"),
            ],
            adjustments: [
                "checkpoint": { $0.endpoint.endpoint = nil }, "outputs": { $0.endpoint.endpoint = nil },
            ])
    }

    private static func run(_ settings: AuditRunSettings) async throws {
        _ = try await AuditRunner(settings).run().report()
    }

    /// A run that has stopped; planning for it takes seconds, so that all of the tests below have the same.
    private struct Stopped {
        let desk: AuditDesk
        let variations: Variations
        private let evidence: Data

        init() async throws {
            let desk = try AuditDesk()
            let variations = try AuditRunSettingsTests.variations(desk)
            await #expect(throws: EndpointError.self) { try await AuditRunSettingsTests.run(variations.base) }
            (self.desk, self.variations) = (desk, variations)
            evidence = try Data(contentsOf: URL(fileURLWithPath: desk.file("e.jsonl")))
        }

        var isAsItStopped: Bool {
            get throws { try Data(contentsOf: URL(fileURLWithPath: desk.file("e.jsonl"))) == evidence }
        }

        /// Goes on from where the first run stopped; every failure is one more in the evidence.
        func goOn(_ settings: AuditRunSettings) async throws {
            try evidence.write(to: URL(fileURLWithPath: desk.file("e.jsonl")))
            try await AuditRunSettingsTests.run(settings)
        }
    }

    private static let stopped = Task { try await Stopped() }

    @Test(arguments: Variations.names(.result, .input))
    func aRunIsNotGoneOnWithUnderAnotherValue(name: String) async throws {
        let stopped = try await Self.stopped.value
        let error = await #expect(throws: (any Error).self) { try await stopped.goOn(stopped.variations.varied(name)) }
        #expect(error is AuditError || error is SettingsError, "\(String(describing: error))")
        #expect(try stopped.isAsItStopped)
    }

    /// With nothing changed, too, the run gets as far as its question.
    @Test(arguments: [nil, "concurrency", "stall_timeout", "stream", "batch_size", "threads"])
    func howTheWorkIsDoneMayChange(name: String?) async throws {
        let stopped = try await Self.stopped.value
        let settings = try name.map { try stopped.variations.varied($0) } ?? stopped.variations.base
        await #expect(throws: EndpointError.self) { try await stopped.goOn(settings) }
    }

    @Test func aFileMayHaveMoved() async throws {
        let desk = try AuditDesk()
        var settings = try Self.variations(desk).base
        await #expect(throws: EndpointError.self) { try await Self.run(settings) }
        try FileManager.default.moveItem(atPath: desk.file("p.jsonl"), toPath: desk.file("moved.jsonl"))
        settings.places.prompts = desk.file("moved.jsonl")
        await #expect(throws: EndpointError.self) { try await Self.run(settings) }
    }

    /// Outputs that are handed in are the suspect: others are another one.
    @Test func otherOutputsAreAnotherSuspect() async throws {
        let desk = try AuditDesk()
        let plan = try desk.textPlan { $0.suspectKind = .outputs }
        try plan.bytes().write(to: URL(fileURLWithPath: desk.file("plan.json")))
        try desk.write("o.jsonl", (0..<5).map { #"{"output":"She has \#($0)."}"# + "\n" }.joined())
        var settings = AuditRunSettings()
        settings.plan = desk.file("plan.json")
        settings.keyring = desk.file("K.json")
        settings.evidence = desk.file("e.jsonl")
        settings.outputs = desk.file("o.jsonl")
        settings.report = desk.file("r.json")
        try await Self.run(settings)
        // Without its last line it is not at its end.
        let lines = try String(contentsOfFile: desk.file("e.jsonl"), encoding: .utf8).split(separator: "\n").dropLast()
        try desk.write("e.jsonl", lines.map { $0 + "\n" }.joined())
        settings.report = nil
        try desk.write("o2.jsonl", #"{"output":"He has 9."}"# + "\n")
        var other = settings
        other.outputs = desk.file("o2.jsonl")
        await #expect(throws: AuditError.self) { try await Self.run(other) }
        try await Self.run(settings)
        #expect(throws: AuditError.self) { try AuditReportFiles(json: desk.file("r.json")).check() }
    }

    @Test(arguments: AuditRunSettings.schema.map(\.name))
    func everySettingIsWrittenAndRead(name: String) async throws {
        let settings = try await Self.stopped.value.variations.varied(name)
        let data = try JSONEncoder().encode(settings)
        #expect(try JSONDecoder().decode(AuditRunSettings.self, from: data) == settings)
    }
}
