import Compression
import Files
import Foundation
import KeyedPRF
import TestSupport
import Testing
import TraceRewriting
import Traces

@testable import Sanitizing

/// The job over compressed files and arrays: what comes out is what comes out of the same records in plain lines.
@Suite struct ContainerJobTests {
    private static func encode(_ bytes: [UInt8], _ name: String) throws -> [UInt8] {
        guard let encoder = try ContainerRegistry.standard.container(forName: name)?.encoder() else { return bytes }
        return try bytes.withUnsafeBytes { try encoder.encode($0) } + (try encoder.finish())
    }

    private static func decode(_ path: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var reader = try LineReader(path: path)
        while let batch = try reader.nextBatch() {
            for index in batch.lines.indices {
                bytes += batch.before(index) + batch.bytes[batch.lines[index]] + batch.behind(index)
            }
        }
        return bytes
    }

    private func plain(_ fixture: JobFixture) async throws -> [UInt8] {
        let lines = fixture.folder.file("plain.jsonl")
        try Data((TestTraces.lines(24).joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: lines))
        _ = try await RewritingServer().serve {
            try await fixture.run($0, .init(input: "plain.jsonl", output: "expected.jsonl", ledger: nil))
        }
        return try fixture.bytes("expected.jsonl")
    }

    @Test(arguments: ["in.jsonl.gz", "in.jsonl.zst"], [nil, "job.sqlite"] as [String?])
    func compressedFilesAreWrittenByTheOutputsName(name: String, ledger: String?) async throws {
        let fixture = try JobFixture(lines: TestTraces.lines(24), name: name)
        try Data(try Self.encode(try fixture.bytes(name), name)).write(to: URL(fileURLWithPath: fixture.input))
        let expected = try await plain(fixture)
        for (number, output) in ["out.jsonl", "out.jsonl.gz", "out.jsonl.zst"].enumerated() {
            let summary = try await RewritingServer().serve {
                try await fixture.run($0, .init(output: output, ledger: ledger.map { "\(number)-\($0)" }))
            }
            let bytes = try fixture.bytes(output)
            #expect(bytes == (try Self.encode(expected, output)), "one stream of the whole content")
            #expect(try Self.decode(fixture.folder.file(output)) == expected)
            #expect(summary.outputDigest == SHA256Digest.of(bytes).hex)
        }
    }

    @Test(arguments: [UInt64(21), 22], ["out.jsonl.gz", "out.json"])
    func aJobThatWasStoppedAtRandomMomentsEndsTheSame(seed: UInt64, output: String) async throws {
        let isArray = output == "out.json"
        let fixture = try JobFixture(lines: [], name: isArray ? "in.json" : "in.jsonl.zst")
        let records = TestTraces.lines(24)
        let text = isArray ? "[\n  " + records.joined(separator: ",\n  ") + "\n]\n" : records.joined(separator: "\n")
        try Data(try Self.encode(Array(text.utf8), fixture.input)).write(to: URL(fileURLWithPath: fixture.input))
        _ = try await RewritingServer().serve {
            try await fixture.run($0, .init(output: "clean-" + output, ledger: "clean.sqlite"))
        }
        let server = RewritingServer(delay: .milliseconds(3))
        var generator = SplitMix64(seed: seed)
        var stops = 0
        try await server.serve { url in
            while stops < 100 {
                let stop = server.requestCount + Int.random(in: 1...8, using: &generator)
                let task = Task { try await fixture.run(url, .init(output: output, concurrency: 5)) }
                let watch = Task {
                    while server.requestCount < stop, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(1)) }
                    task.cancel()
                }
                let result = await task.result
                watch.cancel()
                if case .success = result { return }
                stops += 1
                #expect(!FileManager.default.fileExists(atPath: fixture.folder.file(output)))
            }
        }
        #expect(stops > 1 && stops < 100, "seed \(seed)")
        #expect(try fixture.bytes(output) == fixture.bytes("clean-" + output), "seed \(seed)")
        #expect(try await fixture.isIntact())
        #expect(!FileManager.default.fileExists(atPath: fixture.folder.file(output + ".partial")))
    }

    @Test(arguments: ["[", "[\n  ", "\u{FEFF} [\r\n"], [nil, "job.sqlite"] as [String?])
    func anArrayStaysTheArrayItWas(opening: String, ledger: String?) async throws {
        let fixture = try JobFixture(lines: [], name: "in.json")
        let records = TestTraces.lines(24)
        let (separator, closing) = opening == "[" ? (",", "]") : (",\n  ", "\n]\n")
        try Data((opening + records.joined(separator: separator) + closing).utf8).write(
            to: URL(fileURLWithPath: fixture.input))
        let lines = String(decoding: try await plain(fixture), as: UTF8.self).split(separator: "\n")
        _ = try await RewritingServer().serve {
            try await fixture.run($0, .init(output: "out.json", ledger: ledger))
        }
        let expected = opening + lines.joined(separator: separator) + closing
        #expect(try fixture.bytes("out.json") == Array(expected.utf8))
        _ = try await RewritingServer().serve {
            try await fixture.run($0, .init(output: "out.jsonl", ledger: ledger.map { "lines-" + $0 }))
        }
        #expect(try fixture.lines("out.jsonl") == lines.map(String.init), "lines where the name asks for lines")
    }

    @Test func withoutSomeRecordsAnArrayIsStillOne() async throws {
        for ledger in [nil, "job.sqlite"] {
            for withheld in [[0], [11], [0, 1, 6, 11], Array(0..<12)] {
                let fixture = try JobFixture(lines: [], name: "in.json")
                let text = "[\n" + (0..<12).map(Self.english).joined(separator: ",\n") + "\n]"
                try Data(text.utf8).write(to: URL(fileURLWithPath: fixture.input))
                let server = RewritingServer { record, _ in
                    withheld.contains(record) ? .chat("I'm sorry, but I can't help with that.") : nil
                }
                _ = try await server.serve {
                    try await fixture.run($0, .init(output: "out.json", ledger: ledger, policy: .fail, attempts: 1))
                }
                let array = try JSONSerialization.jsonObject(with: Data(try fixture.bytes("out.json"))) as? [Any]
                #expect(array?.count == 12 - withheld.count)
                guard ledger != nil else { continue }
                // Taken up again, nothing is missing.
                _ = try await RewritingServer().serve {
                    try await fixture.run(
                        $0, .init(output: "out.json", policy: .fail, attempts: 1, retryFailed: true))
                }
                let whole = try JSONSerialization.jsonObject(with: Data(try fixture.bytes("out.json"))) as? [Any]
                #expect(whole?.count == 12)
            }
        }
    }

    private static func english(_ index: Int) -> String {
        #"{"problem":"How many apples from crate \#(1000 + index)?","trace":"\#(TestTraces.reasoning(index))\n"#
            + #"#### \#(TestTraces.answer(index))"}"#
    }

    @Test func aStreamThatIsCutOffLeavesNoOutput() async throws {
        let fixture = try JobFixture(lines: [], name: "in.jsonl.gz")
        let whole = try Self.encode(Array(TestTraces.lines(24).joined(separator: "\n").utf8), "a.gz")
        try Data(whole.prefix(whole.count - 9)).write(to: URL(fileURLWithPath: fixture.input))
        await #expect {
            _ = try await RewritingServer().serve { try await fixture.run($0, .init(ledger: nil)) }
        } throws: {
            "\($0)".hasPrefix(fixture.input + ":") && "\($0)".contains("the gzip file ends too early")
        }
        #expect(!FileManager.default.fileExists(atPath: fixture.folder.file("out.jsonl")))
    }
}
