#if Torch
    import Foundation
    import Synchronization
    import Tokenizers

    /// A tiny teacher and proxy, hardly trained, and a gradient: made once for all tests.
    final class SampleModels: Sendable {
        let sandbox: Sandbox

        static let shared = Task { try await SampleModels() }
        private static let folder = Mutex("")

        private init() async throws {
            sandbox = try Sandbox()
            // What lives as long as the process is not deinitialised.
            Self.folder.withLock { $0 = sandbox.folder.path }
            atexit {
                let path = SampleModels.folder.withLock { $0 }
                try? FileManager.default.removeItem(atPath: path)
            }
            let trainer = WordVocabularyTrainer(
                vocabularySize: 80, included: (0...40).map { " \($0)" } + ["####", " ####", "\n"],
                fallback: .unknown("<unk>"))
            let trained = try trainer.train([Self.trace(1), Self.problem(1)])
            try trained.write(to: file("tokenizer"))
            try sandbox.write("traces.jsonl", (0..<24).map { Self.record($0, trace: true) + "\n" }.joined())
            for (name, width, steps) in [("teacher", 32, 40), ("proxy", 16, 4)] {
                try sandbox.write("\(name).json", Self.configuration(width: width))
                try await succeed([
                    "train", "--init", file("\(name).json"), "--tokenizer", file("tokenizer"), "--data",
                    file("traces.jsonl"), "-o", file(name), "--steps", "\(steps)", "--lr", "1e-2", "--batch-size", "8",
                    "--threads", "1",
                ])
            }
            try await succeed([
                "gradient", "--proxy", file("proxy"), "--holdout", file("traces.jsonl"), "-o", file("g.safetensors"),
                "--threads", "1",
            ])
        }

        private struct Failure: Error, CustomStringConvertible {
            var description: String
        }

        func file(_ name: String) -> String { sandbox.file(name) }

        private func succeed(_ arguments: [String]) async throws {
            let result = try await denature(arguments)
            guard result.status == 0 else { throw Failure(description: result.errors) }
        }

        static func problems() -> String { (0..<40).map { record($0, trace: false) + "\n" }.joined() }

        private static func problem(_ i: Int) -> String { "Sum of \(i % 13) and \(i % 7) ?" }
        private static func trace(_ i: Int) -> String { "so we add \(i % 13) and \(i % 7) #### \(i % 13 + i % 7)" }

        private static func record(_ i: Int, trace isTrace: Bool) -> String {
            let tail = isTrace ? #""trace":"\#(trace(i))""# : #""answer":\#(i % 13 + i % 7),"id":"p\#(i)""#
            return #"{"problem":"\#(problem(i))",\#(tail)}"#
        }

        private static func configuration(width: Int) -> String {
            """
            {"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_size":\(width),"intermediate_size":\(2 * width),
            "num_hidden_layers":1,"num_attention_heads":2,"vocab_size":80,"max_position_embeddings":64,"rms_norm_eps":1e-5,
            "rope_theta":10000.0,"tie_word_embeddings":false,"initializer_range":0.1}
            """
        }
    }

    /// A folder with problems, for one test.
    final class SampleSandbox: Sendable {
        let sandbox: Sandbox
        private let models: SampleModels

        init() async throws {
            models = try await SampleModels.shared.value
            sandbox = try Sandbox()
            try sandbox.write("problems.jsonl", SampleModels.problems())
        }

        func file(_ name: String) -> String { sandbox.file(name) }
        func model(_ name: String) -> String { models.file(name) }

        /// `denature sample` with the teacher, the problems and few tokens.
        func sample(_ output: String, _ more: [String] = [], standardOutput: String? = nil) async throws
            -> ProgramResult
        {
            try await denature(
                [
                    "sample", "--teacher", model("teacher"), "--prompts", file("problems.jsonl"), "-o", output,
                    "--seed",
                    "5", "--max-new-tokens", "24",
                ] + more, output: standardOutput)
        }

        var proxy: [String] { ["--proxy", model("proxy"), "--gradient", model("g.safetensors")] }

        func lines(_ name: String) throws -> [[String: Any]] {
            try (sandbox.bytes(name) ?? []).split(separator: 0x0A).map {
                try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any] ?? [:]
            }
        }
    }
#endif
