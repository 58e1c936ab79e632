#if Torch
    import Antidistillation
    import Answers
    import TestSupport
    import Testing
    import Tokenizers
    import TraceRewriting
    import Traces

    @testable import TorchAntidistillation

    @Suite("The gradient rewriter on the lab's traces", .serialized)
    struct GradientRewriterTests {
        private static func engine(
            _ settings: SwapSearch.Settings, teacher: sending SwapTeacher? = nil
        ) throws -> SwapEngine {
            SwapEngine(
                try Lab.scorer(.init(settings), teacher: teacher), tokenizer: try Lab.tokenizer(), format: Lab.format,
                vocabulary: try Lab.vocabulary())
        }

        /// Numerals and signs in their order.
        private static func numeralsAndSigns(_ text: String) -> [Substring] {
            text.split { !"0123456789+-*/=#".contains($0) }
        }

        @Test("Answers, numbers and signs stay, J rises, the budget is kept", arguments: SwapGain.allCases)
        func invariants(gain: SwapGain) async throws {
            let teacher = gain == .rhb ? try Lab.teacher() : nil
            let settings = SwapSearch.Settings(
                gain: gain, tokenBudget: 0.1, candidates: 1, logProbabilityWeight: gain == .rhb ? 0.02 : 0,
                maximumDrop: gain == .rhb ? 16 : nil)
            let rewriter = GradientRewriter(try Self.engine(settings, teacher: teacher), settings: settings)
            #expect(rewriter.variesByAttempt == (gain == .random))
            var total = SwapMeasures()
            for (index, turn) in try Lab.turns(3).enumerated() {
                let request = RewriteRequest(turn: turn, seed: UInt64(index))
                let candidate = try await rewriter.rewrite(request)
                let (old, new) = (turn.text, candidate.texts.joined(separator: "\n"))
                #expect(Self.numeralsAndSigns(new) == Self.numeralsAndSigns(old))
                #expect(AnswerExtractor.extract(from: new)?.text == AnswerExtractor.extract(from: old)?.text)
                let measures = try #require(candidate.swaps)
                #expect(measures.swaps <= (measures.tokens + 9) / 10)
                #expect(candidate.opportunities ?? 0 > 0)
                let rise = measures.objectiveAfter - measures.objectiveBefore
                if gain == .rhb {
                    let drop = try #require(measures.logProbabilityDrop)
                    #expect(drop <= 16 * Double(measures.swaps) + 1e-6)
                    #expect(measures.swaps == 0 || rise - 0.02 * drop > 0)
                } else {
                    #expect(gain == .random || measures.swaps == 0 || rise > 0)
                    #expect(measures.logProbabilityDrop == nil)
                }
                #expect(try await rewriter.rewrite(request).texts == candidate.texts)
                total = total + measures
            }
            #expect(total.swaps > 0, "\(gain)")
        }

        @Test("What is proposed has the largest gains, the old token never among it")
        func proposals() throws {
            let scorer = try Lab.scorer(.init(.hb))
            let vocabulary = try Lab.vocabulary()
            let text = try #require(try Lab.texts(1).first)
            let candidates = vocabulary.tokens(.spaced)
            let sites = Array(text.sites.filter { $0.kind == .spaced }.prefix(4))
            let proposals = try scorer.proposals(for: text, completion: text.completion, sites: sites, count: 5)
            let gains = try scorer.gains(
                .hb, for: text, completion: text.completion, at: sites.map(\.index), candidates: candidates)
            for ((site, proposed), row) in zip(zip(sites, proposals), gains) {
                let own = text.completion[site.index]
                #expect(abs(row[try #require(candidates.firstIndex(of: own))]) < 1e-4)
                let ranked = zip(candidates, row).filter { $0.0 != own }.sorted { $0.1 > $1.1 }
                #expect(proposed == ranked.prefix(5).map { SwapProposal(token: $0.0, gain: $0.1) })
            }
        }

        @Test("With a bound no token is proposed that the teacher finds much less probable")
        func teacherBound() throws {
            let teacher = try Lab.teacher()
            var settings = SwapSearch.Settings(gain: .ds, maximumDrop: 1)
            let bounded = try Lab.scorer(.init(settings), teacher: teacher)
            settings.maximumDrop = nil
            let free = try Lab.scorer(.init(settings), teacher: teacher)
            var counts = (bounded: 0, free: 0)
            for text in try Lab.texts(3) {
                for (scorer, isBounded) in [(bounded, true), (free, false)] {
                    let proposals = try scorer.proposals(
                        for: text, completion: text.completion, sites: text.sites, count: 200)
                    if isBounded {
                        counts.bounded += proposals.joined().count
                    } else {
                        counts.free += proposals.joined().count
                    }
                }
            }
            #expect(counts.bounded > 0 && counts.bounded * 4 < counts.free, "\(counts)")
        }

        @Test("Among candidates the one with the largest J is released, with marks a sum")
        func choice() async throws {
            let settings = SwapSearch.Settings(gain: .random, tokenBudget: 0.2)
            let engine = try Self.engine(settings)
            let rewriter = GradientRewriter(engine, settings: settings)
            let turn = try #require(try Lab.turns(1).first)
            var candidates: [AnalysedTurn] = []
            var objectives: [Double] = []
            for attempt in 0..<4 {
                let candidate = try await rewriter.rewrite(RewriteRequest(turn: turn, seed: 7, attempt: attempt))
                candidates.append(turn.replacing(texts: candidate.texts))
                objectives.append(try #require(candidate.swaps).objectiveAfter)
            }
            #expect(Set(candidates.map(\.text)).count > 1)
            let scores = try await ObjectiveChoice(engine).scores(of: candidates, keyed: nil)
            for (score, objective) in zip(scores, objectives) {
                #expect(abs(score - objective) < 1e-3 * abs(objective))
            }
            let both = try await ObjectiveChoice(engine).scores(of: candidates, keyed: [0, 100, 0, 0])
            #expect(both.indices.max { both[$0] < both[$1] } != both.indices.min { both[$0] < both[$1] })
            #expect(abs(both.reduce(0, +)) < 1e-9)
        }

        @Test("A trace that is too long for the proxy concerns that trace only")
        func tooLong() async throws {
            let settings = SwapSearch.Settings(gain: .ds)
            let text = String(repeating: "we have 3 more books, ", count: 400) + "the answer is #### 3"
            let turn = AnalysedTurn(
                TraceTurn(problem: "How many", fields: [TraceField(role: .trace, text: text)]))
            let rewriter = GradientRewriter(try Self.engine(settings), settings: settings)
            do {
                _ = try await rewriter.rewrite(RewriteRequest(turn: turn, seed: 0))
                Issue.record("nothing was thrown")
            } catch {
                guard case .failed(let why) = error else {
                    Issue.record("\(error)")
                    return
                }
                #expect(why.contains("context"))
            }
        }
    }
#endif
