import Compression
import Foundation
import TestSupport
import Testing
import TraceRewriting
import Traces

@testable import Sanitizing

/// Folders of shards: one job, one ledger, every shard the file it would be alone.
@Suite struct FolderJobTests {
    private static let shards = [
        "data/test-00000-of-00001.json", "data/train-00000-of-00003.jsonl", "data/train-00001-of-00003.jsonl.gz",
        "data/train-00002-of-00003.jsonl", "more/deep/part.jsonl.zst", "z.ndjson",
    ]

    /// A folder as `datasets` has them, with other files beside the shards.
    private func folder() throws -> JobFixture {
        let fixture = try JobFixture(lines: [], name: "unused.jsonl")
        for (number, shard) in Self.shards.enumerated() {
            let records = (number * 5..<number * 5 + 5).map(TestTraces.line)
            let isArray = shard.hasSuffix(".json")
            let text =
                isArray ? "[\n" + records.joined(separator: ",\n") + "\n]" : records.joined(separator: "\n") + "\n"
            var bytes = Array(text.utf8)
            if let encoder = try ContainerRegistry.standard.container(forName: shard)?.encoder() {
                bytes = try bytes.withUnsafeBytes { try encoder.encode($0) } + (try encoder.finish())
            }
            try write(bytes, "in/" + shard, fixture)
        }
        for (name, text) in [
            ("README.md", "---\nconfigs: []\n---\n"), ("LICENSE", "MIT"), ("notes.txt", "x"), ("data/state.json", "{}"),
            (".cache/old.jsonl", "{}"), ("data/sums.csv", "a,b"),
        ] { try write(Array(text.utf8), "in/" + name, fixture) }
        return fixture
    }

    private func write(_ bytes: [UInt8], _ name: String, _ fixture: JobFixture) throws {
        let url = URL(fileURLWithPath: fixture.folder.file(name))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    private func files(_ name: String, _ fixture: JobFixture) throws -> [String] {
        let path = fixture.folder.file(name)
        return try FileManager.default.subpathsOfDirectory(atPath: path).filter { entry in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path + "/" + entry, isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }

    @Test(arguments: [nil, "job.sqlite"] as [String?])
    func everyShardIsTheFileItWouldBeAlone(ledger: String?) async throws {
        let fixture = try folder()
        let summary = try await RewritingServer().serve {
            try await fixture.run($0, .init(input: "in", output: "out", ledger: ledger))
        }
        #expect(summary.total == 30)
        #expect(summary.folder?.shards == 6)
        #expect(summary.folder?.copied == ["LICENSE", "README.md"])
        #expect(summary.folder?.leftOut == ["data/state.json", "data/sums.csv", "notes.txt"])
        #expect(try files("out", fixture) == (Self.shards + ["LICENSE", "README.md"]).sorted())
        #expect(try fixture.bytes("out/README.md") == fixture.bytes("in/README.md"))
        for shard in Self.shards {
            let alone = "alone-" + shard.replacing("/", with: "-")
            _ = try await RewritingServer().serve {
                try await fixture.run($0, .init(input: "in/" + shard, output: alone, ledger: nil))
            }
            #expect(try fixture.bytes("out/" + shard) == fixture.bytes(alone), "\(shard)")
            #expect(try fixture.bytes("out/" + shard) != fixture.bytes("in/" + shard), "\(shard)")
        }
    }

    @Test(arguments: [UInt64(31), 32]) func stoppedAtRandomMomentsItEndsTheSame(seed: UInt64) async throws {
        let fixture = try folder()
        let clean = try await RewritingServer().serve {
            try await fixture.run($0, .init(input: "in", output: "clean", ledger: "clean.sqlite"))
        }
        let server = RewritingServer(delay: .milliseconds(3))
        var generator = SplitMix64(seed: seed)
        var stops = 0
        var last: SanitizeSummary?
        try await server.serve { url in
            while last == nil, stops < 100 {
                let stop = server.requestCount + Int.random(in: 1...10, using: &generator)
                let task = Task { try await fixture.run(url, .init(input: "in", output: "out", concurrency: 4)) }
                let watch = Task {
                    while server.requestCount < stop, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(1)) }
                    task.cancel()
                }
                let result = await task.result
                watch.cancel()
                if case .success(let summary) = result { last = summary } else { stops += 1 }
            }
        }
        #expect(stops > 1, "seed \(seed)")
        #expect(try files("out", fixture) == files("clean", fixture))
        for file in try files("clean", fixture) {
            #expect(try fixture.bytes("out/" + file) == fixture.bytes("clean/" + file), "\(file), seed \(seed)")
        }
        #expect(last?.outputDigest == clean.outputDigest)
        #expect(last?.states == clean.states)
        #expect((last?.resumed ?? 0) > 0)
        #expect(try await fixture.isIntact())
        // Once more: nothing is asked again, everything is reported.
        let before = server.requestCount
        let again = try await server.serve { try await fixture.run($0, .init(input: "in", output: "out")) }
        #expect(server.requestCount == before)
        #expect(again.outputDigest == clean.outputDigest)
    }

    @Test func whatCannotBeReadOrWrittenIsRefusedAtOnce() async throws {
        let fixture = try folder()
        let server = RewritingServer()
        func refusal(_ input: String, _ output: String, _ ledger: String? = nil) async throws -> String {
            do {
                _ = try await server.serve {
                    try await fixture.run($0, .init(input: input, output: output, ledger: ledger))
                }
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(try await refusal("in", "in").contains("is named twice"))
        #expect(try await refusal("in", "in/marked").contains("is named twice"))
        #expect(try await refusal("in", "unused.jsonl").contains("is a file"))
        try write([], "out/z.ndjson", fixture)
        #expect(try await refusal("in", "out").contains("z.ndjson: already exists"))
        #expect(try await refusal("in", "out", "job.sqlite").contains("z.ndjson: already exists"))
        try write(Array("PAR1".utf8), "in/data/train.parquet", fixture)
        #expect(try await refusal("in", "other").contains("train.parquet: this is a Parquet file"))
        try write([1], "empty/notes.txt", fixture)
        #expect(try await refusal("empty", "other").contains("holds no files of traces"))
        #expect(server.requestCount == 0)
        #expect(!FileManager.default.fileExists(atPath: fixture.folder.file("other")))
    }
}
