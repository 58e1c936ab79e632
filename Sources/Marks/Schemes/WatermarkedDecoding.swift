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
    ///   - proxy: For a scheme that reads one.
    /// - Throws: ``WatermarkError``.
    public init(
        _ configuration: WatermarkConfiguration, key: Subkey, sampler: any TokenSampler = CategoricalSampler(),
        proxy: (any MarkProxy)? = nil
    ) throws(WatermarkError) {
        let request = TokenEmbeddingRequest(key: key, width: configuration.width, proxy: proxy)
        var processors: [any LogitsProcessor] = []
        var chosen = sampler
        switch try configuration.mark.scheme.embed(request) {
        case .logits(let processor): processors = [processor]
        case .draw(let own): chosen = own
        }
        self.configuration = configuration
        first = configuration.beforeTruncation ? processors : []
        last = configuration.beforeTruncation ? [] : processors
        self.sampler = chosen
    }
}
