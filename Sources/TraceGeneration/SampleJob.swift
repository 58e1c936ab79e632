import Antidistillation
import Generation
import Marks
import Tokenizers
import TrainingExamples

/// Samples traces for problems, with or without the penalty, and writes them in the order of the problems.
///
/// Works in windows of a fixed number of problems, each decoded as one batch that fills freed slots: a run that was
/// interrupted goes on at the last finished window with the very batches of a run that was not, so that its output is
/// the same to the last byte.
public struct SampleJob {
    /// What runs beside the teacher.
    public struct Companions {
        /// The penalty; nil for plain sampling. Its session needs as many slots as the options say.
        public var penalty: AntidistillationLogitsProcessor?
        /// The mark in the sampled tokens; nil for none.
        public var watermark: WatermarkedDecoding?
        /// Computes Σ Δ.
        public var scorer: (any DerivativeScorer)?
        /// The proxy's ids of the teacher's, for the scorer.
        public var vocabulary: VocabularyMap?
        /// The keyed selection score of a trace.
        public var markScore: ((String) throws -> Double)?

        /// None.
        public init() {}
    }

    /// How far a run is.
    public struct Progress: Sendable {
        /// Sequences finished, those of earlier runs included.
        public var sequences: Int
        /// Sequences of the whole run.
        public var total: Int
        /// Tokens sampled by this run.
        public var sampledTokens: Int
    }

    let problems: TokenizedProblems
    let format: PromptFormat
    let tokenizer: Tokenizer
    let options: SampleOptions
    let decoding: DecodingOptions
    let companions: Companions
    let model: any CausalLanguageModel
    let seeds: SampleSeeds
    let processors: [any LogitsProcessor]
    let tokenSampler: any TokenSampler

    /// Rounds of the batch in a window: enough that the slots that idle at a window's end do not matter.
    private static let roundsPerWindow = 8

    /// - Parameters:
    ///   - model: The teacher.
    ///   - tokenizer: Its tokenizer.
    ///   - format: How it is asked.
    ///   - problems: What it is asked.
    ///   - decoding: How tokens are drawn.
    ///   - options: Everything else.
    ///   - companions: What runs beside it.
    /// - Throws: ``TraceGenerationError`` or `GenerationError` for options out of range or that do not go together.
    public init(
        model: any CausalLanguageModel, tokenizer: Tokenizer, format: PromptFormat, problems: TokenizedProblems,
        decoding: DecodingOptions, options: SampleOptions, companions: Companions = Companions()
    ) throws {
        try options.validate(
            hasScorer: companions.scorer != nil && companions.vocabulary != nil,
            hasMarkScore: companions.markScore != nil)
        if options.keepsOnlyRight, options.drafts == nil,
            let unknown = problems.problems.first(where: { $0.answer == nil })
        {
            throw TraceGenerationError(
                .options, at: unknown.location,
                "to keep only right traces every problem needs a \"solution\" or \"answer\"")
        }
        if decoding.isGreedy, let mark = companions.watermark?.configuration.mark, mark.embedding?.needsDraws == true {
            throw TraceGenerationError(
                .options, "\(mark.name) marks how tokens are drawn, and temperature 0 draws none")
        }
        processors = try decoding.processors(penalty: companions.penalty, watermark: companions.watermark)
        tokenSampler = companions.watermark?.sampler ?? decoding.sampler
        self.model = model
        self.tokenizer = tokenizer
        self.format = format
        self.problems = problems
        self.decoding = decoding
        self.options = options
        self.companions = companions
        seeds = SampleSeeds(options.seed)
    }

    /// Problems of a window.
    private var windowLength: Int {
        max(1, options.slots * Self.roundsPerWindow / options.samplesPerProblem)
    }

    /// Runs to the end, from where an earlier run stopped.
    ///
    /// - Parameters:
    ///   - output: Where the traces go.
    ///   - shouldStop: Asked before every token; whether to stop.
    ///   - progress: Told now and then.
    /// - Returns: What was counted over all problems, those of earlier runs included.
    /// - Throws: ``TraceGenerationError``, with code `interrupted` when told to stop, and what model and proxies throw.
    public func run(
        into output: TraceOutput<SampleTally>, shouldStop: @escaping () -> Bool = { false },
        progress: @escaping (Progress) -> Void = { _ in }
    ) throws -> SampleTally {
        let tally: SampleTally
        do {
            tally = try run(from: output.committed, shouldStop: shouldStop, progress: progress) { window in
                var bytes: [UInt8] = []
                var candidates: [UInt8] = []
                for trace in window.release.lines { bytes += try LineCoding.bytes(trace) }
                for candidate in window.release.candidates { candidates += try LineCoding.bytes(candidate) }
                try output.commit(bytes, companion: candidates, units: window.end, tally: window.tally)
            }
        } catch let error as TraceGenerationError where error.code == .interrupted {
            throw TraceGenerationError.interrupted(resumable: output.isResumable)
        }
        try output.finish()
        return tally
    }

    /// Runs from the first problem to the last, and hands over the traces as they are released.
    ///
    /// - Parameters:
    ///   - shouldStop: Asked before every token; whether to stop.
    ///   - progress: Told now and then.
    ///   - deliver: Takes the traces of a window of problems, in their order.
    /// - Returns: What was counted.
    /// - Throws: ``TraceGenerationError``, with code `interrupted` when told to stop; what model, proxies and `deliver`
    ///   throw.
    public func run(
        shouldStop: @escaping () -> Bool = { false }, progress: @escaping (Progress) -> Void = { _ in },
        deliver: ([SampledTrace]) throws -> Void
    ) throws -> SampleTally {
        do {
            return try run(from: (0, SampleTally()), shouldStop: shouldStop, progress: progress) { window in
                try deliver(window.release.lines)
            }
        } catch let error as TraceGenerationError where error.code == .interrupted {
            throw TraceGenerationError.interrupted(resumable: false)
        }
    }

    /// A window whose problems are finished.
    private struct Window {
        /// Where it ends, as a number of problems from the beginning.
        var end: Int
        /// What of its problems is written.
        var release: Release
        /// What has been counted up to its end.
        var tally: SampleTally
    }

    private func run(
        from start: (units: Int, tally: SampleTally), shouldStop: @escaping () -> Bool,
        progress: @escaping (Progress) -> Void, commit: (Window) throws -> Void
    ) throws -> SampleTally {
        let sampler = SequenceSampler(
            model: model, tokenizer: tokenizer, slots: options.slots, shouldStop: shouldStop)
        let count = problems.problems.count
        var (next, tally) = start
        var report = Progress(
            sequences: next * options.samplesPerProblem, total: count * options.samplesPerProblem, sampledTokens: 0)
        while next < count {
            let window = next..<min(count, next + windowLength)
            var drafts = try sequences(of: window, sampler) { result in
                report.sequences += 1
                report.sampledTokens += result.tokens.count
                progress(report)
            }
            let references = try references(of: window, drafts, sampler)
            try score(&drafts, references: references, shouldStop: shouldStop)
            var released = Release()
            for (index, problem) in window.enumerated() {
                let one = release(drafts[index], of: problem, reference: references[index], counting: &tally)
                released.lines += one.lines
                released.candidates += one.candidates
            }
            next = window.upperBound
            try commit(Window(end: next, release: released, tally: tally))
        }
        return tally
    }
}
