import OpenAIClient

extension EndpointSettings {
    /// The client that these settings describe.
    ///
    /// - Throws: ``SettingsError`` without an endpoint; `EndpointError` for a URL or a key that cannot be used.
    public func client() throws -> OpenAIClient {
        guard let endpoint else { throw SettingsError("endpoint", "`endpoint` is missing") }
        let key: APIKeySource =
            if let apiKeyEnv { .environment(apiKeyEnv) } else if let apiKeyFile { .file(apiKeyFile) } else { .none }
        var configuration = ClientConfiguration()
        configuration.concurrency = concurrency
        configuration.timeouts.attempt = .seconds(requestTimeout)
        configuration.timeouts.head = .seconds(min(requestTimeout, max(stallTimeout, 60)))
        configuration.timeouts.idle = .seconds(stallTimeout)
        configuration.retry.maximumAttempts = maxAttempts
        return OpenAIClient(
            endpoint: try OpenAIEndpoint(baseURL: endpoint, model: model, key: key), configuration: configuration)
    }
}
