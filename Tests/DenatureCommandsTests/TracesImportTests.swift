import Foundation
import Testing

@testable import DenatureCommands

@Suite struct TracesImportTests {
    private static func gsm8k(_ count: Int) -> String {
        (0..<count).map { #"{"question": "How much is \#($0) + 1?", "answer": "Add.\n#### \#($0 + 1)"}"# + "\n" }
            .joined()
    }

    private func problems(_ sandbox: Sandbox, _ name: String) throws -> [String] {
        try (sandbox.bytes(name) ?? []).split(separator: 0x0A).map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
            return try #require(object?["problem"] as? String)
        }
    }

    @Test func partsShareNoProblemAndLoseNone() async throws {
        let sandbox = try Sandbox()
        let input = try sandbox.write("in.jsonl", Self.gsm8k(200) + Self.gsm8k(20).replacing("How", with: "HOW "))
        let result = try await denature([
            "traces", "import", input, "--format", "gsm8k", "-o", sandbox.file("train.jsonl"), "--holdout",
            sandbox.file("holdout.jsonl"), "--json",
        ])
        #expect(result.status == 0, "\(result.errors)")
        let report = try result.json()
        let (train, holdout) = (try problems(sandbox, "train.jsonl"), try problems(sandbox, "holdout.jsonl"))
        #expect(train.count + holdout.count == 220 && (110...185).contains(train.count))
        #expect(report["training"] as? Int == train.count && report["holdout"] as? Int == holdout.count)
        #expect(report["duplicates"] as? Int == 20 && report["problems"] as? Int == 220)
        func keys(_ part: [String]) -> Set<String> { Set(part.map { $0.lowercased().replacing("  ", with: " ") }) }
        #expect(keys(train).isDisjoint(with: keys(holdout)))

        // Nothing depends on what else is in the file.
        let half = try sandbox.write("half.jsonl", Self.gsm8k(100))
        _ = try await denature([
            "traces", "import", half, "--format", "gsm8k", "-o", sandbox.file("t2.jsonl"), "--holdout",
            sandbox.file("h2.jsonl"),
        ])
        #expect(try Set(problems(sandbox, "t2.jsonl")).isSubset(of: train))
        #expect(try Set(problems(sandbox, "h2.jsonl")).isSubset(of: holdout))
    }

    @Test func limitsDrawAndDuplicatesGo() async throws {
        let sandbox = try Sandbox()
        let input = try sandbox.write("in.jsonl", Self.gsm8k(50) + Self.gsm8k(50))
        let arguments = ["traces", "import", input, "--format", "gsm8k", "--distinct"]
        let all = try await denature(arguments)
        #expect(all.status == 0 && all.text.split(separator: "\n").count == 50)
        let some = try await denature(arguments + ["--limit", "10"])
        let lines = some.text.split(separator: "\n").map(String.init)
        let order = all.text.split(separator: "\n").map(String.init)
        let places = lines.compactMap { order.firstIndex(of: $0) }
        #expect(places.count == 10 && places == places.sorted() && places != Array(0..<10))
        let other = try await denature(arguments + ["--limit", "10", "--seed", "1"])
        #expect(other.text != some.text)
    }

    @Test func whatIsWrittenIsReadByOtherCommands() async throws {
        let sandbox = try Sandbox()
        let input = try sandbox.write("in.jsonl", Self.gsm8k(3))
        let result = try await denature([
            "traces", "import", input, "--format", "gsm8k", "-o", sandbox.file("out.jsonl"), "--with-traces",
            "--instruction", "Solve it.",
        ])
        #expect(result.status == 0 && result.errors.contains("3 problems"))
        let seen = try await denature(["traces", "inspect", sandbox.file("out.jsonl")])
        #expect(seen.status == 0 && seen.text.contains("problem-trace") && seen.text.contains("answer: 3"))
        #expect(try problems(sandbox, "out.jsonl").first == "Solve it.\n\nHow much is 0 + 1?")
    }

    @Test func badInputsNameFileAndLineAndLeaveNothing() async throws {
        let sandbox = try Sandbox()
        let table = try sandbox.write("bad.csv", "q,a,b,c,d,A\n\"two\nlines\",a,b,c,d,B\nq,a,b,c,d,Z\n")
        let before = try sandbox.names()
        let result = try await denature([
            "traces", "import", table, "--format", "mmlu", "-o", sandbox.file("out.jsonl"), "--holdout",
            sandbox.file("holdout.jsonl"),
        ])
        #expect(result.status == 1 && result.errors.contains("bad.csv:4: "), "\(result.errors)")
        #expect(try sandbox.names() == before)
        let kept = try sandbox.write("kept.jsonl", "mine")
        let lines = try sandbox.write("in.jsonl", Self.gsm8k(3))
        for (output, holdout) in [("new.jsonl", "kept.jsonl"), ("kept.jsonl", "new.jsonl"), ("in.jsonl", "new.jsonl")] {
            let refused = try await denature([
                "traces", "import", lines, "--format", "gsm8k", "-o", sandbox.file(output), "--holdout",
                sandbox.file(holdout),
            ])
            #expect(refused.status == 1 && refused.errors.contains(".jsonl: "), "\(refused.errors)")
        }
        #expect(sandbox.bytes("kept.jsonl") == Array("mine".utf8) && FileManager.default.fileExists(atPath: kept))
        #expect(try sandbox.names() == before.union(["kept.jsonl", "in.jsonl"]))
    }

    @Test(arguments: [
        [], ["--train-share", "2"], ["--limit", "0"], ["--json"], ["-o", "x", "--holdout", "x"],
        ["--format", "mmlu", "--with-traces"], ["--format", "squad"], ["--holdout", ""],
    ])
    func wrongUsageIsRefused(arguments: [String]) {
        let format = arguments.contains("--format") || arguments.isEmpty ? [] : ["--format", "gsm8k"]
        #expect(throws: (any Error).self) {
            try RootCommand.parseAsRoot(["traces", "import", "in.jsonl"] + format + arguments)
        }
        #expect(throws: Never.self) {
            _ = try RootCommand.parseAsRoot(["traces", "import", "in.jsonl", "--format", "gsm8k"])
        }
    }
}
