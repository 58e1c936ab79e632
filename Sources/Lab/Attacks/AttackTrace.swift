import Traces
import TrainingExamples

/// A released trace as an attacker has it: the line that it came in, and what a student would read of it.
public struct AttackTrace: Sendable {
    /// The line without its line feed, byte for byte.
    public var line: [UInt8]
    /// The problem; empty where the record has none.
    public var problem: String
    /// Reasoning and answer.
    public var trace: String
    /// The reference solution, if the record has one.
    public var solution: String?
    /// The record's `id`.
    public var id: String?

    /// Describes a trace.
    public init(line: [UInt8], problem: String, trace: String, solution: String?, id: String? = nil) {
        self.line = line
        self.problem = problem
        self.trace = trace
        self.solution = solution
        self.id = id
    }

    /// All traces of a JSONL file, in its order. Of a conversation of several turns the last one counts.
    ///
    /// - Parameters:
    ///   - path: A file, or `-` for standard input.
    ///   - limit: Only the first traces; what follows them is not read.
    /// - Throws: `TraceError` naming file and line.
    public static func read(path: String, limit: Int? = nil) throws(TraceError) -> [AttackTrace] {
        var reader = try Traces.TraceReader(linesOf: path)
        var traces: [AttackTrace] = []
        while let line = try reader.nextLine() {
            let examples = try TraceExampleFile.examples(line: line.bytes, format: nil, location: line.location)
            guard let example = examples.last else { continue }
            if let limit, traces.count >= limit { return traces }
            traces.append(
                AttackTrace(
                    line: line.bytes, problem: example.problem ?? "", trace: example.completion,
                    solution: example.solution, id: example.id))
        }
        return traces
    }
}

/// What an attacker did to a file of traces.
public struct AttackResult: Sendable {
    /// The lines that a student learns from, without line feeds.
    public var lines: [[UInt8]] = []
    /// How many traces were read.
    public var read: Int
    /// Traces that were dropped, by reason; reasons in the order of the alphabet where shown.
    public var dropped: [String: Int] = [:]
    /// Traces that were changed.
    public var changed = 0

    /// An attack on so many traces that has done nothing yet.
    public init(read: Int) { self.read = read }

    /// Keeps the first `count` lines only; nil keeps all.
    mutating func cut(to count: Int?) {
        guard let count, lines.count > count else { return }
        dropped["beyond the number wanted", default: 0] += lines.count - count
        lines.removeLast(lines.count - count)
    }
}

/// An attacker: something a thief of traces can do before a student learns from them.
///
/// Attackers are deterministic: equal input gives equal output.
public protocol TraceAttack: Sendable {
    /// What the attack makes of `traces`, before the number is cut to what is wanted.
    ///
    /// - Throws: ``AttackError`` for traces that the attack cannot work on.
    func apply(to traces: [AttackTrace]) throws(AttackError) -> AttackResult
}

extension TraceAttack {
    /// What the attack makes of `traces`, at most `count` of them.
    ///
    /// - Throws: ``AttackError`` for traces that the attack cannot work on.
    public func apply(to traces: [AttackTrace], count: Int?) throws(AttackError) -> AttackResult {
        var result = try apply(to: traces)
        result.cut(to: count)
        return result
    }
}

/// Why an attack cannot be carried out.
public enum AttackError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A trace has no reference solution, which the attack needs; traces are counted from 1.
    case noSolution(trace: Int)
    /// A share must be from 0 to 1.
    case shareOutOfRange(Double)
    /// There are fewer clean traces than the share asks for.
    case tooFewCleanTraces(found: Int, wanted: Int)
    /// There are not as many scores as traces.
    case scoreCount(found: Int, wanted: Int)
    /// A template without the place for the answer.
    case templateWithoutAnswer(String)

    /// One line for people.
    public var description: String {
        switch self {
        case .noSolution(let trace): "trace \(trace) has no solution to compare its answer with"
        case .shareOutOfRange(let share): "a share must be from 0 to 1, not \(share)"
        case .tooFewCleanTraces(let found, let wanted): "\(wanted) clean traces are needed, there are \(found)"
        case .scoreCount(let found, let wanted): "there are \(found) scores for \(wanted) traces"
        case .templateWithoutAnswer(let template): "the template '\(template)' has no {answer}"
        }
    }
}
