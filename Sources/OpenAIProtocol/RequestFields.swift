// What the requests of both routes have in common.

extension KeyedDecodingContainer {
    /// A field that is a string or an array of strings; a single string reads as an array of one.
    func stringOrStrings(_ key: Key) throws -> [String]? {
        if let single = lenient(String.self, key) { return [single] }
        return try decodeIfPresent([String].self, forKey: key)
    }
}

extension Decoder {
    /// The fields of an object that have none of these names.
    func fields(besides known: Set<String>) throws -> [String: JSONValue] {
        let all = try container(keyedBy: AnyCodingKey.self)
        var fields: [String: JSONValue] = [:]
        for key in all.allKeys where !known.contains(key.stringValue) {
            fields[key.stringValue] = try all.decode(JSONValue.self, forKey: key)
        }
        return fields
    }
}

extension Encoder {
    /// Writes fields that have none of these names, in the order of their names.
    func write(_ fields: [String: JSONValue], besides known: Set<String>) throws {
        var container = container(keyedBy: AnyCodingKey.self)
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) where !known.contains(name) {
            try container.encode(value, forKey: AnyCodingKey(stringValue: name))
        }
    }
}
