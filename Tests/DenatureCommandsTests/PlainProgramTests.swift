import Foundation
import Testing

/// The program built without libtorch, where the environment names it.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["DENATURE_TEST_PROGRAM"] != nil))
struct PlainProgramTests {
    @Test func theGradientRewriterIsRefused() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(2))
        let result = try await sandbox.sanitize("in.jsonl", "x", ["--rewriter", "gradient"])
        #expect(result.status == 2 && result.errors.contains("libtorch"), "\(result.errors)")
    }

    @Test(arguments: ["sample", "train", "gradient", "evaluate", "serve"])
    func commandsOfModelsAreNotThere(command: String) async throws {
        let result = try await denature([command])
        #expect(result.status == 2 && result.errors.contains("Unexpected argument"), "\(result.errors)")
    }

    @Test(arguments: ["inspect", "logprobs", "score"])
    func ofThoseOnModelsOnlyConvertIsThere(command: String) async throws {
        let result = try await denature(["models", command])
        #expect(result.status == 2 && result.errors.contains("Unexpected argument"), "\(result.errors)")
        #expect(try await denature(["models", "convert", "--help"]).status == 0)
    }

    @Test func textsAreMarkedAndFound() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(60))
        #expect(try await sandbox.sanitize("in.jsonl", "out.jsonl").status == 0)
        let found = try await denature([
            "detect", sandbox.file("out.jsonl"), "--keyring", sandbox.keyring, "--scheme", "lexical",
        ])
        #expect(found.status == 0 && found.text.contains("marked"), "\(found.errors)")
    }
}
