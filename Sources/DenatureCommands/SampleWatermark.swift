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
        let report: MarkLabel

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
            if configuration.mark.embedding?.needsProxy == true, let proxy {
                try proxy.requireContext(capacity)
                reader = try ModelFingerprintProxy(
                    model: proxy.model, proxyIDs: proxy.map.isIdentity ? nil : proxy.map.proxyIDs, slots: slots,
                    capacity: capacity)
            }
            decoding = try WatermarkedDecoding(
                configuration, key: key,
                sampler: command.decoding.options(temperature: command.temperature).sampler, proxy: reader)
            report = MarkLabel(configuration, key: key)
            var settings = report.identity
            settings["fingerprint-proxy"] = reader == nil ? nil : proxy?.digest
            self.settings = settings
        }
    }
#endif
