import OpenAIClient
import Sanitizing

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
        // Servers send nothing of an answer until it is whole, and nothing of a stream until they have a place for it:
        // whoever asks again has it generated again.
        configuration.timeouts.head = .seconds(requestTimeout)
        configuration.timeouts.idle = .seconds(stallTimeout)
        configuration.retry.maximumAttempts = maxAttempts
        if let patience {
            configuration.patience = .seconds(patience)
            configuration.firstPatience = .seconds(patience)
        }
        return OpenAIClient(
            endpoint: try OpenAIEndpoint(
                baseURL: endpoint, model: model, key: key, userAgent: "denature/\(DenatureVersion.string)"),
            configuration: configuration)
    }

    /// What rewriters and judges ask, through a client of these settings.
    package func completions(_ client: OpenAIClient) -> EndpointAdapter {
        EndpointAdapter(client: client, streams: !noStream, sendsSeeds: !noSeed)
    }
}
