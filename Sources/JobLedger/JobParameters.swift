import Foundation

/// What a job is: everything that decides the bytes of its output. Two runs with equal parameters may share one job.
package struct JobParameters: Codable, Hashable, Sendable {
    /// Name of the input as the user gave it.
    package var input: String
    /// Path of the finished output.
    package var output: String
    /// Whether the texts of the candidates are stored.
    package var keepCandidates: Bool
    /// Every setting that decides the output, by name, as text; and what was read to make it, such as the identifiers of
    /// keys (never key material) and the digests of templates. What is unset is not there.
    package var settings: [String: String]
    /// For a job of an older program: the names whose values it recorded, set or not. Nil: all of them.
    private var recorded: Set<String>?

    private enum CodingKeys: String, CodingKey {
        case input
        case output
        case keepCandidates = "keep_candidates"
        case settings
    }

    package init(input: String, output: String, keepCandidates: Bool = false, settings: [String: String] = [:]) {
        self.input = input
        self.output = output
        self.keepCandidates = keepCandidates
        self.settings = settings
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        input = try container.decode(String.self, forKey: .input)
        output = try container.decode(String.self, forKey: .output)
        keepCandidates = try container.decode(Bool.self, forKey: .keepCandidates)
        if container.contains(.settings) {
            settings = try container.decode([String: String].self, forKey: .settings)
        } else {
            let earlier = try EarlierParameters(from: decoder)
            settings = earlier.settings
            recorded = earlier.recorded
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(input, forKey: .input)
        try container.encode(output, forKey: .output)
        try container.encode(keepCandidates, forKey: .keepCandidates)
        try container.encode(settings, forKey: .settings)
    }

    /// UTF-8 JSON with sorted keys and no spaces.
    package func canonicalJSON() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// The settings whose values differ, in the order of their names; input and output are what identifies the job and are
    /// not compared. Of a job that an older program recorded, only what it recorded is.
    package func differences(from requested: JobParameters) -> [ParameterDifference] {
        let names = recorded ?? Set(settings.keys).union(requested.settings.keys)
        return names.sorted().compactMap { name in
            let (old, new) = (settings[name], requested.settings[name])
            return old == new ? nil : ParameterDifference(name: name, recorded: old ?? "none", requested: new ?? "none")
        }
    }
}

/// One setting that differs between a recorded job and a request.
public struct ParameterDifference: Sendable, Hashable, CustomStringConvertible {
    /// The setting's name, in snake_case.
    public var name: String
    /// Its value in the ledger.
    public var recorded: String
    /// Its value in the request.
    public var requested: String

    /// The name as it stands on a command line, and both values.
    public var description: String {
        let name = name.replacing("_", with: "-")
        return
            "\(name): recorded \(recorded.isEmpty ? "none" : recorded), requested \(requested.isEmpty ? "none" : requested)"
    }
}
