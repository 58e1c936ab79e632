import Foundation
import TestSupport
import Testing

@testable import DenatureCommands

@Suite struct ModelsConvertTests {
    private let golden = Repository.path("fixtures/golden/gguf/qwen2.gguf")

    @Test func aFolderIsWrittenOnce() async throws {
        let sandbox = try Sandbox()
        let folder = sandbox.file("model")
        let result = try await denature(["models", "convert", golden, "-o", folder])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.text.contains("qwen2, ") && result.text.contains("320 tokens, with chat template"))
        let files = ["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"]
        for file in files { #expect(result.text.contains(folder + "/" + file + "\n")) }
        #expect(Set(try FileManager.default.contentsOfDirectory(atPath: folder)) == Set(files))

        let again = try await denature(["models", "convert", golden, "-o", folder])
        #expect(again.status == 1 && again.errors.contains("already exists"), "\(again.errors)")
        let forced = try await denature([
            "models", "convert", golden, "-o", folder, "--force", "--dtype", "bfloat16", "--json",
        ])
        #expect(try forced.json()["architecture"] as? String == "qwen2", "\(forced.errors)")
    }

    @Test func whatIsNoModelIsNamed() async throws {
        let sandbox = try Sandbox()
        let input = try sandbox.write("in.gguf", "GGUF but no more")
        let result = try await denature(["models", "convert", input, "-o", sandbox.file("model")])
        #expect(result.status == 1 && result.errors.contains(input), "\(result.errors)")
        let usage = try await denature(["models", "convert", golden])
        #expect(usage.status == 2, "\(usage.errors)")
    }
}
