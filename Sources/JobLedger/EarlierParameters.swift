/// Parameters as programs wrote them before all settings stood under one name each: a few members, and `other` for what was
/// added later. Read so that their ledgers stay of use.
struct EarlierParameters: Decodable {
    private var seed: UInt64
    private var rewriters: [String]
    private var promptDigests: [String: String]
    private var lexiconDigest: String?
    private var watermarks: [String]
    private var keyIDs: [String]
    private var tenant: String?
    private var epoch: String?
    private var policy: String
    private var keepCandidates: Bool
    private var other: [String: String]

    private enum CodingKeys: String, CodingKey {
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

    /// The settings by their names of today; what was at its default of none is not there, as today.
    var settings: [String: String] {
        var settings = [
            "seed": String(seed), "rewriter": rewriters.joined(separator: ","),
            "watermark": watermarks.isEmpty ? "none" : watermarks.joined(separator: ","), "policy": policy,
        ]
        settings["lexicon"] = lexiconDigest
        settings["key_ids"] = keyIDs.isEmpty ? nil : keyIDs.joined(separator: ",")
        settings["tenant"] = tenant
        settings["epoch"] = epoch
        if keepCandidates { settings["keep_candidates"] = "true" }
        for (name, digest) in promptDigests { settings["prompt \(name)"] = digest }
        for (name, value) in other where !Self.unset.contains(value) { settings[Self.today(name)] = value }
        // It was recorded only where it was not the usual number.
        if watermarks.contains("trigger"), other["trigger-pairs"] == nil { settings["trigger_pairs"] = "8" }
        return settings
    }

    /// The names of all settings that were recorded.
    var recorded: Set<String> {
        Set(settings.keys).union(other.keys.map(Self.today)).union([
            "lexicon", "key_ids", "tenant", "epoch", "keep_candidates",
        ])
    }

    /// How `other` said that something is off, not given, or left to the program.
    private static let unset: Set<String> = ["", "auto", "none", "false"]

    private static func today(_ name: String) -> String { name.replacing("-", with: "_") }
}
