import ArgumentParser
import OpenAIClient

/// Where and how an instruction rewriter asks.
struct EndpointOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Base URL of an OpenAI-compatible endpoint.", valueName: "url"))
    var endpoint: String?
    @Option(help: "Model name to ask for.") var model: String?
    @Option(help: ArgumentHelp("Environment variable that holds the API key.", valueName: "name"))
    var apiKeyEnv: String?
    @Option(help: ArgumentHelp("File whose first line is the API key.", valueName: "path"))
    var apiKeyFile: String?
    @Option(help: ArgumentHelp("Requests in flight at the same time.", valueName: "n"))
    var concurrency = 16
    @Option(help: ArgumentHelp("Attempts per request, the first included.", valueName: "n"))
    var maxAttempts = 6
    @Option(help: ArgumentHelp("Seconds a whole request may take.", valueName: "s"))
    var requestTimeout = 900.0
    @Option(help: ArgumentHelp("Seconds without a byte after which a request counts as stalled.", valueName: "s"))
    var stallTimeout = 60.0
    @Flag(help: "Receive answers as streams.") var stream = false

    func validate() throws {
        if concurrency < 1 || concurrency > 4096 { throw ValidationError("--concurrency must be from 1 to 4096") }
        if maxAttempts < 1 || maxAttempts > 1000 { throw ValidationError("--max-attempts must be from 1 to 1000") }
        for (name, seconds) in [("--request-timeout", requestTimeout), ("--stall-timeout", stallTimeout)]
        where !(0.001...604_800).contains(seconds) {
            throw ValidationError("\(name) must be from 0.001 to 604800 seconds")
        }
        if apiKeyEnv != nil, apiKeyFile != nil {
            throw ValidationError("--api-key-env and --api-key-file exclude each other")
        }
    }

    /// The client these options describe.
    func makeClient() throws -> OpenAIClient {
        guard let endpoint else {
            throw CommandFailure.usage("the rewriter 'instruction' needs an --endpoint")
        }
        let key: APIKeySource =
            if let apiKeyEnv { .environment(apiKeyEnv) } else if let apiKeyFile { .file(apiKeyFile) } else { .none }
        var configuration = ClientConfiguration()
        configuration.concurrency = concurrency
        configuration.timeouts.attempt = .seconds(requestTimeout)
        configuration.timeouts.head = .seconds(min(requestTimeout, max(stallTimeout, 60)))
        configuration.timeouts.idle = .seconds(stallTimeout)
        configuration.retry.maximumAttempts = maxAttempts
        do {
            return OpenAIClient(
                endpoint: try OpenAIEndpoint(baseURL: endpoint, model: model, key: key), configuration: configuration)
        } catch {
            throw CommandFailure(description: error.description)
        }
    }
}
