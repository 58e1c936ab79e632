#if Torch
    import ArgumentParser
    import Marks

    extension TokenWatermarkScheme: ExpressibleByArgument {}

    /// The mark that `sample` makes in the tokens.
    struct SampleWatermarkOptions: ParsableArguments {
        @Option(help: "Mark the sampled tokens: green, fingerprint, gumbel or tournament. Needs --keyring, --tenant.")
        var watermark: TokenWatermarkScheme?
        @Option(help: ArgumentHelp("Share of green tokens (default: 0.25, fingerprint 0.5).", valueName: "share"))
        var gamma: Double?
        @Option(
            help: ArgumentHelp(
                "What green adds to a logit (delta, default: 2), or fingerprint's lambda (default: 10), in nats.",
                valueName: "nats"))
        var markStrength: Double?
        @Option(help: ArgumentHelp("Layers of tournament (default: 30).", valueName: "n")) var layers: Int?
        @Option(help: ArgumentHelp("Tokens of context that decide a token's mark (default: 4).", valueName: "n"))
        var contextWidth: Int?
        @Flag(help: "Mark before temperature and truncation (not for gumbel).") var markBeforeTruncation = false
        @Option(
            help: ArgumentHelp(
                "The proxy student of fingerprint, with the teacher's tokens (default: that of --proxy).",
                valueName: "dir"))
        var fingerprintProxy: String?

        func validate() throws {
            guard let watermark else {
                let given: [(String, Bool)] = [
                    ("--gamma", gamma != nil), ("--mark-strength", markStrength != nil), ("--layers", layers != nil),
                    ("--context-width", contextWidth != nil), ("--mark-before-truncation", markBeforeTruncation),
                    ("--fingerprint-proxy", fingerprintProxy != nil),
                ]
                if let option = given.first(where: \.1)?.0 { throw ValidationError("\(option) needs --watermark") }
                return
            }
            if watermark != .fingerprint, fingerprintProxy != nil {
                throw ValidationError("--fingerprint-proxy is for --watermark fingerprint")
            }
            if watermark == .gumbel, markBeforeTruncation {
                throw ValidationError("gumbel marks the draw itself: leave --mark-before-truncation out")
            }
            do {
                _ = try configuration()
            } catch {
                throw ValidationError("--watermark \(watermark.rawValue): \(error)")
            }
        }

        /// The scheme with its parameters, nil for no mark.
        func configuration() throws(WatermarkError) -> WatermarkConfiguration? {
            guard let watermark else { return nil }
            return try WatermarkConfiguration(
                scheme: watermark, gamma: gamma, strength: markStrength, layers: layers, width: contextWidth ?? 4,
                beforeTruncation: markBeforeTruncation)
        }
    }
#endif
