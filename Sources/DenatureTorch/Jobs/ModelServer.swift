#if Torch
    import Denature
    import Foundation
    import KeyedPRF
    import OpenAIClient
    import OpenAIProtocol
    import Serving
    import TorchModels

    /// Serves a model to OpenAI-compatible clients until the task that runs it is cancelled.
    ///
    ///     var settings = ServeSettings()
    ///     settings.model = "teacher"
    ///     for try await event in try ModelServer(settings).run() {
    ///         if case .progress(let ready) = event { print(ready.address) }
    ///     }
    public struct ModelServer: Sendable {
        /// Where requests are taken.
        public struct Ready: Encodable, Hashable, Sendable {
            /// The base URL of the API.
            public var address: String
            /// The port.
            public var port: Int
            /// What clients call the model.
            public var model: String
            /// Sequences decoded together.
            public var slots: Int
        }

        /// What is served, and how.
        public let settings: ServeSettings
        private let architectures: ArchitectureRegistry

        /// Contexts beyond this must be asked for: a cache is kept for every slot.
        private static let usualContext = 8192

        /// - Parameters:
        ///   - settings: What is served, and how.
        ///   - architectures: The kinds of models that it may be of.
        /// - Throws: ``SettingsError``.
        public init(
            _ settings: ServeSettings, architectures: ArchitectureRegistry = .standard
        ) throws(SettingsError) {
            try settings.validate()
            self.settings = settings
            self.architectures = architectures
        }

        /// Runs the server. The one progress event comes when requests are taken; after cancellation, answers that have
        /// begun are completed. Errors of the run: those of ``PromptedModel``, of the API key's source, and of listening.
        public func run() -> JobRun<Ready, Void> {
            JobRun { reporter in try await serve(reporter) }
        }

        private func serve(_ reporter: JobReporter<Ready>) async throws {
            var configuration = GatewayConfiguration()
            configuration.host = settings.host
            configuration.port = settings.port
            configuration.keyDigest = try keyDigest()
            // A request may use all slots and more, but not the whole queue.
            configuration.maximumChoices = max(16, settings.slots)
            let engine = try await engine()
            let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
            do {
                try await Gateway(backend: engine, configuration: configuration).run { port in
                    reporter.progress(
                        Ready(
                            address: "http://\(host):\(port)/v1", port: port, model: engine.model.id,
                            slots: settings.slots))
                }
            } catch {
                await engine.stop()
                throw error
            }
            await engine.stop()
        }

        private func keyDigest() throws -> Digest256? {
            let source: APIKeySource =
                if let name = settings.apiKeyEnv {
                    .environment(name)
                } else if let path = settings.apiKeyFile { .file(path) } else { .none }
            return try source.bytes().map { SHA256Digest.of($0) }
        }

        private func engine() async throws -> BatchingEngine {
            var options = ServingOptions()
            options.slots = settings.slots
            options.queue = settings.queue
            options.maxNewTokens = settings.maxNewTokens
            options.context = settings.context ?? Self.usualContext
            let folder = URL(fileURLWithPath: settings.model).standardizedFileURL.lastPathComponent
            let description = ModelDescription(
                id: settings.name ?? folder, created: Int(Date().timeIntervalSince1970), ownedBy: "denature")
            return try await BatchingEngine.start(description, options: options) { [settings, architectures] in
                let asked = try PromptedModel(
                    settings.model, runtime: settings.runtime, prompts: settings.prompts, adapter: settings.adapter,
                    architectures: architectures)
                return ServedModel(model: asked.model, tokenizer: asked.tokenizer, format: asked.format)
            }
        }
    }
#endif
