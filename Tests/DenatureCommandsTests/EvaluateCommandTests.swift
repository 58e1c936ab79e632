#if Torch
    import Foundation
    import Testing

    @Suite struct EvaluateCommandTests {
        @Test func accuracyWithItsIntervalAndEveryProblem() async throws {
            let tiny = try await SampleSandbox()
            let arguments = [
                "evaluate", "--model", tiny.model("teacher"), "--problems", tiny.file("problems.jsonl"),
                "--max-new-tokens", "24",
            ]
            let result = try await denature(arguments + ["--json", "--per-problem", tiny.file("each.jsonl")])
            #expect(result.status == 0, "\(result.errors)")
            let report = try result.json()
            let correct = try #require(report["correct"] as? Int)
            #expect(report["problems"] as? Int == 40)
            #expect(report["accuracy"] as? Double == Double(correct) / 40)
            let interval = try #require(report["interval"] as? [Double])
            #expect(interval.count == 2 && interval[0] < Double(correct) / 40 + 1e-9 && interval[1] <= 1)
            let lines = try tiny.lines("each.jsonl")
            #expect(lines.count == 40 && lines.count { $0["correct"] as? Bool == true } == correct)
            #expect(lines.allSatisfy { $0["trace"] is String && $0["reference"] is String })

            let again = try await denature(
                arguments + ["--per-problem", tiny.file("again.jsonl"), "--batch-size", "7"])
            #expect(again.status == 0 && again.text.contains("accuracy"))
            #expect(tiny.sandbox.bytes("again.jsonl") == tiny.sandbox.bytes("each.jsonl"))
            let kept = try await denature(arguments + ["--per-problem", tiny.file("each.jsonl")])
            #expect(kept.status == 1 && kept.errors.contains("--force"))
            let sampled = try await denature(
                arguments + ["--json", "--temperature", "1", "--samples-per-problem", "3", "--limit", "10"])
            #expect(try sampled.json()["traces"] as? Int == 30)
        }

        @Test func problemsWithoutAnswersAndFullOutputsAreNamed() async throws {
            let tiny = try await SampleSandbox()
            let open = try tiny.sandbox.write("open.jsonl", #"{"problem":"Sum of 1 and 2 ?"}"# + "\n")
            let result = try await denature(["evaluate", "--model", tiny.model("teacher"), "--problems", open])
            #expect(result.status == 1 && result.errors.contains("open.jsonl:1"), "\(result.errors)")
            let full = try await denature(
                [
                    "evaluate", "--model", tiny.model("teacher"), "--problems", tiny.file("problems.jsonl"),
                    "--max-new-tokens", "4",
                ], output: "/dev/full")
            #expect(full.status == 1 && full.errors.contains("No space left"), "\(full.errors)")
        }
    }
#endif
