import Answers

/// Keeps traces whose final answer is the reference solution: a thief who can check answers throws the damaged traces away.
public struct AnswerFilter: TraceAttack {
    /// No settings.
    public init() {}

    /// The lines with the right answer. An answer that cannot be compared is not a right one.
    ///
    /// - Throws: `AttackError.noSolution`.
    public func apply(to traces: [AttackTrace]) throws(AttackError) -> AttackResult {
        var result = AttackResult(read: traces.count)
        for (index, trace) in traces.enumerated() {
            guard let solution = trace.solution else { throw .noSolution(trace: index + 1) }
            switch AnswerEquivalence.compare(trace: trace.trace, reference: solution) {
            case .equal: result.lines.append(trace.line)
            case .different: result.dropped["wrong answer", default: 0] += 1
            case .unknown: result.dropped["answer not understood", default: 0] += 1
            }
        }
        return result
    }
}
