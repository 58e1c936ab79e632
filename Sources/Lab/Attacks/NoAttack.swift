/// Learns from the traces as they are: the row that attacks are compared with.
public struct NoAttack: TraceAttack {
    /// No settings.
    public init() {}

    /// All lines, unchanged.
    public func apply(to traces: [AttackTrace]) -> AttackResult {
        var result = AttackResult(read: traces.count)
        result.lines = traces.map(\.line)
        return result
    }
}
