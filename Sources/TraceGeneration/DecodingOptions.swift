import Antidistillation
import Generation
import Marks

/// How the next token is drawn from the model's logits.
public struct DecodingOptions: Hashable, Sendable {
    /// Divides the logits; 0 takes the likeliest token.
    public var temperature = 1.0
    /// Only the most likely so many tokens; nil for all.
    public var topK: Int?
    /// Only the most likely tokens that together have this probability; nil for all.
    public var topP: Double?
    /// Only tokens with this share of the likeliest one's probability; nil for all.
    public var minP: Double?
    /// Divides positive logits of tokens that occurred and multiplies negative ones (CTRL); nil for 1.
    public var repetitionPenalty: Double?

    /// Plain sampling at temperature 1.
    public init() {}

    /// The likeliest token, always.
    public static var greedy: DecodingOptions {
        var options = DecodingOptions()
        options.temperature = 0
        return options
    }

    /// Whether no draw matters.
    public var isGreedy: Bool { temperature == 0 }

    /// The steps from logits to the sampled distribution, in transformers' order.
    ///
    /// - Parameters:
    ///   - penalty: The penalty, put after truncation, or before temperature and truncation if its own options ask for that.
    ///   - watermark: The mark: its steps come after the penalty in either place.
    /// - Throws: `GenerationError` for a value outside its range.
    package func processors(
        penalty: AntidistillationLogitsProcessor? = nil, watermark: WatermarkedDecoding? = nil
    ) throws -> [any LogitsProcessor] {
        var steps: [any LogitsProcessor] = []
        if let repetitionPenalty, repetitionPenalty != 1 {
            steps.append(try RepetitionPenaltyLogitsProcessor(repetitionPenalty))
        }
        let isFirst = penalty?.options.order == .reference
        if let penalty, isFirst { steps.append(penalty) }
        steps += watermark?.first ?? []
        // Greedy decoding needs neither: the likeliest token stays what it is. Penalty and mark do need the truncation.
        if !isGreedy, temperature != 1 { steps.append(try TemperatureLogitsWarper(temperature)) }
        if !isGreedy || penalty != nil || watermark != nil {
            if let topK { steps.append(try TopKLogitsWarper(topK)) }
            if let topP, topP < 1 { steps.append(try TopPLogitsWarper(topP)) }
            if let minP, minP > 0 { steps.append(try MinPLogitsWarper(minP)) }
        }
        if let penalty, !isFirst { steps.append(penalty) }
        steps += watermark?.last ?? []
        return steps
    }

    /// What draws a token from the sampled distribution, where no mark does.
    public var sampler: any TokenSampler { isGreedy ? GreedySampler() : CategoricalSampler() }
}
