import KeyedPRF

/// Which mark tokens got, for reports: the scheme with its parameters, and the key by its public names. Nothing of it is
/// secret.
public struct MarkLabel: Hashable, Sendable, CustomStringConvertible {
    /// The scheme with its parameters.
    public let configuration: WatermarkConfiguration
    /// The tenant, the epoch and the purpose of the key.
    public let key: KeyIdentity
    /// The key's public name.
    public let keyID: String

    /// - Parameters:
    ///   - configuration: The scheme with its parameters.
    ///   - key: The key that marks.
    public init(_ configuration: WatermarkConfiguration, key: Subkey) {
        self.configuration = configuration
        self.key = key.identity
        keyID = key.keyID
    }

    /// The scheme, its parameters and the key, in a line.
    public var description: String {
        var list = configuration.mark.values.map { "\($0.parameter.name) \($0.value)" }
        list.append("context \(configuration.width)")
        let mark = "\(configuration.scheme) (\(list.joined(separator: ", ")))"
        return "\(mark) of \(key.tenant), epoch \(key.epoch), key \(keyID)"
    }

    /// What a run that goes on must find unchanged, by the settings' names with dashes.
    public var identity: [String: String] {
        var values = [
            "watermark": "\(configuration.scheme)", "context-width": "\(configuration.width)",
            "mark-before-truncation": "\(configuration.beforeTruncation)", "tenant": key.tenant, "epoch": key.epoch,
            "token-key": keyID,
        ]
        for (parameter, value) in configuration.mark.values {
            values[parameter.option.replacing("_", with: "-")] = "\(value)"
        }
        return values
    }
}

extension MarkLabel: Encodable {
    /// Writes an object in snake case, in which the scheme's parameters stand beside what every mark has.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Member.self)
        try container.encode(configuration.scheme, forKey: Member(stringValue: "scheme"))
        for (parameter, value) in configuration.mark.values {
            try container.encode(value, forKey: Member(stringValue: parameter.name))
        }
        try container.encode(configuration.width, forKey: Member(stringValue: "context_width"))
        try container.encode(configuration.beforeTruncation, forKey: Member(stringValue: "before_truncation"))
        try container.encode(key.tenant, forKey: Member(stringValue: "tenant"))
        try container.encode(key.epoch, forKey: Member(stringValue: "epoch"))
        try container.encode(keyID, forKey: Member(stringValue: "key_id"))
    }

    private struct Member: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }

        init?(intValue: Int) { nil }
    }
}
