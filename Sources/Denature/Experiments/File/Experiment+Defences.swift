import Lab
import Marks

extension Experiment {
    /// Something that is done to traces before they are released.
    public struct Defence: Sendable {
        /// Its name, unique in the file.
        public var name: String
        /// One point for each value of the sweep, or one.
        public var points: [Point]
        /// The defence whose students it is compared with; nil for the baseline.
        public var against: String?
        /// Names of attackers, besides the one that does nothing.
        public var attackers: [String]
        /// How its students are audited; nil for not at all.
        public var audit: Audit?
        /// Where it begins in the file.
        public var line: Int
    }

    /// A defence with all its settings.
    public struct Point: Sendable {
        /// What the sweep changes: "strength 0.3"; empty where there is no sweep.
        public var label = ""
        /// Settings of sampling, over those of the experiment.
        public var sampling = SettingPatch()
        /// Attacks that choose which of the teacher's traces go on, before any rewriting.
        public var keep: [String] = []
        /// Which direction of the proxy's weights is penalised.
        public var direction = Direction.gradient
        /// The mark in the tokens.
        public var watermark: Watermark?
        /// Rewritings one after another.
        public var rewriting: [Rewriting] = []
        /// A setting whose value is yet to be found.
        public var calibration: Calibration?
    }

    /// Directions of the penalty: the gradient, and the controls that must not work.
    public enum Direction: String, Hashable, Sendable, CaseIterable {
        /// The proxy's gradient.
        case gradient
        /// A random direction of the same norm.
        case random
        /// The gradient's opposite.
        case negated
    }

    /// A mark in the tokens.
    public struct Watermark: Hashable, Sendable {
        /// The scheme's name.
        public var scheme: String
        /// Settings of the mark; detection takes those that it knows.
        public var settings: SettingPatch
        /// Whether the key is somebody's who is no audited customer.
        public var isForeign = false
    }

    /// One run of `denature sanitize-traces`.
    public struct Rewriting: Hashable, Sendable {
        /// The rewriters, as the setting has them.
        public var rewriter: String
        /// Other settings.
        public var settings: SettingPatch
        /// What the loss of its gradient is taken of (`denature gradient --loss-tokens`), nil for the experiment's gradient.
        public var lossTokens: String?
        /// What its endpoint is asked; nil for the job's usual template.
        public var prompt: Template?
        /// A folder of further templates.
        public var prompts: String?
        /// Whether the teacher has a say in which swaps are made.
        public var needsTeacher: Bool {
            settings["max_log_probability_drop"] != nil || settings["gain"] == "rhb"
        }
        /// Whether it needs proxy and gradient.
        public var needsProxy: Bool { rewriter.split(separator: ",").contains("gradient") }
        /// Whether it asks an endpoint.
        public var needsEndpoint: Bool { rewriter.contains("instruction") }
    }

    /// A setting of sampling that takes the value at which the teacher has a given accuracy.
    public struct Calibration: Hashable, Sendable {
        /// The setting.
        public var setting: String
        /// How the value is found.
        public var rule: Rule

        /// How a value is found.
        public enum Rule: Hashable, Sendable {
            /// By bisection between two bounds: the teacher's accuracy falls with the value.
            case accuracy(Double, from: Double, to: Double)
            /// The value that was found for another defence.
            case same(defence: String)
        }
    }

    /// What a thief does before a student learns.
    public struct Attacker: Sendable {
        /// Its name, unique in the file.
        public var name: String
        /// What is done to the traces, in order; none where only the student or the number differs.
        public var steps: [AttackStep] = []
        /// The student, nil for the first of the file.
        public var student: String?
        /// Traces that the student learns from; nil for the experiment's number.
        public var count: Int?
        /// Traces per problem that the thief buys.
        public var samples = 1
        /// Problems that the thief buys traces for; nil for what the steps need.
        public var pool: Int?
        /// Whose traces the student learns afterwards; nil for nobody's.
        public var cleanEpochs: CleanEpochs?

        /// More training, on traces of another defence.
        public struct CleanEpochs: Hashable, Sendable {
            /// The defence, nil for the baseline.
            public var defence: String?
        }

        /// The attacker that does nothing.
        public static let none = Attacker(name: ExperimentTable.noAttacker)
    }

    /// One thing that is done to released traces.
    public enum AttackStep: Hashable, Sendable {
        /// An attack by its name and settings; its `reference` is a model's folder.
        case command(String, SettingPatch, reference: String?)
        /// A share of the traces is replaced by those of another defence, the baseline if none is named.
        case mixClean(defence: String?, SettingPatch)
        /// A run of `denature sanitize-traces`.
        case paraphrase(Rewriting)

        /// Whether traces are thrown away, so that more must be there to begin with.
        var drops: Bool {
            switch self {
            case .command(let name, _, _): AttackKind.named[name]?.drops ?? false
            case .mixClean, .paraphrase: false
            }
        }
    }
}

extension Experiment.Point {
    /// Whether a key of an audited customer has a part in what is released.
    var isMarked: Bool {
        watermark.map { !$0.isForeign } ?? false
            || rewriting.contains { !["none", nil].contains($0.settings["watermark"]) }
    }

    /// Whether sampling, the mark or a rewriting needs the proxy and its gradient.
    func usesProxy(_ sampling: SettingPatch) -> Bool {
        needsProxy(sampling) || watermark?.readsProxy == true || rewriting.contains(where: \.needsProxy)
    }

    /// Whether sampling needs them: under a penalty, or where drafts are chosen by it.
    ///
    /// - Parameter shared: What the experiment says of sampling.
    func needsProxy(_ shared: SettingPatch) -> Bool {
        let settings = shared.merged(with: sampling)
        let names = settings.names + (calibration.map { [$0.setting] } ?? [])
        if names.contains("strength") || names.contains("lambda") { return true }
        guard names.contains("drafts") else { return false }
        return ["poison", "both", nil].contains(settings["select"])
    }
}

extension Experiment.Watermark {
    /// Whether the mark itself reads a proxy student.
    var readsProxy: Bool {
        MarkRegistry.standard.tokenScheme(named: TokenMarkName(scheme))?.embedding?.needsProxy == true
    }
}
