import PromptSearch

/// The endpoint that proposes instructions.
public struct OptimizerSettings: SettingsGroup {
    /// Its base URL; nil for the rewriter's.
    public var optimizerEndpoint: String?
    /// Its model; nil for the rewriter's.
    public var optimizerModel: String?
    /// The environment variable that holds its API key.
    public var optimizerApiKeyEnv: String?
    /// The file whose first line is its API key.
    public var optimizerApiKeyFile: String?
    /// Its sampling temperature.
    public var optimizerTemperature = 1.0
    /// Prices of a million tokens read and written.
    public var optimizerPrice: TokenPrice?

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<OptimizerSettings>] = [
        .value(
            "optimizer_endpoint", \.optimizerEndpoint, "Its base URL (default: the rewriter's).", .called("url"),
            role: .conduct),
        .value("optimizer_model", \.optimizerModel, "Its model (default: the rewriter's)."),
        .value(
            "optimizer_api_key_env", \.optimizerApiKeyEnv, "Environment variable that holds its API key.",
            .called("name"), role: .secret),
        .value(
            "optimizer_api_key_file", \.optimizerApiKeyFile, "File whose first line is its API key.", .called("path"),
            role: .secret),
        .value(
            "optimizer_temperature", \.optimizerTemperature, "Its sampling temperature.", .called("t"),
            must: .be(0...2)),
        .value(
            "optimizer_price", \.optimizerPrice, "Prices of a million tokens read and written.", .called("in:out"),
            role: .conduct),
    ]

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        if optimizerApiKeyEnv != nil, optimizerApiKeyFile != nil {
            throw SettingsError(nil, "`optimizer_api_key_env` and `optimizer_api_key_file` exclude each other")
        }
    }

    /// The rewriter's settings with this endpoint's put in. The rewriter's key goes to no other address.
    public func applied(to rewriter: EndpointSettings) -> EndpointSettings {
        var settings = rewriter
        if let optimizerEndpoint, optimizerEndpoint != rewriter.endpoint {
            settings.endpoint = optimizerEndpoint
            settings.apiKeyEnv = nil
            settings.apiKeyFile = nil
        }
        if let optimizerModel { settings.model = optimizerModel }
        if optimizerApiKeyEnv != nil || optimizerApiKeyFile != nil {
            settings.apiKeyEnv = optimizerApiKeyEnv
            settings.apiKeyFile = optimizerApiKeyFile
        }
        return settings
    }
}

extension SearchMeasure: SettingValue {}

/// Prices as they are given: `0.5:1.5`.
extension TokenPrice: SettingValue {
    /// What is expected, for messages.
    public static var expectation: String { "IN:OUT, such as 0.5:1.5" }

    /// Reads a text; nil where it is none of this type's.
    public init?(settingText text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
        guard parts.count == 2, let prompt = parts[0], let completion = parts[1],
            [prompt, completion].allSatisfy({ $0 >= 0 && $0.isFinite })
        else { return nil }
        self.init(prompt: prompt, completion: completion)
    }

    /// The text that reads back as this value.
    public var settingText: String { prompt.settingText + ":" + completion.settingText }

    /// A value with these parts.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let price = Self(settingText: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "a price must be \(Self.expectation)"))
        }
        self = price
    }

    /// Writes an object.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(settingText)
    }
}
