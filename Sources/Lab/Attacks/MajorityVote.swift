import Answers

/// Of several traces of a problem keeps those whose answer most of them give: needs no solutions.
///
/// Traces of a problem are those with the same `problem` text. The largest group of equal answers wins, the one that occurs
/// first among equally large ones; a group of one wins only where the problem has a single trace.
public struct MajorityVote: TraceAttack {
    /// The most traces kept of one problem; nil for all that agree.
    public var perProblem: Int?

    /// - Parameter perProblem: The most traces kept of one problem, nil for all that agree.
    public init(perProblem: Int? = 1) { self.perProblem = perProblem }

    /// The lines that agree with their problem's majority, in the order of the input.
    public func apply(to traces: [AttackTrace]) -> AttackResult {
        var order: [String] = []
        var members: [String: [Int]] = [:]
        for (index, trace) in traces.enumerated() {
            if members[trace.problem] == nil { order.append(trace.problem) }
            members[trace.problem, default: []].append(index)
        }
        var kept: [Int] = []
        var dropped: [String: Int] = [:]
        for problem in order {
            let group = members[problem] ?? []
            let agreeing = Self.majority(of: group, traces)
            guard !agreeing.isEmpty else {
                dropped["no majority", default: 0] += group.count
                continue
            }
            let taken = Array(agreeing.prefix(perProblem ?? .max))
            kept += taken
            if group.count > agreeing.count {
                dropped["against the majority", default: 0] += group.count - agreeing.count
            }
            if agreeing.count > taken.count {
                dropped["problem has enough", default: 0] += agreeing.count - taken.count
            }
        }
        var result = AttackResult(read: traces.count)
        result.lines = kept.sorted().map { traces[$0].line }
        result.dropped = dropped
        return result
    }

    private static func majority(of group: [Int], _ traces: [AttackTrace]) -> [Int] {
        guard group.count > 1 else { return group }
        var classes: [(answer: String, members: [Int])] = []
        for index in group {
            guard let answer = AnswerExtractor.extract(from: traces[index].trace)?.text else { continue }
            if let place = classes.firstIndex(where: { AnswerEquivalence.compare($0.answer, answer) == .equal }) {
                classes[place].members.append(index)
            } else {
                classes.append((answer, [index]))
            }
        }
        var best: [Int] = []
        for candidate in classes where candidate.members.count > best.count { best = candidate.members }
        return best.count > 1 ? best : []
    }
}
