import Answers
import KeyedPRF
import Statistics
import TraceRewriting
import Traces

/// The traces that every instruction is tried on.
package struct SearchSample: Sendable {
    /// One of them.
    package struct Trace: Sendable {
        /// The record, which a rewriting is put back into.
        package var record: TraceRecord
        /// Its one turn.
        package var turn: AnalysedTurn
        /// Its final answer.
        package var answer: String

        /// The record's bytes with other texts for the turn's fields.
        func released(_ texts: [String]) -> [UInt8] {
            record.encoded(
                replacing: texts.enumerated().map { FieldReplacement(turn: 0, field: $0.offset, text: $0.element) })
        }
    }

    /// Why a record is no part of the sample.
    package enum Unfit: String, Hashable, Sendable, CaseIterable {
        /// It holds no turn or several.
        case turns = "not_one_turn"
        /// Its reasoning is missing, or no English prose.
        case prose = "not_prose"
        /// It states no final answer.
        case answer = "no_answer"
        /// Its problem is among those students are judged on.
        case heldOut = "held_out"
    }

    /// The traces, in the order of the input.
    package let traces: [Trace]
    /// How many records were unfit, by reason.
    package let unfit: [Unfit: Int]

    /// Draws a sample.
    ///
    /// - Parameters:
    ///   - records: Records of line-based formats.
    ///   - count: How many traces to take; all fit ones if there are fewer.
    ///   - seed: Decides the draw.
    ///   - heldOut: `ProblemKey` of the problems that students are judged on.
    /// - Throws: ``PromptSearchError`` with code `options` when no record is fit.
    package init(
        records: [TraceRecord], count: Int, seed: UInt64, heldOut: Set<String>
    ) throws(PromptSearchError) {
        var fit: [Trace] = []
        var unfit: [Unfit: Int] = [:]
        for record in records {
            switch Self.trace(record, heldOut: heldOut) {
            case .success(let trace): fit.append(trace)
            case .failure(let reason): unfit[reason.unfit, default: 0] += 1
            }
        }
        guard !fit.isEmpty else {
            let reasons = unfit.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue) \($0.value)" }
            throw PromptSearchError(
                .options, "no trace is fit for a search (\(reasons.joined(separator: ", ")))")
        }
        // Each trace's own draw: the sample does not depend on how many there are behind it.
        let ranked = fit.indices.sorted {
            let a = SeededGenerator.mix(seed ^ SeededGenerator.mix(UInt64($0)))
            let b = SeededGenerator.mix(seed ^ SeededGenerator.mix(UInt64($1)))
            return (a, $0) < (b, $1)
        }
        traces = ranked.prefix(count).sorted().map { fit[$0] }
        self.unfit = unfit
    }

    private struct Failure: Error {
        var unfit: Unfit
    }

    private static func trace(_ record: TraceRecord, heldOut: Set<String>) -> Result<Trace, Failure> {
        guard record.format.isLineBased, record.turns.count == 1 else { return .failure(Failure(unfit: .turns)) }
        let turn = AnalysedTurn(record.turns[0])
        if let problem = turn.problem, heldOut.contains(ProblemKey.of(problem)) {
            return .failure(Failure(unfit: .heldOut))
        }
        guard turn.hasReasoning, turn.textClass == .englishProse else { return .failure(Failure(unfit: .prose)) }
        guard let answer = AnswerExtractor.extract(from: turn.text),
            AnswerEquivalence.compare(answer.text, answer.text) == .equal
        else { return .failure(Failure(unfit: .answer)) }
        return .success(Trace(record: record, turn: turn, answer: answer.text))
    }

    /// SHA-256, in hexadecimal, over the records.
    package var digest: String {
        SHA256Digest.of(Array(traces.map { $0.record.encoded(replacing: []) + [0x0A] }.joined())).hex
    }
}
