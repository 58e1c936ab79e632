/// A ledger, and the keyring that its rows are authenticated with.
public struct LedgerFileSettings: SettingsGroup {
    /// The ledger's file.
    public var ledger = ""
    /// Where the keyring is: a file, `env:NAME`, or `command:COMMAND`.
    public var keyring = ""

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<LedgerFileSettings>] = [
        .value("ledger", \.ledger, "The ledger file.", role: .input, isRequired: true, isPositional: true),
        .value(
            "keyring", \.keyring,
            "The keyring: a file (mode 0600), env:NAME, or command:COMMAND whose output is the keyring.",
            .called("keyring"), role: .secret, isRequired: true),
    ]
}

/// The jobs of a ledger, and what became of their traces.
public struct LedgerStatusSettings: JobSettings {
    /// The job's name.
    public static let job = "ledger status"

    /// The ledger.
    public var file = LedgerFileSettings()

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<LedgerStatusSettings>] = .group(\.file)
}

/// Every row of a ledger checked against its chain.
public struct LedgerVerifySettings: JobSettings {
    /// The job's name.
    public static let job = "ledger verify"

    /// The ledger.
    public var file = LedgerFileSettings()
    /// A head that was published earlier, as text.
    public var head: String?

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<LedgerVerifySettings>] =
        .group(\.file) + [.value("head", \.head, "A head that was published earlier.")]
}

/// The head to publish: it fixes every row written so far.
public struct LedgerHeadSettings: JobSettings {
    /// The job's name.
    public static let job = "ledger head"

    /// The ledger.
    public var file = LedgerFileSettings()

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<LedgerHeadSettings>] = .group(\.file)
}

/// All rows of a ledger as JSONL.
public struct LedgerExportSettings: JobSettings {
    /// The job's name.
    public static let job = "ledger export"

    /// The ledger.
    public var file = LedgerFileSettings()
    /// Include the stored candidates' texts.
    public var texts = false

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<LedgerExportSettings>] =
        .group(\.file) + [.flag("texts", \.texts, "Include the stored candidates' texts.")]
}

/// Stored candidate texts erased.
public struct LedgerDeletionSettings: JobSettings {
    /// The job's name.
    public static let job = "ledger delete-texts"

    /// The ledger.
    public var file = LedgerFileSettings()
    /// The first record, counted from 1; nil for all records.
    public var first: Int?
    /// The last record.
    public var last: Int?

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<LedgerDeletionSettings>] =
        .group(\.file) + [
            .value("first", \.first, "First record, counted from 1 (default: all records).", must: .be(1...)),
            .value("last", \.last, "Last record.", must: .be(1...)),
        ]

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        if (first == nil) != (last == nil) { throw SettingsError(nil, "`first` and `last` go together") }
        if let first, let last, last < first {
            throw SettingsError("first", "`first` must be at least 1 and not above `last`")
        }
    }

    /// The records, counted from 0; nil for all.
    var records: ClosedRange<Int>? {
        guard let first, let last else { return nil }
        return (first - 1)...(last - 1)
    }
}
