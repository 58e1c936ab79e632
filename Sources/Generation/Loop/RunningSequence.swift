import Statistics

/// What the loop keeps of one sequence besides its context: limits, generator, stop conditions, log-probabilities.
struct RunningSequence {
    var generator: SeededGenerator
    /// Whether the prompt is still to be fed.
    var isFresh = true
    private let maxNewTokens: Int
    private let capacity: Int
    private let stopTokens: Set<Int32>
    private var matcher: StopStringMatcher?
    private var logProbabilities: [Float] = []
    private var samplingLogProbabilities: [Float] = []
    private(set) var finishReason: FinishReason?

    init(_ request: GenerationRequest, capacity: Int, decoder: (any IncrementalTextDecoder)?) {
        generator = SeededGenerator(seed: request.seed)
        maxNewTokens = request.maxNewTokens
        self.capacity = capacity
        stopTokens = request.stopTokens
        matcher = decoder.map { StopStringMatcher(decoder: $0, stopStrings: request.stopStrings) }
    }

    /// Takes note of a token's log-probabilities: the model's own and the sampled distribution's.
    mutating func record(logProbability: Float, samplingLogProbability: Float) {
        logProbabilities.append(logProbability)
        samplingLogProbabilities.append(samplingLogProbability)
    }

    /// Decides whether the sequence has ended with its newest token.
    ///
    /// - Returns: The text that the token completes; nil for a stop token, and without a text decoder.
    mutating func accept(_ token: Int32, in context: SequenceContext) -> String? {
        guard !stopTokens.contains(token) else {
            finishReason = .stop
            return nil
        }
        let appended = matcher?.append(token)
        if appended?.isStopped == true {
            finishReason = .stopString
        } else if context.generated.count >= maxNewTokens {
            finishReason = .length
        } else if context.length >= capacity {
            finishReason = .context
        }
        return appended?.text
    }

    /// The result of an ended sequence.
    func result(_ context: SequenceContext, withLogProbabilities: Bool) -> GenerationResult {
        var matcher = matcher
        matcher?.finish()
        return GenerationResult(
            index: context.index, tokens: context.generated, finishReason: finishReason ?? .length,
            text: matcher?.text, stopString: matcher?.found,
            logProbabilities: withLogProbabilities ? logProbabilities : nil,
            samplingLogProbabilities: withLogProbabilities ? samplingLogProbabilities : nil)
    }
}
