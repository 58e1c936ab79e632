#if Torch
    import Foundation
    import Safetensors
    import TestSupport
    import Testing
    import Torch

    @testable import TorchModels

    /// Damaged and dishonest model folders: each must end in an error that says what is wrong.
    @Suite("Hostile checkpoints")
    struct HostileCheckpointTests {
        private let folder: TemporaryDirectory
        private var weights: URL { URL(fileURLWithPath: folder.file("model.safetensors")) }
        private var configuration: URL { URL(fileURLWithPath: folder.file("config.json")) }

        init() throws {
            folder = try TemporaryDirectory()
            let golden = GoldenModel(name: "llama").folder
            for name in ["config.json", "model.safetensors"] {
                try FileManager.default.copyItem(atPath: golden + "/" + name, toPath: folder.file(name))
            }
        }

        /// The message of the error that loading ends with, empty where it does not.
        private func failure() -> String {
            do {
                _ = try DecoderModel.load(folder.path)
                return ""
            } catch {
                return "\(error)"
            }
        }

        private func edit(_ change: (inout [String: Any]) -> Void) throws {
            var values = try #require(
                try JSONSerialization.jsonObject(with: Data(contentsOf: configuration)) as? [String: Any])
            change(&values)
            try JSONSerialization.data(withJSONObject: values).write(to: configuration)
        }

        /// Replaces text in the header by text of the same length.
        private func patchHeader(_ old: String, _ new: String) throws {
            #expect(old.utf8.count == new.utf8.count)
            var bytes = try Data(contentsOf: weights)
            let place = try #require(bytes.range(of: Data(old.utf8)))
            bytes.replaceSubrange(place, with: Data(new.utf8))
            try bytes.write(to: weights)
        }

        /// Writes the weights anew with other declarations.
        private func rewrite(_ change: (TensorInfo) -> TensorDeclaration?, adding: [TensorDeclaration] = []) throws {
            let file = try SafetensorsFile(path: folder.file("model.safetensors"))
            let declarations = file.tensors.compactMap(change) + adding
            try SafetensorsWriter.write(
                to: folder.file("model.safetensors"), tensors: declarations, replacing: true
            ) { tensor, write in
                let zeros = [UInt8](repeating: 0, count: tensor.byteRange.count)
                try zeros.withUnsafeBytes { try write($0) }
            }
        }

        @Test func untouchedItLoads() {
            #expect(failure() == "")
        }

        @Test("Cut anywhere", arguments: [0, 4, 7, 8, 100, 2000, 30_000, -1])
        func truncated(length: Int) throws {
            let bytes = try Data(contentsOf: weights)
            try bytes.prefix(length < 0 ? bytes.count + length : length).write(to: weights)
            let message = failure()
            #expect(message.contains("model.safetensors"), "\(message)")
        }

        @Test func overlappingOffsets() throws {
            let file = try SafetensorsFile(path: folder.file("model.safetensors"))
            let (first, second) = (file.tensors[0], file.tensors[1])
            // The second tensor's offsets moved onto the first's last bytes; the length of its text must not change.
            let start = file.tensors.map(\.byteRange.lowerBound).min() ?? 0
            let begin = second.byteRange.lowerBound - start
            let end = second.byteRange.upperBound - start
            try patchHeader("[\(begin),\(end)]", "[\(begin - 4),\(end - 4)]")
            let message = failure()
            #expect(message.contains(second.name) && message.contains("inside the data"), "\(message) \(first.name)")
        }

        @Test func wrongDType() throws {
            try rewrite {
                TensorDeclaration(
                    name: $0.name, dtype: $0.name == "model.norm.weight" ? .int32 : $0.dtype, shape: $0.shape)
            }
            #expect(failure().contains("'model.norm.weight': weights of type I32 are not supported"))
        }

        @Test func missingTensor() throws {
            try rewrite {
                $0.name == "model.layers.1.mlp.up_proj.weight"
                    ? nil : TensorDeclaration(name: $0.name, dtype: $0.dtype, shape: $0.shape)
            }
            #expect(failure() == "\(folder.path): tensors are missing: 'model.layers.1.mlp.up_proj.weight'")
        }

        @Test func unexpectedTensors() throws {
            try rewrite(
                { TensorDeclaration(name: $0.name, dtype: $0.dtype, shape: $0.shape) },
                adding: (0..<7).map { TensorDeclaration(name: "extra.\($0)", dtype: .float32, shape: [1]) })
            let message = failure()
            #expect(message.contains("no place for: 'extra.0'") && message.contains("and 2 more"), "\(message)")
        }

        @Test func wrongShape() throws {
            try rewrite {
                TensorDeclaration(
                    name: $0.name, dtype: $0.dtype,
                    shape: $0.name == "lm_head.weight" ? $0.shape.reversed() : $0.shape)
            }
            #expect(failure().contains("'lm_head.weight': its shape is [24, 64], the configuration asks for [64, 24]"))
        }

        @Test func vocabularyMismatch() throws {
            try edit { $0["vocab_size"] = 65 }
            #expect(failure().contains("its shape is [64, 24], the configuration asks for [65, 24]"))
        }

        @Test func absurdShapesInTheConfiguration() throws {
            try edit { $0["hidden_size"] = 1 << 62 }
            #expect(failure().contains("config.json: hidden_size is \(1 << 62), allowed is"))
            // Allowed by itself, and asks for terabytes: the file's shapes are compared before anything is allocated.
            try edit {
                $0["hidden_size"] = 1 << 19
                $0["head_dim"] = 64
                $0["vocab_size"] = 1 << 20
            }
            #expect(failure().contains("its shape is"))
        }

        @Test func absurdShapeInTheFile() throws {
            try patchHeader(#""shape":[64,24]"#, #""shape":[64,99]"#)
            #expect(failure().contains("its type and shape need"))
        }

        @Test func moreLayersThanTheFile() throws {
            try edit { $0["num_hidden_layers"] = 3 }
            let message = failure()
            #expect(message.contains("tensors are missing: 'model.layers.2") && message.contains("more"), "\(message)")
        }

        @Test func fewerLayersThanTheFile() throws {
            try edit { $0["num_hidden_layers"] = 1 }
            #expect(failure().contains("no place for: 'model.layers.1"))
        }

        @Test func tiedAgainstTheFile() throws {
            try edit { $0["tie_word_embeddings"] = true }
            #expect(failure().contains("lm_head.weight differs from model.embed_tokens.weight"))
            // A second copy of the embeddings is only litter.
            try rewrite { TensorDeclaration(name: $0.name, dtype: $0.dtype, shape: $0.shape) }
            #expect(failure() == "")
        }

        @Test func untiedWithoutHead() throws {
            try rewrite {
                $0.name == "lm_head.weight" ? nil : TensorDeclaration(name: $0.name, dtype: $0.dtype, shape: $0.shape)
            }
            #expect(failure().contains("tensors are missing: 'lm_head.weight'"))
        }

        @Test func valuesThatAreNotFinite() throws {
            let configuration = try DecoderConfiguration.load(folder.path)
            try ModelCheckpoint(folder.path, configuration).checkFinite()
            let file = try SafetensorsFile(path: folder.file("model.safetensors"))
            let name = "model.layers.1.self_attn.k_proj.weight"
            let place = try file.info(name).byteRange
            var bytes = try Data(contentsOf: weights)
            bytes.replaceSubrange(place.upperBound - 4..<place.upperBound, with: [0, 0, 0xC0, 0x7F])
            try bytes.write(to: weights)
            #expect(throws: ModelError(folder.path, .notFinite(tensor: name))) {
                try ModelCheckpoint(folder.path, configuration).checkFinite()
            }
        }

        @Test func frequenciesOfOldFilesArePassedOver() throws {
            try rewrite(
                { TensorDeclaration(name: $0.name, dtype: $0.dtype, shape: $0.shape) },
                adding: [
                    TensorDeclaration(
                        name: "model.layers.0.self_attn.rotary_emb.inv_freq", dtype: .float32, shape: [3])
                ])
            #expect(failure() == "")
        }

        @Test func emptyFolder() throws {
            let empty = try TemporaryDirectory()
            #expect(throws: ModelError(empty.path + "/config.json", .unreadable("no such file"))) {
                try DecoderModel.load(empty.path)
            }
            try FileManager.default.removeItem(at: weights)
            #expect(failure().contains("no checkpoint"))
        }

        @Test func shardMissing() throws {
            let golden = GoldenModel(name: "qwen2-sharded").folder
            let copy = try TemporaryDirectory()
            for name in try FileManager.default.contentsOfDirectory(atPath: golden) {
                try FileManager.default.copyItem(atPath: golden + "/" + name, toPath: copy.file(name))
            }
            #expect(throws: Never.self) { try DecoderModel.load(copy.path) }
            let shards = try Checkpoint(folder: golden).shardNames
            #expect(shards.count > 1)
            try FileManager.default.removeItem(atPath: copy.file(shards[1]))
            #expect(throws: SafetensorsError.self) { try DecoderModel.load(copy.path) }
        }
    }
#endif
