import Foundation
import JobLedger
import TestSupport
import Testing
import TraceRewriting

@testable import Sanitizing

@Suite struct ResumeTests {
    @Test(arguments: [UInt64(11), 12])
    func cancelledAtRandomMomentsTheOutputIsTheSame(seed: UInt64) async throws {
        let fixture = try JobFixture(lines: TestTraces.lines(120))
        _ = try await RewritingServer().serve {
            try await fixture.run($0, .init(output: "clean.jsonl", ledger: "clean.sqlite"))
        }
        let server = RewritingServer(delay: .milliseconds(4))
        var generator = SplitMix64(seed: seed)
        var cancellations = 0
        let variation = JobFixture.Variation(concurrency: 6)
        try await server.serve { url in
            while true {
                let stop = server.requestCount + Int.random(in: 0...25, using: &generator)
                let task = Task { try await fixture.run(url, variation) }
                let watch = Task {
                    while server.requestCount < stop, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(1)) }
                    task.cancel()
                }
                let result = await task.result
                watch.cancel()
                switch result {
                case .success(let summary):
                    #expect(summary.total == 120)
                    #expect(summary.resumed > 0)
                    return
                case .failure(SanitizeError.interrupted(resumable: true)):
                    cancellations += 1
                    #expect(!FileManager.default.fileExists(atPath: fixture.folder.file("out.jsonl")))
                case .failure(let error): throw error
                }
                if cancellations > 200 { throw SanitizeError.options("no progress, seed \(seed)") }
            }
        }
        #expect(cancellations > 3, "seed \(seed)")
        #expect(try fixture.bytes("out.jsonl") == fixture.bytes("clean.jsonl"), "seed \(seed)")
        #expect(try await fixture.isIntact())
        let repeated = server.requests.values.reduce(0) { $0 + $1 - 1 }
        #expect(repeated <= cancellations * 6, "at most what was in flight is repeated, seed \(seed)")
        let attempts = try await fixture.rows("attempts").count
        #expect(attempts >= server.requestCount, "every request stands in the ledger")
    }

    @Test func changedInputIsNoticedAndNamed() async throws {
        let fixture = try JobFixture(lines: TestTraces.lines(30))
        try await interrupt(fixture, after: 12)
        var lines = TestTraces.lines(30)
        let done = try await fixture.rows("traces").compactMap { $0["idx"] as? Int }
        let changed = try #require(done.min())
        lines[changed] = lines[changed].replacing("apples", with: "pears")
        try (lines.joined(separator: "\n") + "\n").write(toFile: fixture.input, atomically: true, encoding: .utf8)
        await #expect {
            _ = try await RewritingServer().serve { try await fixture.run($0) }
        } throws: {
            "\($0)".hasPrefix("\(fixture.input):\(changed + 1)") && "\($0)".contains("changed since")
        }
        #expect(!FileManager.default.fileExists(atPath: fixture.folder.file("out.jsonl")))
        // With the old input back, the job goes on.
        try (TestTraces.lines(30).joined(separator: "\n") + "\n").write(
            toFile: fixture.input, atomically: true, encoding: .utf8)
        let summary = try await RewritingServer().serve { try await fixture.run($0) }
        #expect(summary.total == 30)
    }

    @Test func shortenedInputIsNoticed() async throws {
        let fixture = try JobFixture(lines: TestTraces.lines(30))
        try await interrupt(fixture, after: 12)
        let kept = try #require(try await fixture.rows("traces").compactMap { $0["idx"] as? Int }.max())
        try (TestTraces.lines(kept).joined(separator: "\n") + "\n").write(
            toFile: fixture.input, atomically: true, encoding: .utf8)
        await #expect {
            _ = try await RewritingServer().serve { try await fixture.run($0) }
        } throws: {
            "\($0)".hasPrefix("\(fixture.input): ends after \(kept) records")
        }
        #expect(!FileManager.default.fileExists(atPath: fixture.folder.file("out.jsonl")))
    }

    @Test func changedParametersAreNamed() async throws {
        let fixture = try JobFixture(lines: TestTraces.lines(20))
        try await interrupt(fixture, after: 8)
        for (variation, name) in [
            (JobFixture.Variation(seed: 8), "seed"), (.init(policy: .withhold), "policy"),
            (.init(keepCandidates: true), "keep-candidates"),
        ] {
            await #expect {
                _ = try await RewritingServer().serve { try await fixture.run($0, variation) }
            } throws: {
                "\($0)".contains(name + ":")
            }
        }
        #expect(try await fixture.isIntact())
    }

    @Test func finishedJobIsNotDoneAgain() async throws {
        let fixture = try JobFixture(lines: TestTraces.lines(20))
        let first = try await RewritingServer().serve { try await fixture.run($0) }
        let output = try fixture.bytes("out.jsonl")
        let rows = try await fixture.rows("traces").count
        let server = RewritingServer()
        let second = try await server.serve { try await fixture.run($0) }
        #expect(server.requestCount == 0)
        #expect(second.states == first.states)
        #expect(second.outputDigest == first.outputDigest)
        #expect(try fixture.bytes("out.jsonl") == output)
        #expect(try await fixture.rows("traces").count == rows)
        try Data("x".utf8).write(to: URL(fileURLWithPath: fixture.folder.file("out.jsonl")))
        await #expect(throws: SanitizeError.self) { _ = try await server.serve { try await fixture.run($0) } }
    }

    @Test func killedBetweenPublicationAndCompletionTheOutputCounts() async throws {
        let fixture = try JobFixture(lines: TestTraces.lines(24))
        try await interrupt(fixture, after: 10)
        let files = ["job.sqlite", "out.jsonl.partial"]
        for name in files { try fixture.copy(name, to: "saved-" + name) }
        _ = try await RewritingServer().serve { try await fixture.run($0) }
        let output = try fixture.bytes("out.jsonl")
        // As if the end of the run had never reached the ledger.
        for name in files { try fixture.copy("saved-" + name, to: name) }
        let summary = try await RewritingServer().serve { try await fixture.run($0) }
        #expect(summary.total == 24)
        #expect(try fixture.bytes("out.jsonl") == output)
        // Another file that got that name meanwhile is not ours to replace.
        for name in files { try fixture.copy("saved-" + name, to: name) }
        try Data("precious".utf8).write(to: URL(fileURLWithPath: fixture.folder.file("out.jsonl")))
        await #expect {
            _ = try await RewritingServer().serve { try await fixture.run($0) }
        } throws: {
            "\($0)".contains("already exists")
        }
        #expect(try fixture.bytes("out.jsonl") == Array("precious".utf8))
    }

    @Test func twoJobsCannotWriteOneOutput() async throws {
        let fixture = try JobFixture(lines: TestTraces.lines(24))
        let server = RewritingServer(delay: .milliseconds(40))
        try await server.serve { url in
            let first = Task { try await fixture.run(url, .init(concurrency: 2)) }
            while server.requestCount < 4 { try await Task.sleep(for: .milliseconds(1)) }
            await #expect {
                _ = try await fixture.run(url, .init(ledger: "other.sqlite"))
            } throws: {
                "\($0)".contains("another run is writing it")
            }
            await #expect {
                _ = try await fixture.run(url)
            } throws: {
                "\($0)".contains("in use")
            }
            #expect(try await first.value.total == 24)
        }
        #expect(try fixture.lines("out.jsonl").count == 24)
    }

    /// A power failure may keep the ledger's row and lose the spool's bytes.
    @Test func changedSpoolIsAnError() async throws {
        let fixture = try JobFixture(lines: TestTraces.lines(20))
        try await interrupt(fixture, after: 8)
        let spool = fixture.folder.file("out.jsonl.partial")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: spool))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: spool))
        await #expect {
            _ = try await RewritingServer().serve { try await fixture.run($0) }
        } throws: {
            "\($0)".contains(spool) && "\($0)".contains("is not what the ledger recorded")
        }
        #expect(!FileManager.default.fileExists(atPath: fixture.folder.file("out.jsonl")))
    }

    @Test func lostSpoolIsAnError() async throws {
        let fixture = try JobFixture(lines: TestTraces.lines(20))
        try await interrupt(fixture, after: 8)
        let spool = fixture.folder.file("out.jsonl.partial")
        try Data().write(to: URL(fileURLWithPath: spool))
        await #expect {
            _ = try await RewritingServer().serve { try await fixture.run($0) }
        } throws: {
            "\($0)".contains(spool) && "\($0)".contains("ledger counts on")
        }
        try FileManager.default.removeItem(atPath: spool)
        await #expect(throws: SanitizeError.self) {
            _ = try await RewritingServer().serve { try await fixture.run($0) }
        }
    }

    @Test func candidatesAreKeptOnRequestAndOnlyThen() async throws {
        let fixture = try JobFixture(lines: TestTraces.lines(12))
        let server = RewritingServer()
        let variation = JobFixture.Variation(candidates: 3, order: [.lexical, .selection], keepCandidates: true)
        _ = try await server.serve { try await fixture.run($0, variation) }
        let kept = try await fixture.rows("candidates", texts: true)
        let rewritten = (0..<12).filter { TestTraces.state($0) == "rewritten" }
        #expect(kept.count == 3 * rewritten.count)
        for index in rewritten {
            let own = kept.filter { $0["idx"] as? Int == index }
            #expect(own.count == 3)
            #expect(own.filter { $0["chosen"] as? Bool == true }.count == 1)
            #expect(own.allSatisfy { ($0["text"] as? String)?.contains("crate \(1000 + index)") == true })
        }
        let plain = JobFixture.Variation(output: "plain.jsonl", ledger: "plain.sqlite")
        _ = try await server.serve { try await fixture.run($0, plain) }
        #expect(try await fixture.rows("candidates", ledger: "plain.sqlite").isEmpty)
        let stored = try fixture.bytes("plain.sqlite")
        #expect(!String(decoding: stored, as: UTF8.self).contains("Anna"), "no trace text without being asked")
    }

    /// Cancels a run after the server has answered some requests.
    private func interrupt(_ fixture: JobFixture, after count: Int) async throws {
        let server = RewritingServer(delay: .milliseconds(5))
        try await server.serve { url in
            let task = Task { try await fixture.run(url, .init(concurrency: 3)) }
            while server.requestCount < count { try await Task.sleep(for: .milliseconds(1)) }
            task.cancel()
            await #expect(throws: SanitizeError.self) { _ = try await task.value }
        }
    }
}
