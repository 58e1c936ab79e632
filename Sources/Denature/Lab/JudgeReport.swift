import Foundation
import Statistics
import TraceRewriting

/// What a judge said of all traces.
public struct JudgeReport: Encodable, Sendable {
    /// Traces that were put to the judge.
    public var traces: Int
    /// Traces with a score.
    public var judged: Int
    /// Replies without one.
    public var unscored = 0
    /// Requests that got no reply.
    public var failed = 0
    /// The mean of the scores, 1 to 5; nil without any.
    public var meanScore: Double?
    /// The lower end of a t interval at 95 % over traces.
    public var low: Double?
    /// The upper end.
    public var high: Double?
    /// Tokens that the judge read.
    public var promptTokens = 0
    /// Tokens that it wrote.
    public var completionTokens = 0
    /// The model that was asked for.
    public var model: String?
    /// The template's name.
    public var template: String

    init(_ opinions: [TraceJudge.Opinion?], model: String?, template: String) {
        (traces, self.model, self.template) = (opinions.count, model, template)
        let scores = opinions.compactMap { $0?.score }.map(Double.init)
        judged = scores.count
        for opinion in opinions {
            guard let opinion else {
                failed += 1
                continue
            }
            if opinion.score == nil { unscored += 1 }
            promptTokens += opinion.usage.prompt
            completionTokens += opinion.usage.completion
        }
        let interval = MeanInterval(scores)
        (meanScore, low, high) = (interval?.mean, interval?.low, interval?.high)
    }
}

/// A line of the output: the score of a trace, by its place in the input.
struct JudgedTrace: Encodable {
    var line: Int
    var id: String?
    var score: Int?

    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self))
    }
}
