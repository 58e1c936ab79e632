import Denature
import Foundation
import Safetensors
import StrictJSON
import TestSupport
import Testing
import Tokenizers

/// The models of `python3 scripts/golden/golden_gguf.py`, converted.
@Suite struct ModelConversionTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private static func golden(_ name: String) -> String { Repository.path("fixtures/golden/gguf/" + name) }

    private func convert(
        _ path: String, to output: String = "out", _ change: (inout ModelsConvertSettings) -> Void = { _ in }
    ) async throws -> ModelConversionReport {
        var settings = ModelsConvertSettings()
        settings.model = path
        settings.output = folder.file(output)
        change(&settings)
        return try await ModelConverter(settings).run().report()
    }

    private func members(_ name: String) throws -> [String: JSONValue] {
        let data = try Data(contentsOf: URL(fileURLWithPath: folder.file("out/" + name)))
        guard case .object(let members) = try JSONDecoder().decode(JSONValue.self, from: data) else { return [:] }
        return members
    }

    @Test(arguments: ["llama", "qwen2", "qwen3", "sentencepiece"])
    func tensorsAreTheSameBits(name: String) async throws {
        let report = try await convert(Self.golden(name + ".gguf"))
        let reference = try Checkpoint(folder: Repository.path("fixtures/golden/gguf"), baseName: name)
        let written = try Checkpoint(folder: folder.file("out"))
        try written.verify()
        #expect(written.tensorNames == reference.tensorNames)
        for tensor in reference.tensorNames {
            #expect(try written.info(tensor).shape == reference.info(tensor).shape)
            let (a, b) = (try written.floats(tensor), try reference.floats(tensor))
            #expect(a.map(\.bitPattern) == b.map(\.bitPattern), "\(tensor)")
        }
        #expect(report.architecture == (name == "sentencepiece" ? "llama" : name) && report.hasChatTemplate)
        #expect(try report.tokens == reference.info("model.embed_tokens.weight").shape[0])
        #expect(report.files == ["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"])
        #expect(
            Set(try FileManager.default.contentsOfDirectory(atPath: folder.file("out"))) == Set(report.files))
    }

    @Test(arguments: ["llama", "qwen2", "qwen3", "sentencepiece"])
    func idsAreThoseOfTheReference(name: String) async throws {
        struct Texts: Decodable { var texts: [String] }
        struct Reference: Decodable { var ids: [[Int32]] }
        func decode<T: Decodable>(_ path: String) throws -> T {
            try JSONDecoder().decode(T.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        }
        let texts: Texts = try decode(Repository.path("fixtures/golden/tokenizers/texts.json"))
        let reference: Reference = try decode(Self.golden(name + ".json"))
        _ = try await convert(Self.golden(name + ".gguf"))
        let tokenizer = try Tokenizer.load(folder.file("out"))
        for (text, ids) in zip(texts.texts, reference.ids) { #expect(tokenizer.encode(text) == ids, "\(text)") }
        #expect(tokenizer.beginningID == 1 && tokenizer.endID == 2 && tokenizer.paddingID == 0)
        #expect(tokenizer.chatTemplate?.hasPrefix("{% for m in messages %}<|im_start|>") == true)
        #expect(tokenizer.isSpecial(2) && !tokenizer.isSpecial(3))
    }

    @Test func configuration() async throws {
        _ = try await convert(Self.golden("llama.gguf"))
        let members = try members("config.json")
        let expected: [String: JSONValue] = [
            "model_type": .string("llama"), "architectures": .array([.string("LlamaForCausalLM")]),
            "hidden_size": .integer(32), "head_dim": .integer(16), "num_attention_heads": .integer(4),
            "num_key_value_heads": .integer(2), "num_hidden_layers": .integer(2), "intermediate_size": .integer(32),
            "vocab_size": .integer(320), "rms_norm_eps": .number(1e-5), "tie_word_embeddings": .bool(true),
            "attention_bias": .bool(true), "mlp_bias": .bool(false), "max_position_embeddings": .integer(128),
            "rope_theta": .integer(500_000), "bos_token_id": .integer(1), "eos_token_id": .integer(2),
            "pad_token_id": .integer(0), "dtype": .string("float32"),
            "rope_scaling": .object([
                "rope_type": .string("llama3"), "factor": .integer(8), "low_freq_factor": .integer(1),
                "high_freq_factor": .integer(4), "original_max_position_embeddings": .integer(8192),
            ]),
        ]
        for (key, value) in expected { #expect(members[key] == value, "\(key): \(String(describing: members[key]))") }
        #expect(try self.members("tokenizer_config.json")["eos_token"] == .string("<|im_end|>"))
    }

    @Test func bfloat16IsRoundedToNearest() async throws {
        _ = try await convert(Self.golden("qwen3.gguf")) { $0.dtype = .bfloat16 }
        let reference = try Checkpoint(folder: Repository.path("fixtures/golden/gguf"), baseName: "qwen3")
        let written = try Checkpoint(folder: folder.file("out"))
        for tensor in written.tensorNames {
            #expect(try written.info(tensor).dtype == .bfloat16)
            for (rounded, exact) in zip(try written.floats(tensor), try reference.floats(tensor)) {
                #expect(abs(rounded - exact) <= abs(exact) * 0x1p-8)
            }
        }
        #expect(try members("config.json")["torch_dtype"] == .string("bfloat16"))
    }

    @Test func whatIsThereStays() async throws {
        _ = try await convert(Self.golden("llama.gguf"))
        await #expect(throws: ModelConversionError.self) { try await convert(Self.golden("qwen3.gguf")) }
        #expect(try members("config.json")["model_type"] == .string("llama"))
        _ = try await convert(Self.golden("qwen3.gguf")) { $0.force = true }
        #expect(try members("config.json")["model_type"] == .string("qwen3"))
    }

    /// A copy of a golden file in which a text of the header is another one of the same length.
    private func changed(_ text: String, to other: String, in name: String = "llama.gguf") throws -> String {
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Self.golden(name))))
        let (from, to) = (Array(text.utf8), Array(other.utf8))
        #expect(from.count == to.count)
        let start = try #require(bytes.indices.first { bytes[$0...].starts(with: from) })
        bytes.replaceSubrange(start..<start + from.count, with: to)
        let path = folder.file("changed.gguf")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test(arguments: [
        ("llama.vocab_size", "llama.logit_soft", "llama.logit_soft is not known"),
        ("llama.context_length", "llama.context_l_ngth", "llama.context_length is missing"),
        ("blk.1.attn_norm.weight", "blk.1.attn_nork.weight", "blk.1.attn_norm.weight is missing"),
        ("llama-bpe", "llama-bpX", "the pre-tokenizer llama-bpX cannot be converted"),
        ("rope_freqs.weight", "rope_frequ.weight", "the tensor rope_frequ.weight has no place"),
        ("gpt2", "rwkv", "tokenizers of type rwkv cannot be converted"),
    ])
    func whatIsNotKnownIsRefused(text: String, other: String, reason: String) async throws {
        let path = try changed(text, to: other)
        do {
            _ = try await convert(path)
            Issue.record("it was converted")
        } catch let error as ModelConversionError {
            #expect(error.description.contains(reason) && error.file == path, "\(error)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("out/model.safetensors")))
    }

    @Test func anArchitectureThatIsNotKnownIsNamed() async throws {
        let error = await #expect(throws: ModelConversionError.self) {
            try await convert(Self.golden("types.gguf"))
        }
        #expect(error?.code == .unsupported && error?.message.contains("none cannot be converted") == true)
    }

    @Test func aFileWithoutModelIsNoModel() async throws {
        try Data("GGUF".utf8).write(to: URL(fileURLWithPath: folder.file("short.gguf")))
        await #expect(throws: (any Error).self) { try await convert(folder.file("short.gguf")) }
    }
}
