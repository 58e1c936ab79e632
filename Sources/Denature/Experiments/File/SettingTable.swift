import Lab
import Yams

/// Which settings of a job a file may set: those of its schema that the plan does not set itself.
struct SettingTable {
    struct Option {
        /// As it stands in files: `top-p`.
        var name: String
        /// As it stands in the schema: `top_p`.
        var setting: String
        var isFlag: Bool
        var isList: Bool
        /// Checks texts against the type and the bounds, and gives them in the one form that a value has.
        var check: @Sendable ([String]) throws(SettingsError) -> [String]
    }

    private(set) var options: [Option]

    /// - Parameters:
    ///   - group: The job's settings, or a part of one's.
    ///   - planned: Names of settings that the plan sets; files, folders and secrets are so in any case.
    ///   - others: Names of secrets that a file may name all the same.
    init<Group: SettingsGroup>(_ group: Group.Type, without planned: Set<String> = [], with others: Set<String> = []) {
        options = Group.schema.filter {
            others.contains($0.name) || ($0.role == .result || $0.role == .conduct) && !planned.contains($0.name)
        }
        .map { setting in
            Option(
                name: setting.name.replacing("_", with: "-"), setting: setting.name, isFlag: setting.form == .flag,
                isList: setting.form == .list || setting.form == .positionals,
                check: { (texts) throws(SettingsError) in
                    var probe = Group()
                    try setting.set(texts, in: &probe)
                    try setting.check(probe)
                    return setting.form == .flag ? texts : setting.arguments(in: probe)
                })
        }
    }

    private init(_ options: [Option]) { self.options = options }

    /// Only some of the options.
    func only(_ settings: Set<String>) -> SettingTable {
        SettingTable(options.filter { settings.contains($0.setting) })
    }

    /// The names that files may use.
    var names: [String] { options.map(\.name) }

    /// The settings that `object` sets, in the schema's order.
    ///
    /// - Parameter except: Settings that are read by somebody else.
    func settings(_ object: YAMLObject, except: Set<String> = []) throws(ExperimentFileError) -> SettingPatch {
        var patch = SettingPatch()
        for option in options where !except.contains(option.setting) {
            if let texts = try texts(option, object) { patch.set(option.setting, texts) }
        }
        return patch
    }

    private func texts(_ option: Option, _ object: YAMLObject) throws(ExperimentFileError) -> [String]? {
        guard object.node(option.name) != nil else { return nil }
        if option.isFlag { return [String(try object.flag(option.name))] }
        if option.isList { return try check(object.texts(option.name).map(\.text), option, object) }
        return try object.text(option.name).map { (text) throws(ExperimentFileError) in
            try check([text], option, object)
        }
    }

    // MARK: Sweeps

    /// An option with several values, a point of the sweep for each.
    struct Sweep {
        var option: Option
        /// Checked values.
        var values: [String]

        /// What a point is called: "strength 0.3".
        func label(_ value: String) -> String { "\(option.name) \(Double(value).map(NumberText.of) ?? value)" }
    }

    /// The options that `object` gives a list of values, in the file's order.
    func sweeps(_ object: YAMLObject) throws(ExperimentFileError) -> [Sweep] {
        var sweeps: [Sweep] = []
        for key in object.keys {
            guard let option = options.first(where: { $0.name == key && !$0.isFlag && !$0.isList }),
                object.node(key)?.sequence != nil
            else { continue }
            let texts = try object.texts(key)
            guard !texts.isEmpty else { throw object.error(key, "'\(key)' must not be an empty list") }
            var values: [String] = []
            for text in texts { values += try check([text.text], option, object) }
            sweeps.append(Sweep(option: option, values: values))
        }
        return sweeps
    }

    /// Checks a value and says where it stands if it is wrong.
    func check(_ texts: [String], _ option: Option, _ object: YAMLObject) throws(ExperimentFileError) -> [String] {
        do throws(SettingsError) {
            return try option.check(texts)
        } catch {
            throw object.error(
                option.name, error.description(naming: { "'" + $0.replacing("_", with: "-") + "'" }))
        }
    }
}
