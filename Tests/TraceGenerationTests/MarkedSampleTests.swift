import Foundation
import Generation
import KeyedPRF
import Marks
import TestSupport
import Testing

@testable import TraceGeneration

/// Marks in sampled tokens, and the drafts that are kept beside the released ones.
@Suite struct MarkedSampleTests {
    private static func key(_ tenant: String = "acme") throws -> Subkey {
        try Subkey(
            identity: KeyIdentity(purpose: .token, tenant: tenant, epoch: "1"),
            secret: SecretBytes(copying: Array(tenant.utf8) + [UInt8](repeating: 7, count: 32)))
    }

    private static let parameters: [TokenMark] = [
        .green(gamma: 0.5, delta: 6), .gumbel, .tournament(layers: 30), .fingerprint(gamma: 0.5, lambda: 100),
    ]

    private func setting(
        _ parameters: TokenMark, width: Int = 2, problems: Int = 60, slots: Int = 4
    ) throws -> Setting {
        var setting = try Setting(Stories.problems(problems))
        setting.options.slots = slots
        setting.options.keepsTokenIDs = true
        setting.companions.watermark = try WatermarkedDecoding(
            WatermarkConfiguration(parameters, width: width), key: Self.key(),
            proxy: ModelFingerprintProxy(model: setting.model, slots: slots, capacity: 64))
        return setting
    }

    private func tokens(_ lines: [[String: Any]]) -> [[Int32]] {
        lines.map { ($0["token_ids"] as? [Int] ?? []).map(Int32.init) }
    }

    @Test(arguments: parameters) func theBatchChangesNothing(_ parameters: TokenMark) throws {
        let marked = try setting(parameters).lines()
        #expect(try setting(parameters, slots: 7).lines().bytes == marked.bytes)
        var plain = try Setting(Stories.problems(60))
        plain.options.keepsTokenIDs = true
        #expect(try plain.lines().bytes != marked.bytes)
        // No trace is long enough to be marked.
        #expect(try setting(parameters, width: 64).lines().bytes == plain.lines().bytes)
    }

    /// The detector reads the very tokens; of 400 short traces most contexts repeat, so only few are scored.
    @Test func theDetectorFindsTheTenant() throws {
        var setting = try setting(.green(gamma: 0.5, delta: 6), width: 1, problems: 400)
        setting.options.samplesPerProblem = 2
        let lines = try setting.lines().lines
        let configuration = try TokenTestConfiguration(.green(gamma: 0.5), width: 1, deduplicates: true)
        let detector = try TokenDetector(
            tests: [(configuration, [.subkey(Self.key()), .subkey(Self.key("other"))])],
            settings: TokenDetectionSettings(alpha: 0.01))
        for line in tokens(lines) { detector.add(TokenDocument(tokens: line)) }
        let results = detector.results()
        #expect(results.map(\.tenant) == ["acme", "other"])
        #expect(results[0].log10P < results[1].log10P && results[0].scored > 0)
    }

    @Test(arguments: parameters) func aPenaltyOfNothingLeavesTheMark(
        _ parameters: TokenMark
    ) throws {
        let marked = try setting(parameters).lines()
        var penalised = try setting(parameters)
        _ = try penalised.addProxy(lambda: 0)
        #expect(try tokens(penalised.lines().lines) == tokens(marked.lines))
        _ = try penalised.addProxy(lambda: 3)
        #expect(try tokens(penalised.lines().lines) != tokens(marked.lines))
    }

    @Test(arguments: [TokenMark.gumbel, .tournament(layers: 3)])
    func nothingIsDrawnAtTemperatureZero(_ parameters: TokenMark) throws {
        var setting = try setting(parameters)
        setting.decoding = .greedy
        #expect { try setting.job } throws: { ($0 as? TraceGenerationError)?.code == .options }
    }

    /// The likeliest token of the marked and truncated row, not of the whole row.
    @Test func greedyDecodingKeepsItsTruncation() throws {
        var setting = try setting(.green(gamma: 0.5, delta: 50))
        setting.decoding = .greedy
        let sampler = GreedySampler()
        setting.companions.watermark = try WatermarkedDecoding(
            WatermarkConfiguration(.green(gamma: 0.5, delta: 50), width: 2), key: Self.key(), sampler: sampler)
        let free = try tokens(setting.lines().lines)
        setting.decoding.topK = 1
        let top = try tokens(setting.lines().lines)
        setting.companions.watermark = nil
        #expect(try tokens(setting.lines().lines) == top)
        #expect(free != top)
    }

    // MARK: Candidates

    private func drafting() throws -> Setting {
        var setting = try setting(.gumbel, problems: 90, slots: 2)
        setting.options.samplesPerProblem = 4
        setting.options.drafts = DraftOptions(.shortest)
        setting.options.keepsCandidates = true
        return setting
    }

    private func output(_ folder: TemporaryDirectory, force: Bool = false) throws -> TraceOutput<SampleTally> {
        try TraceOutput(
            path: folder.file("t.jsonl"), companion: folder.file("c.jsonl"), force: force, inputs: [],
            settings: ["seed": "7"], empty: SampleTally())
    }

    private func whole() throws -> (traces: [UInt8], candidates: [UInt8]) {
        let folder = try TemporaryDirectory()
        _ = try drafting().job.run(into: output(folder))
        #expect(try folder.names() == ["t.jsonl", "c.jsonl"])
        return (folder.bytes("t.jsonl") ?? [], folder.bytes("c.jsonl") ?? [])
    }

    @Test func everyRightDraftIsKept() throws {
        let (traces, candidates) = try whole()
        let released = try Setting.parsed(traces)
        let kept = try Setting.parsed(candidates)
        #expect(kept.count > released.count && released.count > 60)
        #expect(kept.count == released.reduce(0) { $0 + ($1["right_drafts"] as? Int ?? 0) })
        let groups = Dictionary(grouping: kept) { $0["index"] as? Int ?? -1 }
        for trace in released {
            let group = try #require(groups[trace["id"] as? Int ?? -2])
            let chosen = group.filter { $0["released"] as? Bool == true }
            #expect(chosen.count == 1 && chosen[0]["trace"] as? String == trace["trace"] as? String)
            let lengths = group.compactMap { $0["tokens"] as? Int }
            #expect(chosen[0]["tokens"] as? Int == lengths.min())
            #expect(group.allSatisfy { ($0["token_ids"] as? [Int])?.count == $0["tokens"] as? Int })
        }
    }

    @Test(arguments: [1, 200, 700]) func anInterruptedRunEndsWithTheSameBytes(steps: Int) throws {
        let reference = try whole()
        let folder = try TemporaryDirectory()
        for steps in [steps, 90] {
            let setting = try drafting()
            #expect {
                try setting.job.run(into: output(folder), shouldStop: { setting.model.steps >= steps })
            } throws: {
                ($0 as? TraceGenerationError)?.code == .interrupted
            }
        }
        // What a process leaves that is killed between writing lines and noting them.
        for name in ["t.jsonl.partial", "c.jsonl.partial"] {
            let handle = try #require(FileHandle(forWritingAtPath: folder.file(name)))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(#"{"problem":"half"#.utf8))
            try handle.close()
        }
        _ = try drafting().job.run(into: output(folder))
        #expect(folder.bytes("t.jsonl") == reference.traces)
        #expect(folder.bytes("c.jsonl") == reference.candidates)
        #expect(try folder.names() == ["t.jsonl", "c.jsonl"])
    }

    @Test func aSecondFileIsGuardedLikeTheFirst() throws {
        let folder = try TemporaryDirectory()
        _ = try folder.write("precious\n", as: "c.jsonl")
        #expect { try output(folder) } throws: { ($0 as? TraceGenerationError)?.code == .outputExists }
        #expect(try folder.names() == ["c.jsonl"])
        let forced = try output(folder, force: true)
        try forced.commit(Array("a\n".utf8), companion: Array("b\n".utf8), units: 1, tally: SampleTally())
        #expect(folder.bytes("c.jsonl") == Array("precious\n".utf8))
        // Half of it is gone: the run cannot go on, and can begin anew.
        try Data().write(to: URL(fileURLWithPath: folder.file("c.jsonl.partial")))
        withExtendedLifetime(forced) {}
        for (path, second) in [("-", "c2.jsonl"), ("t.jsonl", "-"), ("t.jsonl", "t.jsonl")] {
            #expect(throws: TraceGenerationError.self, "\(path) \(second)") {
                try TraceOutput<Int>.check(
                    path: path == "-" ? path : folder.file(path),
                    companion: second == "-" ? second : folder.file(second), force: true, inputs: [])
            }
        }
    }

    @Test func aSecondFileThatIsTooShortIsNoticed() throws {
        let folder = try TemporaryDirectory()
        try output(folder).commit(Array("a\n".utf8), companion: Array("b\n".utf8), units: 1, tally: SampleTally())
        try Data().write(to: URL(fileURLWithPath: folder.file("c.jsonl.partial")))
        #expect { try output(folder) } throws: {
            ($0 as? TraceGenerationError)?.code == .damagedState && "\($0)".contains("c.jsonl.partial")
        }
        let anew = try output(folder, force: true)
        #expect(anew.resumedUnits == 0 && folder.bytes("t.jsonl.partial") == [])
    }

    @Test func candidatesNeedDrafts() throws {
        var setting = try setting(.gumbel)
        setting.options.keepsCandidates = true
        #expect { try setting.job } throws: { ($0 as? TraceGenerationError)?.code == .options }
    }
}
