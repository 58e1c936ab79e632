#if Torch
    import ArgumentParser
    import Denature
    import Marks

    extension TokenMarkName: ExpressibleByArgument {
        /// Any text.
        public init?(argument: String) { self.init(argument) }
    }

    /// The mark that `sample` makes in the tokens.
    struct SampleWatermarkOptions: ParsableArguments {
        @Option(help: "Mark the sampled tokens. Needs --keyring, --tenant.") var watermark: TokenMarkName?
        @Option(help: ArgumentHelp("\(MarkRegistry.standard.help(ofOption: "gamma"))", valueName: "share"))
        var gamma: Double?
        @Option(help: ArgumentHelp("\(MarkRegistry.standard.help(ofOption: "mark_strength"))", valueName: "nats"))
        var markStrength: Double?
        @Option(help: ArgumentHelp("\(MarkRegistry.standard.help(ofOption: "layers"))", valueName: "n"))
        var layers: Int?
        @Option(help: ArgumentHelp("Tokens of context that decide a token's mark (default: 4).", valueName: "n"))
        var contextWidth: Int?
        @Flag(help: "Mark before temperature and truncation, where the scheme changes logits.")
        var markBeforeTruncation = false
        @Option(
            help: ArgumentHelp(
                "The proxy student of a scheme that reads one, with the teacher's tokens (default: that of --proxy).",
                valueName: "dir"))
        var fingerprintProxy: String?

        func validate() throws {
            do throws(SettingsError) {
                try settings.validate()
                _ = try settings.configuration()
            } catch {
                throw ValidationError(error.description(naming: { "--" + $0.replacing("_", with: "-") }))
            }
        }

        /// The scheme with its parameters, nil for no mark.
        func configuration() throws -> WatermarkConfiguration? { try settings.configuration() }

        private var settings: MarkSettings {
            var settings = MarkSettings()
            settings.watermark = watermark
            settings.gamma = gamma
            settings.markStrength = markStrength
            settings.layers = layers
            settings.contextWidth = contextWidth
            settings.markBeforeTruncation = markBeforeTruncation
            settings.fingerprintProxy = fingerprintProxy
            return settings
        }
    }
#endif
