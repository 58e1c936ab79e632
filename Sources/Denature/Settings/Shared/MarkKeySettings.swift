/// Whose key marks what is sampled.
public struct MarkKeySettings: SettingsGroup {
    /// The keyring: a file, `env:NAME`, or `command:COMMAND`.
    public var keyring: String?
    /// The customer whose key marks.
    public var tenant: String?
    /// The key's epoch; nil for the tenant's active one.
    public var epoch: String?

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<MarkKeySettings>] = [
        .value(
            "keyring", \.keyring, "Keyring for `watermark`, and for marked and both.", .called("keyring"),
            role: .secret),
        .value("tenant", \.tenant, "The customer whose key marks."),
        .value("epoch", \.epoch, "The key's epoch (default: the tenant's active one)."),
    ]

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        if (keyring == nil) != (tenant == nil) { throw SettingsError(nil, "`keyring` and `tenant` go together") }
    }
}
