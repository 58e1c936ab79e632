extension Setting {
    /// Which values of a setting are allowed, and how that is said.
    public struct Bound<Value>: Sendable {
        let allows: @Sendable (Value) -> Bool
        let words: String

        /// - Parameters:
        ///   - words: What follows "must": "be positive".
        ///   - allows: Whether a value is allowed.
        public init(_ words: String, _ allows: @escaping @Sendable (Value) -> Bool) {
            self.allows = allows
            self.words = words
        }

        func check(_ value: Value, _ name: String) throws(SettingsError) {
            guard allows(value) else { throw SettingsError(name, "`\(name)` must \(words)") }
        }
    }

    /// How a setting is introduced to people, beside its name and help.
    public struct Words: Sendable {
        var valueName: String?
        var aliases: [String]
        var letter: Character?

        /// - Parameters:
        ///   - valueName: What the value is called in help texts.
        ///   - aliases: Other long names on the command line, without dashes.
        ///   - letter: A one-letter name on the command line.
        public static func called(
            _ valueName: String? = nil, aliases: [String] = [], letter: Character? = nil
        ) -> Words {
            Words(valueName: valueName, aliases: aliases, letter: letter)
        }
    }

    /// A setting that always has a value.
    ///
    /// - Parameters:
    ///   - name: In snake_case.
    ///   - path: Where it is in the settings.
    ///   - help: One sentence.
    ///   - words: How it is introduced.
    ///   - role: Whether another value is another job.
    ///   - isRequired: Whether it must be given; the value that ``SettingsGroup/init()`` sets is then none.
    ///   - isPositional: Whether it is given by its place.
    ///   - bound: Which values are allowed.
    public static func value<Value: SettingValue>(
        _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable, _ help: String, _ words: Words = .called(),
        role: SettingRole = .result, isRequired: Bool = false, isPositional: Bool = false,
        must bound: Bound<Value>? = nil
    ) -> Setting {
        Setting(
            name: name, help: help, valueName: words.valueName, aliases: words.aliases, letter: words.letter,
            form: isPositional ? .positional : .value, role: role, isRequired: isRequired, choices: Value.choices,
            read: { [$0[keyPath: path].settingText] },
            assign: { (settings, texts) throws(SettingsError) in
                settings[keyPath: path] = try parse(texts.last ?? "", name)
            },
            check: { (settings) throws(SettingsError) in
                try bound?.check(settings[keyPath: path], name)
                // A required text whose value is empty was given as "", or not at all.
                if isRequired, settings[keyPath: path].settingText.isEmpty {
                    throw SettingsError(name, "`\(name)` must not be empty")
                }
            },
            encode: { try $1.encode($0[keyPath: path], forKey: SettingKey(stringValue: name)) },
            decode: { $0[keyPath: path] = try $1.decode(Value.self, forKey: SettingKey(stringValue: name)) })
    }

    /// A setting that may be unset.
    ///
    /// - Parameters:
    ///   - name: In snake_case.
    ///   - path: Where it is in the settings.
    ///   - help: One sentence.
    ///   - words: How it is introduced.
    ///   - role: Whether another value is another job.
    ///   - bound: Which values are allowed.
    public static func value<Value: SettingValue>(
        _ name: String, _ path: any WritableKeyPath<Root, Value?> & Sendable, _ help: String,
        _ words: Words = .called(),
        role: SettingRole = .result, must bound: Bound<Value>? = nil
    ) -> Setting {
        Setting(
            name: name, help: help, valueName: words.valueName, aliases: words.aliases, letter: words.letter,
            form: .value, role: role, isRequired: false, choices: Value.choices,
            read: { $0[keyPath: path].map { [$0.settingText] } ?? [] },
            assign: { (settings, texts) throws(SettingsError) in
                settings[keyPath: path] = try texts.last.map { (text) throws(SettingsError) in try parse(text, name) }
            },
            check: { (settings) throws(SettingsError) in
                guard let value = settings[keyPath: path] else { return }
                try bound?.check(value, name)
                if value.settingText.isEmpty { throw SettingsError(name, "`\(name)` must not be empty") }
            },
            encode: { try $1.encodeIfPresent($0[keyPath: path], forKey: SettingKey(stringValue: name)) },
            decode: { $0[keyPath: path] = try $1.decodeIfPresent(Value.self, forKey: SettingKey(stringValue: name)) })
    }

    /// A setting that is on or off, and off unless it is given.
    ///
    /// - Parameters:
    ///   - name: In snake_case.
    ///   - path: Where it is in the settings.
    ///   - help: One sentence.
    ///   - letter: A one-letter name on the command line.
    ///   - role: Whether another value is another job.
    public static func flag(
        _ name: String, _ path: any WritableKeyPath<Root, Bool> & Sendable, _ help: String, letter: Character? = nil,
        role: SettingRole = .result
    ) -> Setting {
        Setting(
            name: name, help: help, valueName: nil, aliases: [], letter: letter, form: .flag, role: role,
            isRequired: false, choices: [],
            read: { $0[keyPath: path] ? ["true"] : [] },
            assign: { (settings, texts) throws(SettingsError) in
                settings[keyPath: path] =
                    try texts.last.map { (text) throws(SettingsError) in try parse(text, name) } ?? true
            },
            check: { (_) throws(SettingsError) in },
            encode: { try $1.encode($0[keyPath: path], forKey: SettingKey(stringValue: name)) },
            decode: { $0[keyPath: path] = try $1.decode(Bool.self, forKey: SettingKey(stringValue: name)) })
    }

    /// A setting with any number of values, in the order given.
    ///
    /// - Parameters:
    ///   - name: In snake_case.
    ///   - path: Where it is in the settings.
    ///   - help: One sentence.
    ///   - words: How it is introduced.
    ///   - role: Whether another value is another job.
    ///   - isRequired: Whether at least one must be given.
    ///   - isPositional: Whether they are given by their place.
    ///   - bound: Which values are allowed, each by itself.
    public static func list<Value: SettingValue>(
        _ name: String, _ path: any WritableKeyPath<Root, [Value]> & Sendable, _ help: String,
        _ words: Words = .called(),
        role: SettingRole = .result, isRequired: Bool = false, isPositional: Bool = false,
        must bound: Bound<Value>? = nil
    ) -> Setting {
        Setting(
            name: name, help: help, valueName: words.valueName, aliases: words.aliases, letter: words.letter,
            form: isPositional ? .positionals : .list, role: role, isRequired: isRequired, choices: Value.choices,
            read: { $0[keyPath: path].map(\.settingText) },
            assign: { (settings, texts) throws(SettingsError) in
                var values: [Value] = []
                for text in texts { values.append(try parse(text, name)) }
                settings[keyPath: path] = values
            },
            check: { (settings) throws(SettingsError) in
                for value in settings[keyPath: path] {
                    try bound?.check(value, name)
                    if value.settingText.isEmpty { throw SettingsError(name, "`\(name)` must not be empty") }
                }
                if isRequired, settings[keyPath: path].isEmpty {
                    throw SettingsError(name, "`\(name)` must be given")
                }
            },
            encode: { try $1.encode($0[keyPath: path], forKey: SettingKey(stringValue: name)) },
            decode: { $0[keyPath: path] = try $1.decode([Value].self, forKey: SettingKey(stringValue: name)) })
    }

    private static func parse<Value: SettingValue>(_ text: String, _ name: String) throws(SettingsError) -> Value {
        guard let value = Value(settingText: text) else {
            throw SettingsError(name, "`\(name)` must be \(Value.expectation), not '\(text)'")
        }
        return value
    }

    /// The same setting of a value that holds its root.
    func lifted<Outer: Sendable>(
        _ path: any WritableKeyPath<Outer, Root> & Sendable, section title: String?
    ) -> Setting<Outer> {
        let (read, assign, check, encode, decode) = (read, assign, check, encode, decode)
        var setting = Setting<Outer>(
            name: name, help: help, valueName: valueName, aliases: aliases, letter: letter,
            form: Setting<Outer>.Form(form), role: role, isRequired: isRequired, choices: choices,
            read: { read($0[keyPath: path]) },
            assign: { (outer, texts) throws(SettingsError) in try assign(&outer[keyPath: path], texts) },
            check: { (outer) throws(SettingsError) in try check(outer[keyPath: path]) },
            encode: { try encode($0[keyPath: path], &$1) },
            decode: { try decode(&$0[keyPath: path], $1) })
        setting.section = section ?? title
        return setting
    }
}

extension Setting.Form {
    fileprivate init<Other>(_ other: Setting<Other>.Form) {
        self =
            switch other {
            case .flag: .flag
            case .value: .value
            case .list: .list
            case .positional: .positional
            case .positionals: .positionals
            }
    }
}

extension Setting.Bound where Value: Comparable & SettingValue {
    /// Values of a closed range.
    public static func be(_ range: ClosedRange<Value>) -> Self where Value: Sendable {
        .init("be from \(short(range.lowerBound)) to \(short(range.upperBound))") { range.contains($0) }
    }

    /// Values from a bound on.
    public static func be(_ range: PartialRangeFrom<Value>) -> Self where Value: Sendable {
        .init("be from \(short(range.lowerBound)) on") { range.contains($0) }
    }

    /// A number without a fraction that says nothing.
    private static func short(_ value: Value) -> String {
        let text = value.settingText
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

extension Setting.Bound where Value: Comparable & SettingValue & Numeric {
    /// Values above zero.
    public static var bePositive: Self { .init("be positive") { $0 > 0 } }
}
