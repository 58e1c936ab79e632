import Foundation
import KeyedPRF

/// A file or folder that an experiment begins with, and what is in it.
struct InputFile: Hashable, Sendable {
    /// Where it is.
    var path: String
    /// SHA-256 of its content, in hexadecimal.
    var digest: String
}

/// One job of a stage.
public struct StageCall: Sendable {
    /// The job's settings. Paths of other stages' results and of the stage's own folder are filled in when it runs.
    public var settings: any JobSettings
    /// What it makes in the stage's folder.
    var outputs: [String] = []
    /// Where its report goes in the stage's folder.
    var result: String
    /// A setting to turn on where an earlier run of it was cut off.
    var resuming: String?
    /// Whether what a cut-off run left can be gone on with; else it is removed first.
    var isResumable = true
    /// What decides the result beside the settings: names and texts, as they are added to the job's identity.
    var beside: [String: String] = [:]
}

/// A part of an experiment that is done once: jobs that make a folder.
public struct Stage: Sendable {
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
    /// The jobs, in order.
    public var calls: [StageCall]
    /// The stages that must be done before.
    public var needs: [String]
    /// About how long it takes with models of the lab's size on one core, in seconds.
    public var estimate: Double

    /// The name follows from the jobs and the program that does them.
    ///
    /// - Parameter identities: What each of the jobs is.
    init(
        kind: Kind, title: String, calls: [StageCall], identities: [JobIdentity], program: String, estimate: Double
    ) {
        self.kind = kind
        self.title = title
        self.calls = calls
        self.estimate = estimate
        var needs: [String] = []
        for path in calls.flatMap(\.settings.paths) {
            if case .made(let stage, _)? = StagePath(text: path), !needs.contains(stage) { needs.append(stage) }
        }
        self.needs = needs
        name = kind.rawValue + "-" + Self.hash(identities, program: program)
    }

    /// Inputs count by content, other stages by name, which is a hash itself; where the results go does not count.
    private static func hash(_ identities: [JobIdentity], program: String) -> String {
        var text = ""
        // Each part with its length, so that no two lists of parts give the same text.
        func add(_ kind: Character, _ part: String) { text += "\(kind)\(part.utf8.count):\(part)" }
        add("p", program)
        for identity in identities {
            add("j", identity.job)
            for (name, value) in identity.values.sorted(by: { $0.key < $1.key }) {
                add("n", name)
                add("v", value)
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
