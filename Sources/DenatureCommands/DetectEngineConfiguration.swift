import Foundation
import Marks

/// A serving engine's watermark settings, as its `--watermark-config` takes them. Members that detection does not need are
/// ignored.
struct DetectEngineConfiguration: Decodable {
    var algorithm: String?
    var key: String?
    var contextWidth: Int?
    var prf: String?
    var alpha: Double?
    var depth: Int?

    private enum CodingKeys: String, CodingKey {
        case algorithm, key, prf, alpha, depth
        case contextWidth = "context_width"
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        algorithm = try container.decodeIfPresent(String.self, forKey: .algorithm)
        if let number = try? container.decodeIfPresent(UInt64.self, forKey: .key) {
            key = String(number)
        } else {
            key = try container.decodeIfPresent(String.self, forKey: .key)
        }
        contextWidth = try container.decodeIfPresent(Int.self, forKey: .contextWidth)
        prf = try container.decodeIfPresent(String.self, forKey: .prf)
        alpha = try container.decodeIfPresent(Double.self, forKey: .alpha)
        depth = try container.decodeIfPresent(Int.self, forKey: .depth)
    }

    static func load(_ path: String) throws -> DetectEngineConfiguration {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(description: "\(path): cannot be read")
        }
        do {
            return try JSONDecoder().decode(Self.self, from: data)
        } catch let DecodingError.typeMismatch(_, context), let DecodingError.valueNotFound(_, context) {
            let member = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw CommandFailure(description: "\(path): member '\(member)' has the wrong type")
        } catch {
            throw CommandFailure(description: "\(path): not a JSON object")
        }
    }

    /// The scheme's name on this command line.
    func scheme(in path: String) throws -> String? {
        switch algorithm {
        case nil: return nil
        case "gumbel": return "vllm-gumbel"
        case "dual_key_gumbel": return "vllm-dual-key-gumbel"
        case "synthid": return "synthid"
        case .some(let name):
            throw CommandFailure(
                description: "\(path): algorithm '\(name)' is not one of gumbel, dual_key_gumbel, synthid")
        }
    }
}
