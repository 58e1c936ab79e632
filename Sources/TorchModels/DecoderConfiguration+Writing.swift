#if Torch
    import Foundation
    import StrictJSON

    extension DecoderConfiguration {
        /// The text of a `config.json` that this package and transformers (4 and 5) read back.
        /// - Parameter dtype: the type of the weights beside it, such as `float32`.
        /// - Throws: `EncodingError` for a number that is not finite.
        public func json(dtype: String? = nil) throws -> Data {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            var data = try encoder.encode(JSONValue.object(members(dtype: dtype).tree))
            data.append(UInt8(ascii: "\n"))
            return data
        }

        private func members(dtype: String?) -> ConfigurationMembers {
            var members: [String: JSONValue] = [
                "architectures": .array([.string(architecture.definition.className)]),
                "model_type": .string(architecture.modelType),
                "hidden_act": .string("silu"),
                "hidden_size": .integer(hiddenSize),
                "intermediate_size": .integer(intermediateSize),
                "num_hidden_layers": .integer(layers),
                "num_attention_heads": .integer(heads),
                "num_key_value_heads": .integer(kvHeads),
                "head_dim": .integer(headDim),
                "vocab_size": .integer(vocabularySize),
                "max_position_embeddings": .integer(maxPositions),
                "rms_norm_eps": .number(rmsEps),
                "tie_word_embeddings": .bool(tied),
                "initializer_range": .number(initializerRange),
                "attention_dropout": .number(0),
                "use_cache": .bool(true),
                "bos_token_id": beginningID.map { .integer(Int($0)) } ?? .null,
                "pad_token_id": paddingID.map { .integer(Int($0)) } ?? .null,
            ]
            switch endIDs.count {
            case 0: members["eos_token_id"] = .null
            case 1: members["eos_token_id"] = .integer(Int(endIDs[0]))
            default: members["eos_token_id"] = .array(endIDs.map { .integer(Int($0)) })
            }
            // Both spellings: transformers 4 knows the first two keys, transformers 5 writes the third.
            var scaling = scalingMembers
            members["rope_theta"] = .number(ropeTheta)
            members["rope_scaling"] = scaling.map { .object($0) } ?? .null
            scaling = scaling ?? ["rope_type": .string("default")]
            scaling?["rope_theta"] = .number(ropeTheta)
            members["rope_parameters"] = scaling.map { .object($0) } ?? .null
            if let dtype {
                members["dtype"] = .string(dtype)
                members["torch_dtype"] = .string(dtype)
            }
            var all = ConfigurationMembers(tree: members)
            architecture.definition.write(self, to: &all)
            return all
        }

        private var scalingMembers: [String: JSONValue]? {
            switch ropeScaling {
            case .none: nil
            case .linear(let factor): ["rope_type": .string("linear"), "factor": .number(factor)]
            case .llama3(let factor, let low, let high, let original):
                [
                    "rope_type": .string("llama3"), "factor": .number(factor),
                    "low_freq_factor": .number(low),
                    "high_freq_factor": .number(high), "original_max_position_embeddings": .integer(original),
                ]
            }
        }
    }

    /// The members of a `config.json` that is written.
    public struct ConfigurationMembers: Sendable {
        var tree: [String: JSONValue]

        /// Sets a member, or replaces it.
        public mutating func set(_ key: String, _ value: Bool) { tree[key] = .bool(value) }
        /// Sets a member, or replaces it.
        public mutating func set(_ key: String, _ value: Int) { tree[key] = .integer(value) }
        /// Sets a member, or replaces it.
        public mutating func set(_ key: String, _ value: Double) { tree[key] = .number(value) }
        /// Sets a member, or replaces it.
        public mutating func set(_ key: String, _ value: String) { tree[key] = .string(value) }
        /// Sets a member, or replaces it.
        public mutating func set(_ key: String, _ value: [String]) { tree[key] = .array(value.map { .string($0) }) }
        /// Sets a member, or replaces it.
        public mutating func set(_ key: String, _ value: [Int]) { tree[key] = .array(value.map { .integer($0) }) }
        /// Sets a member to null.
        public mutating func setNull(_ key: String) { tree[key] = .null }
        /// Takes a member out.
        public mutating func remove(_ key: String) { tree[key] = nil }
    }
#endif
