import StrictJSON

/// Where in a record its texts stand, for shapes that are not known: `reasoning=a.b[].c`.
public struct TraceFieldPaths: Hashable, Sendable {
    /// Names of members with points between them; `[]` after a name is every element of its array, `[0]` its first.
    public struct Path: Hashable, Sendable, CustomStringConvertible {
        enum Step: Hashable, Sendable {
            case member(String)
            case element(Int)
            case everyElement
        }

        let steps: [Step]
        /// The path as it was given.
        public let description: String

        /// Reads a path; nil for an empty one, or one with broken brackets.
        public init?(_ text: String) {
            var steps: [Step] = []
            for part in text.split(separator: ".", omittingEmptySubsequences: false) {
                let name = part.prefix { $0 != "[" }
                var rest = part.dropFirst(name.count)
                if name.isEmpty, rest.isEmpty { return nil }
                if !name.isEmpty, name != "$" { steps.append(.member(String(name))) }
                while let open = rest.first {
                    guard open == "[", let close = rest.firstIndex(of: "]") else { return nil }
                    let inside = rest[rest.index(after: rest.startIndex)..<close]
                    if inside.isEmpty || inside == "*" {
                        steps.append(.everyElement)
                    } else if let number = Int(inside), number >= 0 {
                        steps.append(.element(number))
                    } else {
                        return nil
                    }
                    rest = rest[rest.index(after: close)...]
                }
            }
            guard !steps.isEmpty else { return nil }
            self.steps = steps
            description = text
        }

        /// The values at the path, in the order of the record; none where it leads nowhere.
        func values(in view: RecordView, from index: Int) -> [Int] {
            var found = [index]
            for step in steps {
                found = found.flatMap { value -> [Int] in
                    switch step {
                    case .member(let name): return view.anyMember(value, name).map { [$0] } ?? []
                    case .everyElement: return view.kind(value) == .array ? view.tape.elements(of: value) : []
                    case .element(let number):
                        guard view.kind(value) == .array else { return [] }
                        let elements = view.tape.elements(of: value)
                        return number < elements.count ? [elements[number]] : []
                    }
                }
            }
            return found.filter { !view.json.isNull($0) }
        }

        /// Whether the path of a value (`a.b[0].c`) is this one or lies below it.
        func covers(_ path: String) -> Bool {
            guard let other = Path(path), other.steps.count >= steps.count else { return false }
            return zip(steps, other.steps).allSatisfy { mine, its in
                if case .everyElement = mine, case .element = its { return true }
                return mine == its
            }
        }
    }

    /// Reasoning; also the answer, where no member is named for it.
    public var reasoning: [Path]
    /// The reply.
    public var answer: Path?
    /// The problem.
    public var problem: Path?

    /// - Parameters:
    ///   - reasoning: Reasoning; also the answer, where no member is named for it.
    ///   - answer: The reply.
    ///   - problem: The problem.
    public init(reasoning: [Path], answer: Path? = nil, problem: Path? = nil) {
        self.reasoning = reasoning
        self.answer = answer
        self.problem = problem
    }

    /// Reads `reasoning=PATH`, `answer=PATH` and `problem=PATH`.
    ///
    /// - Returns: Nil where the list is empty.
    /// - Throws: ``FieldError`` with what is wrong.
    public init?(_ arguments: [String]) throws(FieldError) {
        guard !arguments.isEmpty else { return nil }
        self.init(reasoning: [])
        for argument in arguments {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let path = Path(parts[1]) else {
                throw FieldError(description: "'\(argument)' must be reasoning=PATH, answer=PATH or problem=PATH")
            }
            switch parts[0] {
            case "reasoning": reasoning.append(path)
            case "answer": answer = path
            case "problem": problem = path
            default:
                throw FieldError(description: "'\(parts[0])' is none of reasoning, answer and problem")
            }
        }
        guard !reasoning.isEmpty else { throw FieldError(description: "reasoning=PATH is needed") }
    }

    /// A path that cannot be read.
    public struct FieldError: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is wrong.
        public var description: String
    }
}
