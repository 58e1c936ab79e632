/// A piece of a template that is run for its effect.
indirect enum Statement: Sendable {
    case text(Text)
    case output(Expression, line: Int)
    case set(Target, Expression, line: Int)
    case setBlock(Target, filters: [Postfix], body: [Statement], line: Int)
    case conditional([Branch], otherwise: [Statement])
    case loop(Loop)
    case macro(Macro)
    case call(CallBlock)
    case filter([Postfix], body: [Statement], line: Int)
    case with([(Target, Expression)], body: [Statement], line: Int)
    /// What the assistant wrote, for training masks; here it is only a scope.
    case generation([Statement])
    case leaveLoop
    case continueLoop

    struct Branch: Sendable {
        var condition: Expression
        var body: [Statement]
        var line: Int
    }

    final class Loop: Sendable {
        let target: Target
        let iterable: Expression
        let condition: Expression?
        let isRecursive: Bool
        let body: [Statement]
        let otherwise: [Statement]
        let line: Int

        init(
            _ target: Target, in iterable: Expression, where condition: Expression?, isRecursive: Bool,
            body: [Statement], otherwise: [Statement], line: Int
        ) {
            self.target = target
            self.iterable = iterable
            self.condition = condition
            self.isRecursive = isRecursive
            self.body = body
            self.otherwise = otherwise
            self.line = line
        }
    }

    final class Macro: Sendable {
        let name: String
        let parameters: [Parameter]
        let body: [Statement]
        /// The names `caller`, `varargs` and `kwargs` that the body reads.
        let special: Set<String>
        let line: Int

        init(_ name: String, _ parameters: [Parameter], _ body: [Statement], special: Set<String>, line: Int) {
            self.name = name
            self.parameters = parameters
            self.body = body
            self.special = special
            self.line = line
        }
    }

    struct Parameter: Sendable {
        var name: String
        var standard: Expression?
    }

    struct CallBlock: Sendable {
        var callee: Expression
        var operations: [Postfix]
        var arguments: Arguments
        var caller: Macro
        var line: Int
    }
}

/// What is assigned to.
indirect enum Target: Sendable {
    case name(String)
    /// A member of a namespace.
    case member(of: String, String)
    case tuple([Target])
}

/// A piece of a template that has a value.
indirect enum Expression: Sendable {
    case none
    case bool(Bool)
    case int(Int)
    case float(Double)
    case string(Text)
    case name(String)
    case tuple([Expression])
    case list([Expression])
    case dict([(Expression, Expression)])
    case negative(Expression)
    case positive(Expression)
    case not(Expression)
    /// Operators of the same rank, from the left.
    case arithmetic(Expression, [(Arithmetic, Expression)])
    case concatenation([Expression])
    case comparison(Expression, [(Comparison, Expression)])
    case and([Expression])
    case or([Expression])
    case conditional(Expression, then: Expression, otherwise: Expression?)
    case postfix(Expression, [Postfix])

    enum Arithmetic: String, Sendable {
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
        case floorDivide = "//"
        case remainder = "%"
        case power = "**"
    }

    enum Comparison: String, Sendable {
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case isIn = "in"
        case isNotIn = "not in"
    }
}

/// What is done with a value, one after the other.
struct Postfix: Sendable {
    indirect enum Operation: Sendable {
        case attribute(String)
        case item(Expression)
        case slice(Expression?, Expression?, Expression?)
        case call(Arguments)
        case filter(String, Arguments)
        case test(String, Arguments, isNegated: Bool)
    }

    var operation: Operation
    var line: Int
}

/// The arguments of a call.
struct Arguments: Sendable {
    var positional: [Expression] = []
    var keywords: [(name: String, value: Expression)] = []
    /// `*values`
    var sequence: Expression?
    /// `**values`
    var mapping: Expression?
}
