/// Keeps traces that take one step at a time, as students learn them best who never saw two in one equation.
public struct SingleSteps: TraceAttack {
    /// No settings.
    public init() {}

    /// The lines without an equation of two signs: "4 + 5 - 3 = 6".
    public func apply(to traces: [AttackTrace]) -> AttackResult {
        let merged = /[0-9]+ [-+] [0-9]+ [-+] [0-9]+ =/
        var result = AttackResult(read: traces.count)
        for trace in traces {
            if trace.trace.contains(merged) {
                result.dropped["two steps in one equation", default: 0] += 1
            } else {
                result.lines.append(trace.line)
            }
        }
        return result
    }
}
