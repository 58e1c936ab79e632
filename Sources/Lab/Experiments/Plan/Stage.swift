import KeyedPRF

/// A file or folder that an experiment begins with, and what is in it.
public struct InputFile: Hashable, Sendable {
    /// Where it is.
    public var path: String
    /// SHA-256 of its content, in hexadecimal.
    public var digest: String
}

/// An argument of a stage's command.
public enum StageArgument: Hashable, Sendable {
    /// As it stands.
    case text(String)
    /// The path of an input.
    case input(InputFile)
    /// The path of what another stage made.
    case made(stage: String, file: String)
    /// The path of a file in the stage's own folder.
    case own(String)
}

/// One run of the program.
public struct StageCommand: Hashable, Sendable {
    /// The arguments after the program's name.
    public var arguments: [StageArgument]
    /// What it makes in the stage's folder.
    public var outputs: [String] = []
    /// Where its standard output goes in the stage's folder.
    public var result: String
    /// Arguments to add where an earlier run of it was cut off.
    public var resuming: [String] = []
    /// Whether what a cut-off run left can be gone on with; else it is removed first.
    public var isResumable = true
    /// Exit statuses that mean done.
    public var statuses: [Int32] = [0]
}

/// A part of an experiment that is done once: commands that make a folder.
public struct Stage: Hashable, Sendable {
    /// What kind of work it is.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case gradient, sample, rewrite, score, judge, attack, train, evaluate
        case auditPlan = "audit-plan"
        case audit
    }

    /// The kind.
    public var kind: Kind
    /// The name of its folder: the kind, and a hash of everything that determines what it makes.
    public var name: String
    /// What it is for, for people: the first row of the table that needs it.
    public var title: String
    /// The commands, in order.
    public var commands: [StageCommand]
    /// The stages that must be done before.
    public var needs: [String]
    /// About how long it takes with models of the lab's size on one core, in seconds.
    public var estimate: Double

    /// The name follows from the commands.
    init(kind: Kind, title: String, commands: [StageCommand], version: String, estimate: Double) {
        self.kind = kind
        self.title = title
        self.commands = commands
        self.estimate = estimate
        var needs: [String] = []
        for case .made(let stage, _) in commands.flatMap(\.arguments) where !needs.contains(stage) {
            needs.append(stage)
        }
        self.needs = needs
        name = kind.rawValue + "-" + Self.hash(commands, version: version)
    }

    /// Inputs count by content, other stages by name, which is a hash itself; the stage's own folder is not known yet.
    private static func hash(_ commands: [StageCommand], version: String) -> String {
        var text = ""
        // Each part with its length, so that no two lists of parts give the same text.
        func add(_ kind: Character, _ part: String) { text += "\(kind)\(part.utf8.count):\(part)" }
        add("v", version)
        for command in commands {
            add("c", command.result)
            for argument in command.arguments {
                switch argument {
                case .text(let value): add("t", value)
                case .input(let file): add("i", file.digest)
                case .made(let stage, let file):
                    add("s", stage)
                    add("f", file)
                case .own(let file): add("o", file)
                }
            }
        }
        return String(SHA256Digest.of(text).hex.prefix(20))
    }
}

extension Stage {
    /// Begins with what most work has to wait for, so that workers do not run out of it together.
    ///
    /// - Parameter stages: Stages in an order in which each comes after what it needs.
    /// - Returns: The same in descending order of the time of the longest chain that begins with them.
    static func longestChainsFirst(_ stages: [Stage]) -> [Stage] {
        var behind: [String: Double] = [:]
        var chains: [Double] = []
        for stage in stages.reversed() {
            let chain = stage.estimate + behind[stage.name, default: 0]
            chains.append(chain)
            for need in stage.needs { behind[need] = max(behind[need, default: 0], chain) }
        }
        chains.reverse()
        return stages.indices.sorted { (-chains[$0], $0) < (-chains[$1], $1) }.map { stages[$0] }
    }
}
