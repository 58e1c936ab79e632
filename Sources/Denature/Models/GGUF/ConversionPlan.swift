import StrictJSON

/// How the rows of a tensor are ordered in a file.
enum RowOrder: Hashable, Sendable {
    /// As Hugging Face's checkpoints have them.
    case asStored
    /// llama.cpp's order for queries and keys of models whose rotation pairs neighbours there and halves here: of a head of
    /// D rows, row j of the first half is at 2j and row j of the second at 2j + 1.
    case interleaved(headDim: Int)

    /// Puts the rows of whole heads, of `width` elements each, back where Hugging Face has them.
    static func deinterleaved(_ values: [Float], headDim: Int, width: Int) -> [Float] {
        let half = headDim / 2
        return [Float](unsafeUninitializedCapacity: values.count) { buffer, count in
            for row in 0..<values.count / max(1, width) {
                let (head, place) = (row / headDim, row % headDim)
                let source = head * headDim + (place < half ? 2 * place : 2 * (place - half) + 1)
                for i in 0..<width { buffer.initializeElement(at: row * width + i, to: values[source * width + i]) }
            }
            count = values.count / max(1, width) * width
        }
    }
}

/// One tensor of a converted model.
struct ConvertedTensor: Hashable, Sendable {
    /// Its name in the GGUF file.
    var source: String
    /// Its name in Hugging Face's checkpoints.
    var name: String
    /// Outermost first, in both.
    var shape: [Int]
    /// How its rows stand in the GGUF file.
    var order = RowOrder.asStored
    /// Added to every element.
    var offset: Float = 0
}

/// What becomes of a GGUF file: the members of config.json that its architecture decides, and all tensors.
struct ConversionPlan: Sendable {
    /// `model_type`.
    var modelType: String
    /// Rows of the embeddings.
    var vocabularySize: Int
    /// The longest sequence.
    var contextLength: Int
    /// Everything in config.json but the type of the weights and the control tokens.
    var members: [String: JSONValue]
    /// In the order in which they are written.
    var tensors: [ConvertedTensor]

    /// The bytes of config.json.
    func configurationText(_ dtype: ConvertedType, _ tokenizer: GGUFTokenizer) -> [UInt8] {
        var members = members
        members["dtype"] = .string(dtype.rawValue)
        members["torch_dtype"] = .string(dtype.rawValue)
        members["bos_token_id"] = tokenizer.beginningID.map { .integer($0) } ?? .null
        members["pad_token_id"] = tokenizer.paddingID.map { .integer($0) } ?? .null
        switch tokenizer.endIDs.count {
        case 0: members["eos_token_id"] = .null
        case 1: members["eos_token_id"] = .integer(tokenizer.endIDs[0])
        default: members["eos_token_id"] = .array(tokenizer.endIDs.map { .integer($0) })
        }
        return JSONLayout.text(.object(members))
    }
}

/// JSON of a value with sorted members, a line for each of the outermost.
enum JSONLayout {
    static func text(_ value: JSONValue) -> [UInt8] {
        guard case .object(let members) = value else { return compact(value) + [0x0A] }
        var out: [UInt8] = Array("{".utf8)
        for (i, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
            out += Array(i == 0 ? "\n  ".utf8 : ",\n  ".utf8)
            JSONText.append(member.key, to: &out)
            out += Array(": ".utf8) + compact(member.value)
        }
        return out + Array("\n}\n".utf8)
    }

    private static func compact(_ value: JSONValue) -> [UInt8] {
        var out: [UInt8] = []
        switch value {
        case .null: out += Array("null".utf8)
        case .bool(let flag): out += Array("\(flag)".utf8)
        case .integer(let integer): out += Array("\(integer)".utf8)
        // JSON has no words for what is not finite; whoever makes a plan refuses it.
        case .number(let number): out += Array((number.isFinite ? "\(number)" : "null").utf8)
        case .string(let text): JSONText.append(text, to: &out)
        case .array(let elements): out += list(elements.map(compact), "[", "]")
        case .object(let members):
            out += list(
                members.sorted { $0.key < $1.key }.map { key, value in
                    var member: [UInt8] = []
                    JSONText.append(key, to: &member)
                    return member + Array(": ".utf8) + compact(value)
                }, "{", "}")
        }
        return out
    }

    private static func list(_ parts: [[UInt8]], _ open: String, _ close: String) -> [UInt8] {
        Array(open.utf8) + Array(parts.joined(separator: ", ".utf8)) + Array(close.utf8)
    }
}
