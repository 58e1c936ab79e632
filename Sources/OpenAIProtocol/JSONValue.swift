import StrictJSON

/// Any JSON value: carries fields this package gives no meaning to, such as an engine's own sampling options.
public typealias JSONValue = StrictJSON.JSONValue

/// A coding key known only at run time.
struct AnyCodingKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) {
        self.stringValue = stringValue
    }

    init?(intValue: Int) {
        nil
    }
}

extension KeyedDecodingContainer {
    /// Absent, `null` and a value of another type all read as nil: engines differ in fields that do not matter here.
    func lenient<T: Decodable>(_ type: T.Type, _ key: Key) -> T? {
        (try? decodeIfPresent(type, forKey: key)) ?? nil
    }
}
