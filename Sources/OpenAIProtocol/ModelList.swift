/// One model a server offers.
public struct ModelDescription: Hashable, Sendable {
    /// The name to put into requests.
    public var id: String
    /// Seconds since 1970.
    public var created: Int
    /// Who provides it.
    public var ownedBy: String

    /// A model's description.
    public init(id: String, created: Int, ownedBy: String) {
        self.id = id
        self.created = created
        self.ownedBy = ownedBy
    }
}

extension ModelDescription: Codable {
    private enum CodingKeys: String, CodingKey {
        case id, object, created
        case ownedBy = "owned_by"
    }

    /// Reads a description; only `id` must be there.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        created = container.lenient(Int.self, .created) ?? 0
        ownedBy = container.lenient(String.self, .ownedBy) ?? ""
    }

    /// Writes the description with its `object` field.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode("model", forKey: .object)
        try container.encode(created, forKey: .created)
        try container.encode(ownedBy, forKey: .ownedBy)
    }
}

/// The body of `GET /models`.
public struct ModelList: Hashable, Sendable {
    /// The models.
    public var data: [ModelDescription]

    /// A list of models.
    public init(data: [ModelDescription]) {
        self.data = data
    }
}

extension ModelList: Codable {
    private enum CodingKeys: String, CodingKey {
        case object, data
    }

    /// Reads a list.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        data = try decoder.container(keyedBy: CodingKeys.self).decode([ModelDescription].self, forKey: .data)
    }

    /// Writes the list with its `object` field.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode("list", forKey: .object)
        try container.encode(data, forKey: .data)
    }
}
