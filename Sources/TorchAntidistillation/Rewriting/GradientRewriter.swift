#if Torch
    import Antidistillation
    import Tokenizers
    import Torch
    import TorchModels
    import TraceRewriting
    import TrainingExamples

    /// The proxy that gradient rewriters and choices by J share: one trace at a time, whoever asks.
    public actor SwapEngine {
        private let scorer: any SwapScorer
        private let tokenizer: Tokenizer
        private let format: PromptFormat
        private let vocabulary: SwapVocabulary
        /// What may be exchanged.
        nonisolated var scope: SwapScope { vocabulary.scope }

        /// - Parameters:
        ///   - scorer: The models.
        ///   - tokenizer: The proxy's.
        ///   - format: How the proxy is asked.
        ///   - vocabulary: What may be exchanged.
        public init(
            _ scorer: sending any SwapScorer, tokenizer: Tokenizer, format: PromptFormat, vocabulary: SwapVocabulary
        ) {
            self.scorer = scorer
            self.tokenizer = tokenizer
            self.format = format
            self.vocabulary = vocabulary
        }

        /// A turn with its swaps.
        func rewrite(_ turn: AnalysedTurn, _ search: SwapSearch, seed: UInt64) throws(RewriteError) -> RewriteCandidate
        {
            let text = try text(turn)
            let result = try translated {
                try search.run(text, scorer: scorer, seed: seed, shouldStop: { Task.isCancelled })
            }
            var candidate = RewriteCandidate(texts: result.texts, opportunities: text.sites.count)
            candidate.swaps = result.measures
            return candidate
        }

        /// J of a turn.
        func objective(of turn: AnalysedTurn) throws(RewriteError) -> Double {
            let text = try text(turn)
            return try translated { try scorer.objectives(of: text, completions: [text.completion]).first ?? 0 }
        }

        private func text(_ turn: AnalysedTurn) throws(RewriteError) -> SwapText {
            if Task.isCancelled { throw .cancelled }
            return try SwapText(turn, tokenizer: tokenizer, format: format, vocabulary: vocabulary)
        }

        /// What concerns this trace only, and what concerns every one to come.
        private func translated<R>(_ body: () throws -> R) throws(RewriteError) -> R {
            do {
                return try body()
            } catch is CancellationError {
                throw .cancelled
            } catch let error as RewriteError {
                throw error
            } catch let error as ModelError {
                throw .failed(error.description)
            } catch {
                throw .unavailable("\(error)")
            }
        }
    }

    /// Exchanges words of a trace so that a student learns less from it (page *Swaps* of Antidistillation).
    public struct GradientRewriter: TraceRewriter {
        /// `gradient`.
        public let name = "gradient"
        /// Word for word, or token for token.
        public let scope: RewriteScope
        /// Runs in this process.
        public let isLocal = true
        /// Several passes of a model for each trace.
        public let isCostly = true
        /// No mark.
        public let carriesLexicalMark = false
        /// Only what is drawn differs from attempt to attempt.
        public var variesByAttempt: Bool { search.settings.gain == .random }

        private let engine: SwapEngine
        private let search: SwapSearch

        /// - Parameters:
        ///   - engine: The models.
        ///   - settings: How swaps are looked for.
        public init(_ engine: SwapEngine, settings: SwapSearch.Settings) {
            self.engine = engine
            scope = engine.scope == .words ? .words : .tokens
            search = SwapSearch(settings)
        }

        /// Exchanges words of every field's reasoning.
        ///
        /// - Throws: `RewriteError.failed` for a trace that does not fit the proxy.
        public func rewrite(_ request: RewriteRequest) async throws(RewriteError) -> RewriteCandidate {
            let draw = UInt64(clamping: request.attempt) &* 0x9E37_79B9_7F4A_7C15
            return try await engine.rewrite(request.turn, search, seed: request.seed ^ draw)
        }
    }

    /// Releases the candidate with the largest J, or the largest sum of J and keyed score, each in standard deviations
    /// over the candidates.
    public struct ObjectiveChoice: CandidateChoice {
        /// `gradient`.
        public let name = "gradient"
        private let engine: SwapEngine

        /// A choice by the engine's proxy.
        public init(_ engine: SwapEngine) {
            self.engine = engine
        }

        /// J of each, or the weighted sum.
        ///
        /// - Throws: `RewriteError.failed` for a trace that does not fit the proxy.
        public func scores(of candidates: [AnalysedTurn], keyed: [Double]?) async throws(RewriteError) -> [Double] {
            var drafts: [Draft] = []
            for (index, turn) in candidates.enumerated() {
                drafts.append(
                    Draft(
                        answer: nil, length: turn.text.utf8.count, derivativeSum: try await engine.objective(of: turn),
                        markScore: keyed?[index]))
            }
            return (keyed == nil ? DraftSelection.poison : .both(poisonWeight: 1, markWeight: 1)).scores(drafts)
        }
    }
#endif
