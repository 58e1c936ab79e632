#if Torch
    import Antidistillation
    import KeyedPRF
    import TorchAntidistillation
    import TorchModels
    import Marks

    /// The mark of a `sample` run, ready for its decoding loop.
    struct SampleWatermark {
        let decoding: WatermarkedDecoding
        /// What of it the output depends on; the key by its id.
        let settings: [String: String]
        /// What it is, for the report.
        let report: SampleReport.Watermark

        /// - Parameters:
        ///   - configuration: The scheme.
        ///   - key: The customer's key for tokens.
        ///   - command: How tokens are drawn where the scheme does not.
        ///   - proxy: The proxy student, for `fingerprint`.
        ///   - slots: Sequences decoded together.
        ///   - capacity: The most tokens of one.
        init(
            _ configuration: WatermarkConfiguration, key: Subkey, _ command: SampleCommand, proxy: SampleProxy?,
            slots: Int, capacity: Int
        ) throws {
            var reader: ModelFingerprintProxy?
            if configuration.scheme == .fingerprint, let proxy {
                try proxy.requireContext(capacity)
                reader = try ModelFingerprintProxy(
                    model: proxy.model, proxyIDs: proxy.map.isIdentity ? nil : proxy.map.proxyIDs, slots: slots,
                    capacity: capacity)
            }
            decoding = try WatermarkedDecoding(
                configuration, key: key,
                sampler: command.decoding.options(temperature: command.temperature).sampler, proxy: reader)
            report = SampleReport.Watermark(configuration, key: key)
            var settings = [
                "watermark": "\(configuration.scheme.rawValue)", "context-width": "\(configuration.width)",
                "mark-before-truncation": "\(configuration.beforeTruncation)", "tenant": key.identity.tenant,
                "epoch": key.identity.epoch, "token-key": key.keyID,
            ]
            settings["gamma"] = report.gamma.map { "\($0)" }
            settings["mark-strength"] = (report.delta ?? report.lambda).map { "\($0)" }
            settings["layers"] = report.layers.map { "\($0)" }
            settings["fingerprint-proxy"] = reader == nil ? nil : proxy?.digest
            self.settings = settings
        }
    }

    extension SampleReport {
        /// Which mark the tokens have. Nothing of it is secret.
        struct Watermark: Encodable, Sendable {
            var scheme: String
            var gamma: Double?
            var delta: Double?
            var lambda: Double?
            var layers: Int?
            var contextWidth: Int
            var beforeTruncation: Bool
            var tenant: String
            var epoch: String
            var keyId: String

            init(_ configuration: WatermarkConfiguration, key: Subkey) {
                scheme = configuration.scheme.rawValue
                switch configuration.parameters {
                case .green(let gamma, let delta): (self.gamma, self.delta) = (gamma, delta)
                case .fingerprint(let gamma, let lambda): (self.gamma, self.lambda) = (gamma, lambda)
                case .gumbel: break
                case .tournament(let layers): self.layers = layers
                }
                contextWidth = configuration.width
                beforeTruncation = configuration.beforeTruncation
                tenant = key.identity.tenant
                epoch = key.identity.epoch
                keyId = key.keyID
            }

            /// The same in words.
            var text: String {
                let parameters: [(String, String?)] = [
                    ("gamma", gamma.map { "\($0)" }), ("delta", delta.map { "\($0)" }),
                    ("lambda", lambda.map { "\($0)" }), ("layers", layers.map { "\($0)" }),
                    ("context", "\(contextWidth)"),
                ]
                let list = parameters.compactMap { name, value in value.map { "\(name) \($0)" } }
                return "\(scheme) (\(list.joined(separator: ", "))) of \(tenant), epoch \(epoch), key \(keyId)"
            }
        }
    }
#endif
