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
    /// In nats, what a scheme that changes logits adds; nil for the scheme's own.
    public var markStrength: Double?
    /// Layers of a tournament; nil for the scheme's own.
    public var layers: Int?
    /// Tokens of context that decide a token's mark; nil for 4.
    public var contextWidth: Int?
    /// Mark before temperature and truncation.
    public var markBeforeTruncation = false
    /// The folder of the proxy student that a scheme with a proxy reads, with the teacher's tokens.
    public var fingerprintProxy: String?

    public init() {}

    public static let schema: [Setting<MarkSettings>] = [
        .value("watermark", \.watermark, "Mark the sampled tokens. Needs `keyring` and `tenant`.", .called("scheme")),
        .value("gamma", \.gamma, "Share of green tokens (default: 0.25, fingerprint 0.5).", .called("share")),
        .value(
            "mark_strength", \.markStrength,
            "What green adds to a logit (delta, default: 2), or fingerprint's lambda (default: 10), in nats.",
            .called("nats")),
        .value("layers", \.layers, "Layers of tournament (default: 30).", .called("n")),
        .value(
            "context_width", \.contextWidth, "Tokens of context that decide a token's mark (default: 4).",
            .called("n")),
        .flag(
            "mark_before_truncation", \.markBeforeTruncation, "Mark before temperature and truncation (not for gumbel)."
        ),
        .value(
            "fingerprint_proxy", \.fingerprintProxy,
            "The proxy student of fingerprint, with the teacher's tokens (default: that of `proxy`).", .called("dir"),
            role: .input),
    ]

    public func validateTogether() throws(SettingsError) {
        guard let watermark else {
            let given: [(String, Bool)] = [
                ("gamma", gamma != nil), ("mark_strength", markStrength != nil), ("layers", layers != nil),
                ("context_width", contextWidth != nil), ("mark_before_truncation", markBeforeTruncation),
                ("fingerprint_proxy", fingerprintProxy != nil),
            ]
            if let name = given.first(where: \.1)?.0 { throw SettingsError(name, "`\(name)` needs `watermark`") }
            return
        }
        // A scheme that only the runner's registry knows is checked there.
        if TokenMarkName.choices.contains(watermark.text) { _ = try configuration() }
    }

    /// The scheme with its parameters, nil for no mark.
    ///
    /// - Throws: ``SettingsError`` for a scheme that is not known, or settings that do not go with it.
    public func configuration() throws(SettingsError) -> WatermarkConfiguration? {
        guard let watermark else { return nil }
        guard let scheme = TokenWatermarkScheme(rawValue: watermark.text) else {
            throw SettingsError(
                "watermark", "`watermark` must be \(TokenMarkName.expectation), not '\(watermark.text)'")
        }
        if scheme != .fingerprint, fingerprintProxy != nil {
            throw SettingsError("fingerprint_proxy", "`fingerprint_proxy` is for `watermark` fingerprint")
        }
        if scheme == .gumbel, markBeforeTruncation {
            throw SettingsError(
                "mark_before_truncation", "gumbel marks the draw itself: leave `mark_before_truncation` out")
        }
        do throws(WatermarkError) {
            return try WatermarkConfiguration(
                scheme: scheme, gamma: gamma, strength: markStrength, layers: layers, width: contextWidth ?? 4,
                beforeTruncation: markBeforeTruncation)
        } catch {
            throw SettingsError("watermark", "`watermark` \(watermark.text): \(error)")
        }
    }
}
