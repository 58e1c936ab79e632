import Marks

/// The mark that sampled tokens get.
///
///     var mark = MarkSettings()
///     mark.watermark = "green"
///     mark.markStrength = 2.5
///     let configuration = try mark.configuration()
public struct MarkSettings: SettingsGroup {
    /// The scheme; nil for no mark.
    public var watermark: TokenMarkName?
    /// The share of green tokens; nil for the scheme's own.
    public var gamma: Double?
    /// In nats, how strongly a scheme changes logits; nil for the scheme's own.
    public var markStrength: Double?
    /// Layers of a tournament; nil for the scheme's own.
    public var layers: Int?
    /// Tokens of context that decide a token's mark; nil for 4.
    public var contextWidth: Int?
    /// Other parameters of the scheme, as `name=value`.
    public var markOption: [String] = []
    /// Mark before temperature and truncation.
    public var markBeforeTruncation = false
    /// The folder of the proxy student that a scheme with a proxy reads, with the teacher's tokens.
    public var fingerprintProxy: String?

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<MarkSettings>] = [
        .value("watermark", \.watermark, "Mark the sampled tokens. Needs `keyring` and `tenant`.", .called("scheme")),
        .value("gamma", \.gamma, MarkRegistry.standard.help(ofOption: "gamma"), .called("share")),
        .value("mark_strength", \.markStrength, MarkRegistry.standard.help(ofOption: "mark_strength"), .called("nats")),
        .value("layers", \.layers, MarkRegistry.standard.help(ofOption: "layers"), .called("n")),
        .list(
            "mark_option", \.markOption, "Another parameter of the scheme; may be repeated.", .called("name=value")),
        .value(
            "context_width", \.contextWidth, "Tokens of context that decide a token's mark (default: 4).", .called("n")),
        .flag(
            "mark_before_truncation", \.markBeforeTruncation,
            "Mark before temperature and truncation, where the scheme changes logits."),
        .value(
            "fingerprint_proxy", \.fingerprintProxy,
            "The proxy student of a scheme that reads one, with the teacher's tokens (default: that of `proxy`).",
            .called("dir"), role: .input),
    ]

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        guard let watermark else {
            let given: [(String, Bool)] = [
                ("gamma", gamma != nil), ("mark_strength", markStrength != nil), ("layers", layers != nil),
                ("mark_option", !markOption.isEmpty), ("context_width", contextWidth != nil),
                ("mark_before_truncation", markBeforeTruncation), ("fingerprint_proxy", fingerprintProxy != nil),
            ]
            if let name = given.first(where: \.1)?.0 { throw SettingsError(name, "`\(name)` needs `watermark`") }
            return
        }
        // A scheme that only a program's own registry knows is checked by whoever is given that.
        if MarkRegistry.standard.tokenScheme(named: watermark) != nil { _ = try configuration() }
    }

    /// The scheme with its parameters, nil for no mark.
    ///
    /// - Parameter registry: The schemes that are known.
    /// - Throws: ``SettingsError`` for a scheme that is not known, or settings that do not go with it.
    public func configuration(
        in registry: MarkRegistry = .standard
    ) throws(SettingsError) -> WatermarkConfiguration? {
        guard let watermark else { return nil }
        guard let traits = registry.tokenScheme(named: watermark)?.embedding else {
            let names = registry.embeddableNames.map(\.text).joined(separator: ", ")
            throw SettingsError("watermark", "`watermark` must be one of \(names), not '\(watermark)'")
        }
        if !traits.needsProxy, fingerprintProxy != nil {
            throw SettingsError("fingerprint_proxy", "\(watermark) reads no proxy: leave `fingerprint_proxy` out")
        }
        if traits.place == .draw, markBeforeTruncation {
            throw SettingsError(
                "mark_before_truncation", "\(watermark) marks the draw itself: leave `mark_before_truncation` out")
        }
        let options = try options()
        do throws(WatermarkError) {
            return try WatermarkConfiguration(
                registry.mark(watermark, options: options), width: contextWidth ?? 4,
                beforeTruncation: markBeforeTruncation)
        } catch {
            throw SettingsError("watermark", "`watermark` \(watermark): \(error)")
        }
    }

    /// What was given of the scheme's parameters, by their settings.
    private func options() throws(SettingsError) -> [String: MarkValue] {
        var options = try MarkOptions.parse(markOption, of: "mark_option")
        options["gamma"] = gamma.map { .number($0) } ?? options["gamma"]
        options["mark_strength"] = markStrength.map { .number($0) } ?? options["mark_strength"]
        options["layers"] = layers.map { .whole($0) } ?? options["layers"]
        return options
    }
}

/// Parameters of schemes as texts: `name=value`.
enum MarkOptions {
    /// - Throws: ``SettingsError`` for a text of another form.
    static func parse(_ texts: [String], of setting: String) throws(SettingsError) -> [String: MarkValue] {
        var options: [String: MarkValue] = [:]
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else {
                throw SettingsError(setting, "`\(setting)` must be a parameter's name=value, not '\(text)'")
            }
            options[String(parts[0]).replacing("-", with: "_")] = MarkValue(parsing: String(parts[1]))
        }
        return options
    }
}
