import Generation
import Tokenizers

/// Runs requests on a model and turns what comes out into texts.
struct SequenceSampler {
    let model: any CausalLanguageModel
    let tokenizer: Tokenizer
    let slots: Int
    let shouldStop: () -> Bool

    /// The results in the order of the requests, with texts and the model's own log-probabilities.
    ///
    /// - Throws: ``TraceGenerationError`` with code `interrupted` when it was told to stop.
    func run(
        _ requests: [GenerationRequest], processors: [any LogitsProcessor], sampler: any TokenSampler,
        onFinish: (GenerationResult) -> Void = { _ in }
    ) throws -> [GenerationResult] {
        guard !requests.isEmpty else { return [] }
        let tokenizer = tokenizer
        let loop = try GenerationLoop(
            model: model, processors: processors, sampler: sampler, slots: min(slots, requests.count),
            recordsLogProbabilities: true, makeTextDecoder: { SequenceTextDecoder(tokenizer) })
        var results: [GenerationResult] = []
        results.reserveCapacity(requests.count)
        var position = 0
        let capacity = requests.reduce(1) { max($0, $1.prompt.count + min($1.maxNewTokens, model.contextLength)) }
        let summary = try loop.run(
            capacity: capacity, shouldStop: shouldStop,
            next: {
                guard position < requests.count else { return nil }
                defer { position += 1 }
                return requests[position]
            },
            deliver: { result in
                results.append(result)
                onFinish(result)
            })
        guard !summary.wasStopped else { throw TraceGenerationError(.interrupted, "interrupted") }
        return results.sorted { $0.index < $1.index }
    }
}

/// A tokenizer's streaming decoder as the decoding loop knows it.
package struct SequenceTextDecoder: IncrementalTextDecoder {
    private var decoder: StreamingDecoder

    /// A decoder at the beginning of a text, without control tokens.
    package init(_ tokenizer: Tokenizer) {
        decoder = StreamingDecoder(tokenizer)
    }

    package mutating func append(_ token: Int32) -> String { decoder.append(token) }
    package mutating func finish() -> String { decoder.finish() }
}
