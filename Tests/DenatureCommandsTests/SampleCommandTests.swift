#if Torch
    import Foundation
    import Testing

    #if canImport(Glibc)
        import Glibc
    #endif

    @Suite struct SampleCommandTests {
        @Test func tracesWithAndWithoutPenaltyDraftsAndForcedAnswers() async throws {
            let tiny = try await SampleSandbox()
            let plain = try await tiny.sample(tiny.file("plain.jsonl"), ["--json"])
            #expect(plain.status == 0, "\(plain.errors)")
            let lines = try tiny.lines("plain.jsonl")
            #expect(lines.count == 40 && lines.map { $0["id"] as? String } == (0..<40).map { "p\($0)" })
            #expect(try plain.json()["traces"] as? Int == 40)
            #expect(try plain.json()["penalty"] == nil)
            // What it writes, the other commands read.
            #expect(try await denature(["traces", "inspect", tiny.file("plain.jsonl")]).status == 0)

            // Strength 0 is plain sampling, token for token; the batch changes nothing.
            let zero = try await tiny.sample(
                tiny.file("zero.jsonl"), tiny.proxy + ["--strength", "0", "--batch-size", "3"])
            #expect(zero.status == 0, "\(zero.errors)")
            #expect(try tiny.lines("zero.jsonl").map { $0["trace"] as? String } == lines.map { $0["trace"] as? String })

            for derivative in ["central", "exact"] {
                let name = "\(derivative).jsonl"
                let result = try await tiny.sample(
                    tiny.file(name),
                    tiny.proxy + [
                        "--strength", "4", "--kl-budget", "0.3", "--derivative", derivative, "--top-k", "20", "--score",
                        "--json",
                    ])
                #expect(result.status == 0, "\(result.errors)")
                let penalty = try #require(try result.json()["penalty"] as? [String: Any])
                #expect((penalty["largest_kl"] as? Double).map { $0 > 0 && $0 <= 0.3 } == true)
                #expect(penalty["limited_steps"] as? Int ?? 0 > 0)
                let penalised = try tiny.lines(name)
                #expect(penalised.allSatisfy { $0["kl"] is Double && $0["delta_sum"] is Double })
            }
            let (central, exact) = (try tiny.lines("central.jsonl"), try tiny.lines("exact.jsonl"))
            #expect(zip(central, exact).count { $0["trace"] as? String == $1["trace"] as? String } >= 38)

            let drafts = try await tiny.sample(
                tiny.file("drafts.jsonl"),
                tiny.proxy + ["--drafts", "6", "--select", "poison", "--answer-forcing", " ####", "--json"])
            #expect(drafts.status == 0, "\(drafts.errors)")
            let released = try tiny.lines("drafts.jsonl")
            #expect(released.allSatisfy { $0["correct"] as? Bool == true && $0["delta_sum"] is Double })
            #expect(try drafts.json()["without_right_draft"] as? Int == 40 - released.count)

            let filtered = try await tiny.sample(tiny.file("right.jsonl"), ["--filter", "correct"])
            #expect(filtered.status == 0)
            let right = lines.filter { $0["correct"] as? Bool == true }
            #expect(try tiny.lines("right.jsonl").count == right.count)

            let marked = try await tiny.sample(
                tiny.file("marked.jsonl"),
                ["--drafts", "3", "--select", "marked", "--on-empty", "keep-best", "--limit", "8"] + tiny.sandbox.keys)
            #expect(marked.status == 0, "\(marked.errors)")
            #expect(try tiny.lines("marked.jsonl").count { $0["mark_score"] is Double } == 8)
        }

        /// `--step` is `--eps` times the gradient's norm, and what is too large a step is no derivative.
        @Test func epsilonIsTheStepWithoutTheNorm() async throws {
            let tiny = try await SampleSandbox()
            let control = try await denature([
                "gradient", "--negate", tiny.model("g.safetensors"), "-o", tiny.file("minus.safetensors"), "--json",
            ])
            let norm = try #require(try control.json()["norm"] as? Double)
            try #require(norm > 0 && abs(norm - 1) > 0.01)
            func sampled(_ step: [String]) async throws -> [Double] {
                let output = tiny.file("s-\(step.joined()).jsonl")
                let result = try await tiny.sample(
                    output, tiny.proxy + ["--score", "--dtype", "float64", "--limit", "8", "--strength", "0"] + step)
                #expect(result.status == 0, "\(result.errors)")
                let lines = try tiny.lines("s-\(step.joined()).jsonl")
                return lines.compactMap { $0["delta_sum"] as? Double }
            }
            let usual = try await sampled(["--step", "0.01"])
            let same = try await sampled(["--eps", String(0.01 / norm)])
            let huge = try await sampled(["--eps", String(10 / norm)])
            try #require(usual.count == 8 && same.count == 8 && huge.count == 8)
            #expect(zip(usual, same).allSatisfy { abs($0 - $1) <= 1e-6 * (1 + abs($0)) }, "\(usual) \(same)")
            #expect(zip(usual, huge).contains { abs($0 - $1) > 1e-2 * abs($0) }, "\(usual) \(huge)")
            for wrong in ["0", "-1", "nan"] {
                #expect(try await tiny.sample(tiny.file("x.jsonl"), tiny.proxy + ["--eps=\(wrong)"]).status == 2)
            }
        }

        @Test func killedAndInterruptedRunsGoOnWithTheSameBytes() async throws {
            let tiny = try await SampleSandbox()
            let more = ["--samples-per-prompt", "24", "--batch-size", "4"] + tiny.proxy + ["--strength", "1"]
            #expect(try await tiny.sample(tiny.file("whole.jsonl"), more).status == 0)
            let arguments =
                [
                    "sample", "--teacher", tiny.model("teacher"), "--prompts", tiny.file("problems.jsonl"), "-o",
                    tiny.file("cut.jsonl"), "--seed", "5", "--max-new-tokens", "24",
                ] + more
            for signal in [SIGKILL, SIGINT] {
                let program = try RunningProgram(arguments)
                let before = size(tiny.file("cut.jsonl.partial"))
                while size(tiny.file("cut.jsonl.partial")) <= before, kill(program.process, 0) == 0 {
                    try await Task.sleep(for: .milliseconds(5))
                }
                program.send(signal)
                let result = try await program.wait()
                if signal == SIGINT {
                    #expect(result.status == 130 && result.errors.contains("same command"), "\(result.errors)")
                } else {
                    #expect(result.signal == SIGKILL)
                }
                #expect(tiny.sandbox.bytes("cut.jsonl") == nil)
            }
            let other = try await denature(arguments.map { $0 == "5" ? "6" : $0 })
            #expect(other.status == 1 && other.errors.contains("another seed"), "\(other.errors)")
            let last = try await denature(arguments)
            #expect(last.status == 0, "\(last.errors)")
            #expect(tiny.sandbox.bytes("cut.jsonl") == tiny.sandbox.bytes("whole.jsonl"))
            #expect(try tiny.sandbox.names().allSatisfy { !$0.contains("partial") })
        }

        private func size(_ path: String) -> Int {
            var status = stat()
            return stat(path, &status) == 0 ? Int(status.st_size) : 0
        }

        @Test func wrongFilesAndOptionsAreNamed() async throws {
            let tiny = try await SampleSandbox()
            func refuses(
                _ more: [String], _ word: String, output: String = "x", status: Int32 = 1, _ line: Int = #line
            ) async throws {
                let result = try await tiny.sample(tiny.file(output), more)
                #expect(result.status == status && result.errors.contains(word), "line \(line): \(result.errors)")
                #expect(tiny.sandbox.bytes("x") == nil, "line \(line)")
                #expect(try tiny.sandbox.names().allSatisfy { !$0.contains("partial") }, "line \(line)")
            }
            let gradient = ["--gradient", tiny.model("g.safetensors")]
            try await refuses(["--proxy", tiny.model("teacher")] + gradient + ["--strength", "1"], "tensor")
            try await refuses(
                ["--proxy", tiny.model("proxy"), "--gradient", tiny.file("problems.jsonl"), "--strength", "1"],
                "problems.jsonl")
            try await refuses(tiny.proxy, "--strength", status: 2)
            try await refuses(["--strength", "1"], "--proxy", status: 2)
            try await refuses(tiny.proxy + ["--strength", "1", "--lambda", "1"], "--lambda", status: 2)
            try await refuses(["--drafts", "2"], "--select poison", status: 2)
            try await refuses(["--prompt-format", "none"], "plain")
            try await refuses([], "No such file", output: "none/t.jsonl")
            try await refuses(["--force"], "different files", output: "problems.jsonl")
            try tiny.sandbox.write("keep.jsonl", "precious\n")
            try await refuses([], "--force", output: "keep.jsonl")
            #expect(tiny.sandbox.bytes("keep.jsonl") == Array("precious\n".utf8))
            let full = try await tiny.sample("-", standardOutput: "/dev/full")
            #expect(full.status == 1 && full.errors.contains("No space left"), "\(full.errors)")
            let long = try tiny.sandbox.write(
                "long.jsonl", #"{"problem":"\#(String(repeating: "Sum of 1 ", count: 60))"}"# + "\n")
            let result = try await denature(
                ["sample", "--teacher", tiny.model("teacher"), "--prompts", long, "-o", tiny.file("x")])
            #expect(result.status == 1 && result.errors.contains("long.jsonl:1"), "\(result.errors)")
        }
    }
#endif
