import Antidistillation
import Foundation
import Generation
import TorchAntidistillation
import TorchModels

/// The models and prompts of a run.
struct Workload {
    let teacher: DecoderModel
    let pair: PerturbedPair
    let gradientNorm: Double
    let prompts: [[Int32]]
    let newTokens: Int
    let stopTokens: Set<Int32>
    let strength: Double
    /// The truncation: this many tokens, or if `topP` is given as few as have this probability together.
    let topK: Int
    let topP: Double?

    var capacity: Int { (prompts.map(\.count).max() ?? 0) + newTokens }

    /// What one decoding of all prompts took.
    struct Timing: Codable {
        /// New tokens per second of the whole run, prompts included; the models are loaded before.
        var tokensPerSecond: Double
        /// Median duration of a step that feeds one token per sequence, in microseconds.
        var stepMicroseconds: Double
        /// Runs of the proxies per sampled token, 0 without.
        var proxyRunsPerToken: Double
    }

    /// Decodes all prompts, `batch` at a time, without a penalty if there is no session.
    func decode(
        session: ReusedSession, proxies: (any DirectionalDerivativeSession)?, isLazy: Bool, batch: Int, newTokens: Int
    ) throws -> Timing {
        var processors: [any LogitsProcessor] = [try topP.map { try TopPLogitsWarper($0) } ?? TopKLogitsWarper(topK)]
        var penalty: AntidistillationLogitsProcessor?
        if let proxies {
            let processor = try AntidistillationLogitsProcessor(
                session: proxies, gradientNorm: gradientNorm, vocabulary: .identity(size: teacher.vocabularySize),
                options: .init(strength: .scaleFree(strength), isLazy: isLazy))
            penalty = processor
            processors.append(processor)
        }
        let loop = try GenerationLoop(model: session, processors: processors, slots: batch)
        let requests = prompts.enumerated().map {
            GenerationRequest(
                prompt: $0.element, seed: UInt64($0.offset), maxNewTokens: newTokens, stopTokens: stopTokens)
        }
        var marks: [ContinuousClock.Instant] = []
        marks.reserveCapacity(newTokens * prompts.count)
        let start = ContinuousClock.now
        let results = try loop.generate(requests) {
            marks.append(.now)
            return false
        }
        let seconds = (ContinuousClock.now - start).seconds
        let tokens = results.reduce(0) { $0 + $1.tokens.count }
        let runs = results.reduce(0) { $0 + (penalty?.takeReport(of: $1.index)?.proxySteps ?? 0) }
        // The first step reads prompts.
        let steps = zip(marks.dropFirst(2), marks.dropFirst()).map { ($0 - $1).seconds }
        return Timing(
            tokensPerSecond: Double(tokens) / seconds, stepMicroseconds: median(steps) * 1e6,
            proxyRunsPerToken: Double(runs) / Double(max(1, tokens)))
    }
}

/// A model whose session is made once: what is timed is decoding, not the ordering of the weights.
final class ReusedSession: CausalLanguageModel {
    let vocabularySize: Int
    let contextLength: Int
    private let session: any DecodingSession
    private let slots: Int

    init(_ model: DecoderModel, slots: Int, capacity: Int) throws {
        vocabularySize = model.vocabularySize
        contextLength = capacity
        session = try model.makeSession(slots: slots, capacity: capacity)
        self.slots = slots
    }

    func makeSession(slots: Int, capacity: Int) throws -> any DecodingSession {
        for slot in 0..<self.slots { session.reset(slot: slot) }
        return session
    }
}

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}

func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return .nan }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
