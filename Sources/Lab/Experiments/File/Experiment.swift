/// What an experiment's file says: who teaches, who learns, from what, behind which defences, against which attackers.
///
/// Paths are as the program opens them: those of the file are relative to its folder.
public struct Experiment: Sendable {
    /// What the page is called.
    public var title: String
    /// A paragraph below the title; empty for none.
    public var note: String
    /// The models.
    public var models: Models
    /// Problems and how many of them.
    public var data: Data
    /// Options of `denature sample`, in the order of their names.
    public var sampling: [Setting]
    /// Options of `denature train`.
    public var training: [Setting]
    /// Options of every command that runs a model.
    public var runtime: [Setting]
    /// Seeds of sampling and of the students' training; a row of the table is their mean.
    public var seeds: [UInt64]
    /// The defence that stands for no defence; the one that gaps are measured against unless a defence says otherwise.
    public var baseline: String
    /// The defences in the order of the file.
    public var defences: [Defence]
    /// The attackers in the order of the file.
    public var attackers: [Attacker]
    /// How marked students are audited.
    public var audit: AuditSettings
    /// Who is asked for an opinion of released traces; nil for nobody.
    public var judge: Judge?

    /// An endpoint that scores traces (`denature judge`).
    public struct Judge: Hashable, Sendable {
        /// The endpoint's base URL.
        public var endpoint: String
        /// The model's name there.
        public var model: String
        /// The environment variable with the API key.
        public var apiKeyEnvironment: String?
        /// What it is asked.
        public var template: Template
        /// Traces of each seed that are judged.
        public var traces: Int
    }

    /// An option of a command, without its dashes.
    public struct Setting: Hashable, Sendable {
        /// The option's name.
        public var name: String
        /// Its value; nil for a flag.
        public var value: String?
    }

    /// Folders and files of models.
    public struct Models: Sendable {
        /// The teacher.
        public var teacher: String
        /// The proxy student, if a defence needs one.
        public var proxy: String?
        /// The proxy's gradient.
        public var gradient: Gradient?
        /// Held-out traces that gradients are computed from.
        public var holdout: String?
        /// The students by name; the first one learns where an attacker names none.
        public var students: [Student]
    }

    /// Where the gradient comes from.
    public enum Gradient: Hashable, Sendable {
        /// A file that is there.
        case file(String)
        /// Computed from held-out traces.
        case holdout(String)
    }

    /// A student before it learns.
    public struct Student: Hashable, Sendable {
        /// How attackers call it.
        public var name: String
        /// A folder with weights to start from.
        public var model: String?
        /// A configuration to start from at random, and its tokenizer's folder.
        public var initial: Initial?

        /// Random weights.
        public struct Initial: Hashable, Sendable {
            /// The shape, `config.json`.
            public var configuration: String
            /// The tokenizer's folder.
            public var tokenizer: String
        }
    }

    /// Problems.
    public struct Data: Sendable {
        /// Problems that the teacher writes traces for.
        public var prompts: String
        /// Problems that students are judged on.
        public var evaluation: String
        /// Traces that a student learns from.
        public var traces: Int
        /// Problems for which traces are released where an attacker throws some away.
        public var pool: Int
        /// The first so many evaluation problems; nil for all.
        public var evaluationLimit: Int?
    }
}

/// Something that is done to traces before they are released.
public struct Defence: Sendable {
    /// Its name, unique in the file.
    public var name: String
    /// One point for each value of the sweep, or one.
    public var points: [DefencePoint]
    /// The defence whose students it is compared with; nil for the baseline.
    public var against: String?
    /// Names of attackers, besides the one that does nothing.
    public var attackers: [String]
    /// Whether its students are audited for the mark.
    public var isAudited: Bool
}

/// A defence with all its settings.
public struct DefencePoint: Sendable {
    /// What the sweep changes: "strength 0.3"; empty where there is no sweep.
    public var label: String
    /// Options of `denature sample`, over those of the experiment.
    public var sampling: [Experiment.Setting]
    /// Whether sampling needs proxy and gradient.
    public var needsProxy: Bool
    /// Which direction of the proxy's weights is penalised.
    public var direction: Direction
    /// The mark in the tokens: options of `denature sample` and `denature audit plan`.
    public var watermark: Watermark?
    /// Rewritings one after another.
    public var rewriting: [Rewriting]

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
        /// Options that embedding and detection must agree on.
        public var shape: [Experiment.Setting]
        /// Options of embedding alone.
        public var embedding: [Experiment.Setting]
    }
}

/// An instruction for an endpoint.
public enum Template: Hashable, Sendable {
    /// One that comes with the program, by its name.
    case shipped(String)
    /// A file, whose content decides what is made.
    case file(String)
}

/// One run of `denature sanitize-traces`.
public struct Rewriting: Hashable, Sendable {
    /// The value of `--rewriter`.
    public var rewriter: String
    /// Other options.
    public var settings: [Experiment.Setting]
    /// What the loss of its gradient is taken of (`denature gradient --loss-tokens`), nil for the experiment's gradient.
    public var lossTokens: String?
    /// What its endpoint is asked (`--prompt`); nil for the command's usual template.
    public var prompt: Template?
    /// A folder of further templates (`--prompts`).
    public var prompts: String?
    /// Whether the teacher has a say in which swaps are made.
    public var needsTeacher: Bool {
        settings.contains { $0.name == "max-log-probability-drop" || $0.name == "gain" && $0.value == "rhb" }
    }
    /// Whether it needs proxy and gradient.
    public var needsProxy: Bool { rewriter.split(separator: ",").contains("gradient") }
    /// Whether it asks an endpoint.
    public var needsEndpoint: Bool { rewriter.contains("instruction") }
}

/// What a thief does before a student learns.
public struct Attacker: Sendable {
    /// Its name, unique in the file.
    public var name: String
    /// What is done to the traces, in order; none where only the student or the number differs.
    public var steps: [AttackStep]
    /// The student, nil for the first of the file.
    public var student: String?
    /// Traces that the student learns from; nil for the experiment's number.
    public var count: Int?
    /// Traces per problem that the thief buys.
    public var samples: Int
    /// Problems that the thief buys traces for; nil for what the steps need.
    public var pool: Int?

    /// The attacker that does nothing.
    public static let none = Attacker(name: "none", steps: [], student: nil, count: nil, samples: 1, pool: nil)
}

/// One thing that is done to released traces.
public enum AttackStep: Hashable, Sendable {
    /// A sub-command of `denature attack` without files, and its options.
    case command(String, [Experiment.Setting])
    /// Traces of least likelihood under a reference are dropped.
    case perplexityFilter(reference: String, share: Double)
    /// A share of the traces is replaced by those of another defence, the baseline if none is named.
    case mixClean(defence: String?, share: Double)
    /// A run of `denature sanitize-traces`.
    case paraphrase(Rewriting)

    /// Whether traces are thrown away, so that more must be there to begin with.
    var drops: Bool {
        switch self {
        case .command(let name, _): ["answer-filter", "equation-checker", "majority-vote"].contains(name)
        case .perplexityFilter: true
        case .mixClean, .paraphrase: false
        }
    }
}

/// How students of marked traces are audited.
public struct AuditSettings: Hashable, Sendable {
    /// Tests, as `denature audit plan --test` takes them.
    public var tests: String
    /// Customers whose keys are tested; one of them is the one whose traces leaked.
    public var tenants: Int
    /// Answers asked for every evaluation problem.
    public var outputsPerPrompt: Int
    /// The level.
    public var alpha: Double
    /// Decoy keys of key randomisation.
    public var decoyKeys: Int
    /// Evaluation problems for which the teacher writes texts that the suspect reads; nil for `usualDocuments` of them, or as
    /// many as there are.
    public var documents: Int?

    /// The evaluation problems that are taken when nothing is said.
    public static let usualDocuments = 400
}
