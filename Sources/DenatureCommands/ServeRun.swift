#if Torch
    import Foundation
    import Serving
    import KeyedPRF
    import OpenAIClient
    import OpenAIProtocol

    /// A `serve` run: from the folder of a model to the end of the server.
    struct ServeRun: Sendable {
        /// Contexts beyond this must be asked for: a cache is kept for every slot.
        private static let usualContext = 8192

        private let command: ServeCommand

        init(_ command: ServeCommand) {
            self.command = command
        }

        /// Serves until the task is cancelled.
        func run() async throws {
            var configuration = GatewayConfiguration()
            configuration.host = command.host
            configuration.port = command.port
            configuration.keyDigest = try keyDigest()
            // A request may use all slots and more, but not the whole queue.
            configuration.maximumChoices = max(16, command.slots)
            let engine = try await engine()
            do {
                try await Gateway(backend: engine, configuration: configuration).run { port in announce(port, engine) }
            } catch {
                await engine.stop()
                throw error
            }
            await engine.stop()
        }

        private func keyDigest() throws -> Digest256? {
            let source: APIKeySource =
                if let name = command.apiKeyEnv {
                    .environment(name)
                } else if let path = command.apiKeyFile { .file(path) } else { .none }
            return try source.bytes().map { SHA256Digest.of($0) }
        }

        private func engine() async throws -> BatchingEngine {
            let command = command
            var options = ServingOptions()
            options.slots = command.slots
            options.queue = command.queue
            options.maxNewTokens = command.maxNewTokens
            options.context = command.context ?? Self.usualContext
            let folder = URL(fileURLWithPath: command.model).standardizedFileURL.lastPathComponent
            let description = ModelDescription(
                id: command.name ?? folder, created: Int(Date().timeIntervalSince1970), ownedBy: "denature")
            return try await BatchingEngine.start(description, options: options) {
                let model = try SampleModel(
                    command.model, torch: command.torch, prompts: command.prompts, adapter: command.adapter)
                return ServedModel(model: model.model, tokenizer: model.tokenizer, format: model.format)
            }
        }

        private struct Ready: Encodable {
            var address: String
            var port: Int
            var model: String
            var slots: Int
        }

        private func announce(_ port: Int, _ engine: BatchingEngine) {
            let host = command.host.contains(":") ? "[\(command.host)]" : command.host
            let address = "http://\(host):\(port)/v1"
            if command.json {
                // Nobody may read it; the server goes on.
                try? Console.json(
                    Ready(address: address, port: port, model: engine.model.id, slots: command.slots))
            }
            if !command.quiet { Console.error("serving \(engine.model.id) at \(address)") }
        }
    }
#endif
