import Foundation
import TestSupport
import Testing

@testable import Tokenizers

/// Files that are damaged, lie, or ask for what is not implemented: an error naming file and member, never a trap.
@Suite struct HostileFileTests {
    /// A small byte-level tokenizer with parts replaced.
    static func json(
        vocab: String = #"{"a": 0, "b": 1, "ab": 2}"#, merges: String = #"["a b"]"#, model: String = "",
        added: String = "[]", normalizer: String = "null",
        preTokenizer: String = #"{"type": "ByteLevel", "add_prefix_space": false}"#,
        processor: String = "null", decoder: String = #"{"type": "ByteLevel"}"#
    ) -> String {
        """
        {"added_tokens": \(added), "normalizer": \(normalizer), "pre_tokenizer": \(preTokenizer),
         "post_processor": \(processor), "decoder": \(decoder),
         "model": {"type": "BPE", \(model) "vocab": \(vocab), "merges": \(merges)}}
        """
    }

    static func error(_ json: String) -> TokenizerError? {
        do throws(TokenizerError) {
            _ = try Tokenizer(json: Array(json.utf8), file: "t.json")
            return nil
        } catch {
            return error
        }
    }

    @Test func `the plain file loads, with either form of merges`() throws {
        #expect(Self.error(Self.json()) == nil)
        #expect(Self.error(Self.json(merges: #"[["a", "b"]]"#)) == nil)
        #expect(Self.error(Self.json(merges: ##"["#version: 0.2", "a b"]"##)) == nil)
        let tokenizer = try Tokenizer(json: Array(Self.json().utf8))
        #expect(tokenizer.encode("abba") == [2, 1, 0])
        #expect(tokenizer.encode("a?b") == [0, 1])
    }

    @Test(arguments: [
        (json(vocab: #"{"a": 0, "b": 1000000000}"#), TokenizerError.Code.invalidID, "model.vocab.b"),
        (json(vocab: #"{"a": -1}"#), .invalidID, "model.vocab.a"),
        (json(vocab: #"{"a": 0.5}"#), .invalidID, "model.vocab.a"),
        (json(vocab: #"{"a": 1e3}"#), .invalidID, "model.vocab.a"),
        (json(vocab: #"{"a": 99999999999999999999999999}"#), .invalidID, "model.vocab.a"),
        (json(vocab: #"{"a": "0"}"#), .wrongType, "model.vocab.a"),
        (json(vocab: #"{"a": 0, "b": 0}"#), .invalidID, "model.vocab.b"),
        (json(vocab: #"{"a": 0, "a": 1}"#), .duplicateKey, "model.vocab.a"),
        (json(vocab: #"{"a": 0, "\u0061": 1}"#), .duplicateKey, "model.vocab.a"),
        (json(vocab: "{}"), .missingMember, "model.vocab"),
        (json(vocab: "[]"), .wrongType, "model.vocab"),
        (json(vocab: #"{"\ud800": 0}"#), .invalidUTF8, "model.vocab"),
        (json(merges: #"["a b", "a c"]"#), .invalidMerge, "model.merges[1]"),
        (json(merges: #"["b a"]"#), .invalidMerge, "model.merges[0]"),
        (json(merges: #"["ab"]"#), .invalidMerge, "model.merges[0]"),
        (json(merges: #"["a b c"]"#), .invalidMerge, "model.merges[0]"),
        (json(merges: #"[["a"]]"#), .invalidMerge, "model.merges[0]"),
        (json(vocab: #"{"": 0, "a": 1}"#, merges: #"[["", "a"]]"#), .invalidMerge, "model.merges[0]"),
        (json(merges: "[7]"), .wrongType, "model.merges[0]"),
        (json(merges: "[[1, 2]]"), .wrongType, "model.merges[0]"),
        (json(merges: "{}"), .wrongType, "model.merges"),
        (json(model: #""byte_fallback": true,"#), .unsupported, "model.byte_fallback"),
        (json(model: #""dropout": 0.1,"#), .unsupported, "model.dropout"),
        (json(model: #""end_of_word_suffix": "</w>","#), .unsupported, "model.end_of_word_suffix"),
        (json(model: #""unk_token": "?","#), .invalidID, "model.unk_token"),
        (json(model: #""ignore_merges": 1,"#), .wrongType, "model.ignore_merges"),
        (json(model: #""vocab": {},"#), .duplicateKey, "model.vocab"),
        (json(added: #"[{"id": 0, "content": "x"}]"#), .invalidID, "added_tokens[0].id"),
        (json(added: #"[{"id": 9, "content": "a"}]"#), .invalidID, "added_tokens[0].id"),
        (json(added: #"[{"id": 9, "content": "x"}, {"id": 9, "content": "y"}]"#), .invalidID, "added_tokens[1].id"),
        (json(added: #"[{"id": 9, "content": "x"}, {"id": 8, "content": "x"}]"#), .duplicateKey, "added_tokens[1]"),
        (json(added: #"[{"id": 2147483648, "content": "x"}]"#), .invalidID, "added_tokens[0].id"),
        (json(added: #"[{"id": 9}]"#), .missingMember, "added_tokens[0]"),
        (json(added: #"[{"id": 9, "content": ""}]"#), .unsupported, "added_tokens[0]"),
        (json(added: "[3]"), .wrongType, "added_tokens[0]"),
        (json(normalizer: #"{"type": "Precompiled"}"#), .unsupported, "normalizer.type"),
        (json(normalizer: #"{"type": "Prepend"}"#), .missingMember, "normalizer"),
        (
            json(normalizer: #"{"type": "Replace", "pattern": {"String": ""}, "content": "x"}"#), .unsupported,
            "normalizer.pattern.String"
        ),
        (
            json(normalizer: #"{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Nmt"}]}"#),
            .unsupported,
            "normalizer.normalizers[1].type"
        ),
        (json(preTokenizer: "null"), .unsupported, "decoder"),
        (json(preTokenizer: #"{"type": "BertPreTokenizer"}"#), .unsupported, "pre_tokenizer.type"),
        (json(preTokenizer: #"{"type": "Metaspace"}"#), .missingMember, "pre_tokenizer"),
        (json(preTokenizer: #"{"type": "Metaspace", "replacement": ""}"#), .unsupported, "pre_tokenizer.replacement"),
        (
            json(preTokenizer: #"{"type": "Metaspace", "replacement": "_", "prepend_scheme": "last"}"#), .unsupported,
            "pre_tokenizer.prepend_scheme"
        ),
        (
            json(preTokenizer: #"{"type": "Split", "pattern": {"Regex": "(a"}, "behavior": "Isolated"}"#),
            .unsupported,
            "pre_tokenizer.pattern.Regex"
        ),
        (
            json(preTokenizer: #"{"type": "Split", "pattern": {"String": " "}, "behavior": "Merged"}"#), .unsupported,
            "pre_tokenizer.behavior"
        ),
        (
            json(processor: #"{"type": "BertProcessing", "sep": ["a", 0], "cls": ["a", 0]}"#), .unsupported,
            "post_processor.type"
        ),
        (
            json(
                processor: #"{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "a"}}, "#
                    + #"{"Sequence": {"id": "A"}}], "special_tokens": {"a": {"ids": [77]}}}"#), .invalidID,
            "post_processor.special_tokens.a.ids[0]"
        ),
        (
            json(processor: #"{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "a"}}]}"#),
            .missingMember,
            "post_processor.single[0]"
        ),
        (json(processor: #"{"type": "TemplateProcessing", "single": []}"#), .unsupported, "post_processor.single"),
        (json(decoder: #"{"type": "WordPiece"}"#), .unsupported, "decoder.type"),
        (json(decoder: #"{"type": "Fuse"}"#), .unsupported, "decoder"),
        (
            json(preTokenizer: "null", decoder: #"{"type": "Strip", "content": " ", "start": 1, "stop": 0}"#),
            .unsupported, "decoder"
        ),
        (
            json(
                preTokenizer: "null",
                decoder: #"{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "ByteFallback"}]}"#),
            .unsupported, "decoder.decoders[1]"
        ),
        (json(model: #""unk_token": "?","#, preTokenizer: "null", decoder: "null"), .invalidID, "model.unk_token"),
        (#"{"model": {"type": "Unigram", "vocab": []}}"#, .missingMember, "model.vocab"),
        (#"{"model": {"type": "Unigram", "vocab": [["a", 0]]}}"#, .missingMember, "model"),
        (#"{"model": {"type": "Unigram", "unk_id": 1, "vocab": [["a", 0]]}}"#, .invalidID, "model.unk_id"),
        (#"{"model": {"type": "Unigram", "unk_id": 0, "vocab": [["a"]]}}"#, .wrongType, "model.vocab[0]"),
        (
            #"{"model": {"type": "Unigram", "unk_id": 0, "vocab": [["a", 0], ["a", 1]]}}"#, .duplicateKey,
            "model.vocab[1]"
        ),
        (#"{"model": {"type": "Unigram", "unk_id": 0, "vocab": [["a", 1e999]]}}"#, .wrongType, "model.vocab[0]"),
        (#"{"model": {"type": "WordPiece", "vocab": {}}}"#, .unsupported, "model.type"),
        (#"{"model": {"vocab": {}}}"#, .missingMember, "model"),
        (#"{"model": 3}"#, .wrongType, "model"), ("{}", .missingMember, ""), ("[]", .wrongType, ""),
        ("", .malformedJSON, ""),
        (json() + "x", .malformedJSON, ""), (json(vocab: #"{"a": NaN}"#), .malformedJSON, ""),
        (json(vocab: #"{"a": 01}"#), .malformedJSON, ""), (json(vocab: "{\"a\u{1}\": 1}"), .malformedJSON, ""),
        (json(vocab: #"{"\x": 1}"#), .malformedJSON, ""),
    ])
    func `bad files are refused by member`(json: String, code: TokenizerError.Code, keyPath: String) {
        let error = Self.error(json)
        #expect(error?.code == code, "\(error.map(\.description) ?? "accepted")")
        #expect(error?.keyPath ?? "" == keyPath, "\(error.map(\.description) ?? "accepted")")
        #expect(error?.file == "t.json" && error?.description.hasPrefix("t.json: ") == true)
    }

    @Test func `deep nesting is refused`() {
        for open in ["[", "{\"a\":"] {
            #expect(Self.error(String(repeating: open, count: 100_000))?.code == .tooLarge)
        }
    }

    @Test(arguments: ["qwen2", "llama3", "words", "llama2", "unigram-bytes", "behaviors"])
    func `cut and damaged files never trap`(family: String) throws {
        let bytes = try Golden.bytes("\(family).tokenizer.json")
        let seed = UInt64(11)
        var random = SplitMix64(seed: seed)
        for _ in 0..<40 {
            let cut = Int.random(in: 0..<bytes.count - 1, using: &random)
            #expect(throws: TokenizerError.self) { try Tokenizer(json: Array(bytes[..<cut])) }
        }
        let replacements = Array("\"{}[],:0123456789-eaĠ\\ \u{0}".utf8) + [0xFF]
        var loaded = 0
        for _ in 0..<150 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                damaged[.random(in: 0..<damaged.count, using: &random)] =
                    replacements.randomElement(using: &random) ?? 0
            }
            if let tokenizer = try? Tokenizer(json: damaged) {
                loaded += 1
                _ = tokenizer.decode(tokenizer.encode("the quick é 123 <|im_end|>"))
            }
        }
        #expect(loaded < 150)
    }

    @Test func `missing and wrong files name their path`() throws {
        let folder = try TemporaryDirectory()
        #expect(throws: TokenizerError.self) { try Tokenizer.load(folder.path) }
        let error = #expect(throws: TokenizerError.self) { try Tokenizer.load(folder.file("none.json")) }
        #expect(error?.code == .unreadable && error?.file == folder.file("none.json"))
        try Data(Self.json().utf8).write(to: URL(fileURLWithPath: folder.file("tokenizer.json")))
        try Data(#"{"eos_token": 3}"#.utf8).write(to: URL(fileURLWithPath: folder.file("tokenizer_config.json")))
        let wrong = #expect(throws: TokenizerError.self) { try Tokenizer.load(folder.path) }
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link.json"), withDestinationPath: "tokenizer.json")
        try FileManager.default.createSymbolicLink(atPath: folder.file("zero.json"), withDestinationPath: "/dev/zero")
        #expect(try FileReading.bytes(folder.file("link.json")) == Array(Self.json().utf8))
        #expect(throws: TokenizerError.self) { try Tokenizer.load(folder.file("zero.json")) }
        #expect(wrong?.file == folder.file("tokenizer_config.json") && wrong?.keyPath == "eos_token")
        try Data([0xFF, 0xFE]).write(to: URL(fileURLWithPath: folder.file("tokenizer.json")))
        #expect(throws: TokenizerError.self) { try Tokenizer.load(folder.path) }
    }
}
