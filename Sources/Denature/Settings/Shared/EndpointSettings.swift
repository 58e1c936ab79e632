import OpenAIClient

/// Where and how an OpenAI-compatible endpoint is asked.
public struct EndpointSettings: SettingsGroup {
    /// Its base URL.
    public var endpoint: String?
    /// The model's name there.
    public var model: String?
    /// The environment variable that holds the API key.
    public var apiKeyEnv: String?
    /// The file whose first line is the API key.
    public var apiKeyFile: String?
    /// Requests in flight at the same time.
    public var concurrency = 16
    /// Attempts per request, the first included.
    public var maxAttempts = 6
    /// Seconds a whole request may take.
    public var requestTimeout = 900.0
    /// Seconds without a byte, once the first is there, after which a request counts as stalled.
    public var stallTimeout = 60.0
    /// Seconds to wait for an endpoint that is away; nil for 300 once it has answered, and none before.
    public var patience: Double?
    /// Receive answers as streams, which is what is done unless ``noStream`` is set.
    public var stream = false
    /// Receive answers whole.
    public var noStream = false
    /// Send no seeds.
    public var noSeed = false

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<EndpointSettings>] = [
        .value(
            "endpoint", \.endpoint, "Base URL of an OpenAI-compatible endpoint.", .called("url"), role: .conduct),
        .value("model", \.model, "Model name to ask for.", .called("model")),
        .value(
            "api_key_env", \.apiKeyEnv, "Environment variable that holds the API key.", .called("name"), role: .secret),
        .value("api_key_file", \.apiKeyFile, "File whose first line is the API key.", .called("path"), role: .secret),
        .value(
            "concurrency", \.concurrency, "Requests in flight at the same time.", .called("n"), role: .conduct,
            must: .be(1...4096)),
        .value(
            "max_attempts", \.maxAttempts, "Attempts per request, the first included.", .called("n"), role: .conduct,
            must: .be(1...1000)),
        .value(
            "request_timeout", \.requestTimeout, "Seconds a whole request may take.", .called("s"), role: .conduct,
            must: .be(0.001...604_800)),
        .value(
            "stall_timeout", \.stallTimeout,
            "Seconds without a byte, once the first is there, after which a request counts as stalled.",
            .called("s"), role: .conduct, must: .be(0.001...604_800)),
        .value(
            "patience", \.patience,
            "Seconds to wait for an endpoint that refuses connections or answers 502, 503, 504 or 529; without it 300 once "
                + "the endpoint has answered, none before.", .called("s"), role: .conduct, must: .be(0...604_800)),
        .flag("stream", \.stream, "Receive answers as streams, where the endpoint can: the default.", role: .conduct),
        .flag("no_stream", \.noStream, "Receive answers whole.", role: .conduct),
        .flag("no_seed", \.noSeed, "Send no seeds, for endpoints that refuse them.", role: .conduct),
    ]

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        if apiKeyEnv != nil, apiKeyFile != nil {
            throw SettingsError(nil, "`api_key_env` and `api_key_file` exclude each other")
        }
        if stream, noStream { throw SettingsError(nil, "`stream` and `no_stream` exclude each other") }
        guard let endpoint else { return }
        do throws(EndpointError) {
            try OpenAIEndpoint.check(baseURL: endpoint)
        } catch {
            throw SettingsError("endpoint", "`endpoint`: \(error.message)")
        }
    }
}
