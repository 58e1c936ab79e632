import Generation
import KeyedPRF

/// What a watermark adds to decoding. The processors of other features keep their places: ``first`` goes before
/// temperature and truncation, ``last`` after them and after a penalty.
public struct WatermarkedDecoding {
    /// The scheme.
    public let configuration: WatermarkConfiguration
    /// Processors before temperature and truncation.
    public let first: [any LogitsProcessor]
    /// Processors after temperature and truncation.
    public let last: [any LogitsProcessor]
    /// What draws the tokens.
    public let sampler: any TokenSampler

    /// Prepares a scheme for one decoding loop.
    ///
    /// - Parameters:
    ///   - configuration: The scheme.
    ///   - key: A subkey for tokens.
    ///   - sampler: Draws tokens where the scheme itself does not.
    ///   - proxy: For `fingerprint` only.
    /// - Throws: ``WatermarkError``.
    public init(
        _ configuration: WatermarkConfiguration, key: Subkey, sampler: any TokenSampler = CategoricalSampler(),
        proxy: (any FingerprintProxy)? = nil
    ) throws(WatermarkError) {
        let prf = try TokenPRF(key: key, configuration: configuration)
        let width = configuration.width
        var processor: (any LogitsProcessor)?
        var chosen = sampler
        switch configuration.parameters {
        case .green(let gamma, let delta):
            processor = GreenLogitsProcessor(GreenWatermark(prf: prf, gamma: gamma, delta: delta), width: width)
        case .fingerprint(let gamma, let lambda):
            guard let proxy else { throw .missingProxy }
            processor = FingerprintLogitsProcessor(
                FingerprintWatermark(prf: prf, gamma: gamma, lambda: lambda), width: width, proxy: proxy)
        case .gumbel:
            chosen = GumbelWatermarkSampler(GumbelWatermark(prf: prf), width: width)
        case .tournament(let layers):
            processor = TournamentLogitsProcessor(TournamentWatermark(prf: prf, layers: layers), width: width)
        }
        self.configuration = configuration
        let processors = processor.map { [$0] } ?? []
        first = configuration.beforeTruncation ? processors : []
        last = configuration.beforeTruncation ? [] : processors
        self.sampler = chosen
    }
}
