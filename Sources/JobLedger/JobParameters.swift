import Foundation

/// Everything that decides the bytes of a job's output. Two runs with equal parameters may share one job.
package struct JobParameters: Codable, Hashable, Sendable {
    /// Name of the input as the user gave it.
    package var input: String
    /// Path of the finished output.
    package var output: String
    package var seed: UInt64
    /// Rewriters in the order they are tried.
    package var rewriters: [String]
    /// Prompt name → SHA-256 of the template, hex.
    package var promptDigests: [String: String]
    /// SHA-256 of the lexicon, hex.
    package var lexiconDigest: String?
    package var watermarks: [String]
    /// Identifiers of the subkeys in use (`Subkey.keyID`), never key material.
    package var keyIDs: [String]
    package var tenant: String?
    package var epoch: String?
    /// What happens to a trace no rewriter succeeds on: `pass-original`, `withhold` or `fail`.
    package var policy: String
    /// Whether the texts of the candidates are stored.
    package var keepCandidates: Bool
    /// Anything else that decides the output, by name.
    package var other: [String: String]

    private enum CodingKeys: String, CodingKey {
        case input
        case output
        case seed
        case rewriters
        case promptDigests = "prompt_digests"
        case lexiconDigest = "lexicon_digest"
        case watermarks
        case keyIDs = "key_ids"
        case tenant
        case epoch
        case policy
        case keepCandidates = "keep_candidates"
        case other
    }

    package init(
        input: String, output: String, seed: UInt64 = 0, rewriters: [String] = [],
        promptDigests: [String: String] = [:], lexiconDigest: String? = nil, watermarks: [String] = [],
        keyIDs: [String] = [], tenant: String? = nil, epoch: String? = nil, policy: String = "pass-original",
        keepCandidates: Bool = false, other: [String: String] = [:]
    ) {
        self.input = input
        self.output = output
        self.seed = seed
        self.rewriters = rewriters
        self.promptDigests = promptDigests
        self.lexiconDigest = lexiconDigest
        self.watermarks = watermarks
        self.keyIDs = keyIDs
        self.tenant = tenant
        self.epoch = epoch
        self.policy = policy
        self.keepCandidates = keepCandidates
        self.other = other
    }

    /// UTF-8 JSON with sorted keys and no spaces; absent optionals are left out.
    package func canonicalJSON() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// Names and values as a user would write them, in a fixed order.
    private var named: [(name: String, value: String)] {
        var list: [(name: String, value: String)] = [
            ("seed", String(seed)),
            ("rewriter", rewriters.joined(separator: ",")),
            ("lexicon", lexiconDigest ?? "none"),
            ("watermark", watermarks.joined(separator: ",")),
            ("key ids", keyIDs.joined(separator: ",")),
            ("tenant", tenant ?? "none"),
            ("epoch", epoch ?? "none"),
            ("policy", policy),
            ("keep-candidates", keepCandidates ? "on" : "off"),
        ]
        list += promptDigests.sorted { $0.key < $1.key }.map { ("prompt \($0.key)", $0.value) }
        list += other.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return list
    }

    /// The parameters whose values differ; input and output are what identifies the job and are not compared.
    package func differences(from requested: JobParameters) -> [ParameterDifference] {
        let recorded = named
        let wanted = requested.named
        var differences: [ParameterDifference] = []
        for (name, value) in recorded {
            let other = wanted.first { $0.name == name }?.value ?? "none"
            if other != value { differences.append(.init(name: name, recorded: value, requested: other)) }
        }
        for (name, value) in wanted where !recorded.contains(where: { $0.name == name }) {
            differences.append(.init(name: name, recorded: "none", requested: value))
        }
        return differences
    }
}

/// One parameter that differs between a recorded job and a request.
public struct ParameterDifference: Sendable, Hashable, CustomStringConvertible {
    /// The parameter as a user would call it.
    public var name: String
    /// Its value in the ledger.
    public var recorded: String
    /// Its value in the request.
    public var requested: String

    /// Name and both values.
    public var description: String {
        "\(name): recorded \(recorded.isEmpty ? "none" : recorded), requested \(requested.isEmpty ? "none" : requested)"
    }
}
