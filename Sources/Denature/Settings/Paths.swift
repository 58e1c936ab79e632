extension JobSettings {
    /// All files and folders that the job reads or writes, its keyring among them.
    var paths: [String] {
        Self.schema.filter { $0.role != .result && $0.role != .conduct }.flatMap { $0.arguments(in: self) }
    }

    /// The settings with other paths.
    ///
    /// - Throws: ``SettingsError`` where a path cannot be set.
    func mappingPaths(_ path: (String) -> String) throws(SettingsError) -> Self {
        var settings = self
        for setting in Self.schema where setting.role != .result && setting.role != .conduct && setting.form != .flag {
            let before = setting.arguments(in: self)
            let after = before.map(path)
            if after != before { try setting.set(after, in: &settings) }
        }
        return settings
    }
}
