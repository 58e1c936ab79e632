/// A model served to OpenAI-compatible clients.
public struct ServeSettings: JobSettings {
    /// The job's name.
    public static let job = "serve"

    /// The model's folder.
    public var model = ""
    /// What clients call the model; nil for the folder's name.
    public var name: String?
    /// The address to listen at.
    public var host = "127.0.0.1"
    /// The port; 0 for one that is free.
    public var port = 0
    /// Sequences decoded together.
    public var slots = 16
    /// Sequences that may wait for a slot.
    public var queue = 256
    /// The most tokens of an answer, whatever is asked for.
    public var maxNewTokens = 512
    /// The most tokens of prompt and answer together; nil for the model's context, at most 8192.
    public var context: Int?
    /// Low-rank adapters of the model, in PEFT's layout.
    public var adapter: String?
    /// How conversations are put to the model.
    public var prompts = PromptSettings()
    /// The file whose first line is the API key that clients must show.
    public var apiKeyFile: String?
    /// The environment variable that holds this API key.
    public var apiKeyEnv: String?
    /// Where tensors are computed.
    public var runtime = RuntimeSettings()

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<ServeSettings>] =
        [
            .value("model", \.model, "The model's folder.", .called("dir"), role: .input, isRequired: true),
            .value(
                "name", \.name, "What clients call the model (default: the folder's name).", .called("id"),
                role: .conduct),
            .value("host", \.host, "The address to listen at.", .called("address"), role: .conduct, must: .notBeEmpty),
            .value(
                "port", \.port, "The port; 0 for one that is free.", .called("n"), role: .conduct,
                must: .be(0...65535)),
            .value(
                "slots", \.slots, "Sequences decoded together.", .called("n"), role: .conduct, must: .be(1...4096)),
            .value(
                "queue", \.queue, "Sequences that may wait for a slot.", .called("n"), role: .conduct,
                must: .be(0...1_000_000)),
            .value(
                "max_new_tokens", \.maxNewTokens, "The most tokens of an answer, whatever is asked for.",
                .called("n"), must: .bePositive),
            .value(
                "context", \.context,
                "The most tokens of prompt and answer together (default: the model's context, at most 8192).",
                .called("n"), must: .be(2...)),
            .value(
                "adapter", \.adapter, "Low-rank adapters of the model, in PEFT's layout.", .called("dir"), role: .input),
        ] + .group(\.prompts) + [
            .value(
                "api_key_file", \.apiKeyFile, "File whose first line is the API key that clients must show.",
                .called("path"), role: .secret),
            .value(
                "api_key_env", \.apiKeyEnv, "Environment variable that holds this API key.", .called("name"),
                role: .secret),
        ] + .group(\.runtime, section: "Runtime")

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        if apiKeyEnv != nil, apiKeyFile != nil {
            throw SettingsError("api_key_env", "`api_key_env` and `api_key_file` exclude each other")
        }
    }
}

extension Setting.Bound where Value == String {
    /// Texts that say something.
    fileprivate static var notBeEmpty: Self { .init("not be empty") { !$0.isEmpty } }
}
