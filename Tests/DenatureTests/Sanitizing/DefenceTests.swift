import Denature
import Foundation
import KeyedPRF
import Sanitizing
import Testing
import TraceRewriting
import Traces

@Suite struct DefenceTests {
    /// A server's middleware and a job over a file are one defence.
    @Test(arguments: ["lexical", "trigger", "lexical,trigger"])
    func recordsByThemselvesAreThoseOfTheFile(marks: String) async throws {
        let fixture = try DefenceFixture()
        var settings = fixture.settings()
        settings.watermark = TraceMarks.Order(settingText: marks)
        #expect(settings.watermark != nil)
        settings.triggerShare = 0.5
        let defence = try Defence(settings, keyring: fixture.keyring)
        let summary = try await defence.sanitize().report()
        #expect(summary.total == 6 && !summary.isIncomplete)
        var together: [UInt8] = []
        for line in try fixture.bytes("in.jsonl").split(separator: 0x0A) {
            let record = try await defence.rewrite(line: Array(line))
            #expect(record.state.isReleased)
            together += try #require(record.bytes) + [0x0A]
        }
        #expect(try fixture.bytes("out.jsonl") == together)
        #expect(try fixture.bytes("in.jsonl") != together)
    }

    @Test func aTraceByItselfKeepsItsAnswer() async throws {
        let fixture = try DefenceFixture()
        let defence = try Defence(fixture.settings(), keyring: fixture.keyring)
        let trace = "First, Anna takes a big crate. Then she adds 3 apples to it, so there are 4 in total.\n#### 4"
        let rewritten = try await defence.rewrite(problem: "How many?", trace: trace)
        let text = try #require(rewritten.text)
        #expect(rewritten.state == .rewritten && text != trace && text.hasSuffix("#### 4"))
        #expect(try await defence.rewrite(problem: "How many?", trace: trace).text == text)
        let code = try await defence.rewrite(problem: nil, trace: "```python\nprint(4)\n```\n#### 4")
        #expect(code.state == .passedThrough)
    }

    @Test func theEventsOfAJobEndWithItsSummary() async throws {
        let fixture = try DefenceFixture()
        let defence = try Defence(fixture.settings(), keyring: fixture.keyring)
        var totals: [Int] = []
        for try await event in defence.sanitize(fixture.folder.file("in.jsonl"), to: fixture.folder.file("b.jsonl")) {
            switch event {
            case .progress(let progress): #expect(progress.records <= 6)
            case .notice(let text): Issue.record("\(text)")
            case .finished(let summary): totals.append(summary.total)
            }
        }
        #expect(totals == [6])
        #expect(FileManager.default.fileExists(atPath: fixture.folder.file("b.jsonl")))
    }

    private static let wrong: [(String, @Sendable (inout SanitizeSettings) -> Void)] = [
        (
            "keyring",
            {
                $0.ledger = "l"
                $0.watermark = []
                $0.tenant = nil
            }
        ),
        (
            "tenant",
            {
                $0.tenant = nil
                $0.keyring = "K.json"
            }
        ),
        ("rewriter", { $0.rewriter = "magic" }), ("rewriter", { $0.rewriter = "lexical:semantic" }),
        ("rewriter", { $0.rewriter = "" }), ("endpoint", { $0.rewriter = "instruction" }),
        ("libtorch", { $0.rewriter = "gradient" }), ("libtorch", { $0.swaps.select = .gradient }),
        (
            "proxy",
            {
                $0.swapModels.proxy = "p"
                $0.swapModels.gradient = "g"
            }
        ),
        (
            "gradient",
            {
                $0.swapModels.proxy = "p"
                $0.rewriter = "gradient"
            }
        ),
        (
            "api_key_file",
            {
                $0.endpoint.apiKeyEnv = "A"
                $0.endpoint.apiKeyFile = "B"
            }
        ),
        ("trigger_share", { $0.triggerShare = 2 }), ("length_ratio", { $0.lengthRatio = -1...3 }),
        ("output", { $0.output = "" }),
    ]

    @Test(arguments: wrong)
    func whatDoesNotGoTogetherIsNamed(word: String, change: @Sendable (inout SanitizeSettings) -> Void) throws {
        let fixture = try DefenceFixture()
        var settings = fixture.settings()
        change(&settings)
        let error = #expect(throws: SettingsError.self) {
            // Without a keyring: with one, a job without marks may have a ledger.
            _ = try Defence(settings, keyring: settings.watermark == [] ? nil : fixture.keyring)
        }
        #expect(error?.message.contains(word) == true, "\(String(describing: error))")
    }

    @Test(arguments: ["lexical", "trigger", "selection", "lexical,trigger,selection", "none"])
    func marksAreWrittenAsTheyAreRead(text: String) throws {
        let order = try #require(TraceMarks.Order(settingText: text))
        #expect(order.settingText == text)
        #expect(try JSONDecoder().decode(TraceMarks.Order.self, from: JSONEncoder().encode(order)) == order)
        #expect(TraceMarks.Order(settingText: text + ",telepathy") == nil)
    }
}
