#if Torch
    import Generation
    import Antidistillation
    import Torch
    import TorchModels
    import TraceRewriting

    /// J and the gains of swaps by a proxy and its gradient, and the teacher's opinion where there is a teacher.
    ///
    /// Not safe for use from several threads at once.
    public final class ProxySwapScorer: SwapScorer {
        /// What is ranked by, and what bounds it.
        public struct Ranking: Hashable, Sendable {
            /// What swaps are ranked by.
            public var gain: SwapGain
            /// For `rhb`: what a nat of the teacher's log-probability is worth, in the same units as J.
            public var logProbabilityWeight: Double
            /// Tokens that the teacher finds less probable than the old one by more nats are not proposed.
            public var maximumDrop: Double?

            /// - Parameters:
            ///   - gain: What swaps are ranked by.
            ///   - logProbabilityWeight: For `rhb`: the worth of a nat in units of J.
            public init(_ gain: SwapGain, logProbabilityWeight: Double = 0) {
                self.gain = gain
                self.logProbabilityWeight = logProbabilityWeight
            }

            /// Takes from a search's settings what concerns the ranking.
            public init(_ settings: SwapSearch.Settings) {
                gain = settings.gain
                logProbabilityWeight = settings.logProbabilityWeight
                maximumDrop = settings.maximumDrop
            }
        }

        private let proxy: DecoderModel
        private let pair: PerturbedPair
        private let derivatives: CentralDifferenceScorer
        private let teacher: SwapTeacher?
        private let vocabulary: SwapVocabulary
        private let ranking: Ranking

        /// ε·‖g‖ in double precision, where rounding leaves room for a smaller one than `PerturbedPair.defaultStep`.
        public static let fineStep = 1e-5

        /// - Parameters:
        ///   - proxy: The proxy, in float32 or float64.
        ///   - gradient: g.
        ///   - vocabulary: What may be exchanged.
        ///   - ranking: What swaps are ranked by.
        ///   - teacher: The teacher, if its opinion counts.
        ///   - options: How texts are put into passes.
        /// - Throws: `GradientError`, `TorchError`, `ModelError`.
        public init(
            _ proxy: DecoderModel, gradient: ProxyGradient, vocabulary: SwapVocabulary, ranking: Ranking,
            teacher: SwapTeacher? = nil, options: ScoringOptions = ScoringOptions()
        ) throws {
            self.proxy = proxy
            let step = proxy.dtype == .float64 ? Self.fineStep : PerturbedPair.defaultStep
            pair = try PerturbedPair(proxy, gradient: gradient, step: step)
            derivatives = CentralDifferenceScorer(pair, options: options)
            self.vocabulary = vocabulary
            self.ranking = ranking
            self.teacher = teacher
        }

        /// Whether a teacher can be asked.
        public var hasTeacher: Bool { teacher != nil }

        // MARK: Values

        /// J of each completion: Σ_t Δ(x_t).
        ///
        /// - Throws: `RewriteError` with `failed` for a text longer than the proxy's context; `TorchError`, `ModelError`.
        public func objectives(of text: SwapText, completions: [[Int32]]) throws -> [Double] {
            let sequences = try completions.map { try sequence(text, $0) }
            return try derivatives.sums(sequences)
        }

        /// The teacher's log-probability of each completion in nats; empty without a teacher.
        ///
        /// - Throws: What the teacher throws.
        public func logProbabilities(of text: SwapText, completions: [[Int32]]) throws -> [Double] {
            try teacher?.logProbabilities(text, completions) ?? []
        }

        private func sequence(_ text: SwapText, _ completion: [Int32]) throws -> TeacherForcedSequence {
            let length = text.prompt.count + completion.count
            guard length - 1 <= proxy.contextLength else {
                throw RewriteError.failed(
                    "the trace has \(length) tokens with its prompt, the proxy's context \(proxy.contextLength)")
            }
            return TeacherForcedSequence(prompt: text.prompt, completion: completion)
        }

        // MARK: Gains

        /// Gains of every candidate at every place of a completion, places by candidates. For `random` all are 0.
        package func gains(
            _ gain: SwapGain, for text: SwapText, completion: [Int32], at indices: [Int], candidates: [Int32]
        ) throws -> [[Double]] {
            let sequence = try sequence(text, completion)
            let scale = 0.5 / pair.epsilon
            let copies = [(model: pair.plus, scale: scale), (model: pair.minus, scale: -scale)]
            func table(_ models: [(model: DecoderModel, scale: Double)], _ parts: SwapGainTable.Parts) throws
                -> [[Double]]
            {
                try SwapGainTable(sequence, models: models, parts: parts)
                    .gains(at: indices, candidates: candidates, parts: parts)
            }
            switch gain {
            case .random: return indices.map { _ in candidates.map { _ in 0 } }
            case .ds: return try table(copies, .output)
            case .hb: return try table(copies, [.output, .input])
            // The loss rises where the text gets harder.
            case .fo: return try table([(model: proxy, scale: -1)], .input)
            case .rhb:
                var rows = try table(copies, [.output, .input])
                guard let changes = try teacherChanges(text, completion, at: indices, candidates) else { return rows }
                for (row, changes) in changes.enumerated() {
                    for (column, change) in changes.enumerated() {
                        rows[row][column] += ranking.logProbabilityWeight * change
                    }
                }
                return rows
            }
        }

        /// How much more probable than the old token the teacher finds each candidate where it stands, in nats; −∞ for a
        /// token that it lacks. What the swap does to later tokens is not part of it.
        private func teacherChanges(
            _ text: SwapText, _ completion: [Int32], at indices: [Int], _ candidates: [Int32]
        ) throws -> [[Double]]? {
            guard let teacher else { return nil }
            let known = candidates.indices.filter { teacher.id(of: candidates[$0]) != nil }
            let table = try SwapGainTable(
                teacher.sequence(text, completion), models: [(model: teacher.model, scale: 1)], parts: .output)
            let rows = try table.gains(
                at: indices, candidates: known.compactMap { teacher.id(of: candidates[$0]) }, parts: .output)
            return rows.map { row in
                var changes = candidates.map { _ in -Double.infinity }
                for (column, value) in zip(known, row) { changes[column] = value }
                return changes
            }
        }

        /// For each site its most promising tokens, the best first.
        ///
        /// - Throws: What the models throw.
        public func proposals(
            for text: SwapText, completion: [Int32], sites: [SwapText.Site], count: Int
        ) throws -> [[SwapProposal]] {
            var proposals: [[SwapProposal]] = sites.map { _ in [] }
            for kind in SwapVocabulary.Kind.allCases {
                let own = sites.indices.filter { sites[$0].kind == kind }
                let candidates = vocabulary.tokens(kind)
                guard !own.isEmpty, !candidates.isEmpty else { continue }
                let indices = own.map { sites[$0].index }
                let rows = try gains(
                    ranking.gain, for: text, completion: completion, at: indices, candidates: candidates)
                let changes =
                    ranking.maximumDrop == nil ? nil : try teacherChanges(text, completion, at: indices, candidates)
                for (row, site) in own.enumerated() {
                    let old = completion[sites[site].index]
                    proposals[site] = Self.largest(count, of: rows[row]) { column in
                        guard candidates[column] != old else { return false }
                        guard let bound = ranking.maximumDrop, let changes else { return true }
                        return changes[row][column] >= -bound
                    }.map { SwapProposal(token: candidates[$0], gain: rows[row][$0]) }
                }
            }
            return proposals
        }

        /// The places of the `count` largest values that are allowed, in descending order, the first of equals first.
        private static func largest(_ count: Int, of values: [Double], _ isAllowed: (Int) -> Bool) -> [Int] {
            var best: [Int] = []
            for index in values.indices where values[index] > -.infinity {
                if best.count == count, let last = best.last, values[index] <= values[last] { continue }
                guard isAllowed(index) else { continue }
                let place = best.firstIndex { values[$0] < values[index] } ?? best.count
                best.insert(index, at: place)
                if best.count > count { best.removeLast() }
            }
            return best
        }
    }
#endif
