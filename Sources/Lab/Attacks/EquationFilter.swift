/// Re-computes every equation and drops the traces in which one is wrong.
public struct EquationFilter: TraceAttack {
    /// No settings.
    public init() {}

    /// The lines without a wrong equation. What is not understood as an equation counts for nothing.
    public func apply(to traces: [AttackTrace]) -> AttackResult {
        var result = AttackResult(read: traces.count)
        for trace in traces {
            if EquationChecker.check(trace.trace, problem: trace.problem).wrong.isEmpty {
                result.lines.append(trace.line)
            } else {
                result.dropped["wrong equation", default: 0] += 1
            }
        }
        return result
    }
}
