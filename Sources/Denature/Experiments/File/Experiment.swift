/// What an experiment's file says: who teaches, who learns, from what, behind which defences, against which attackers.
///
/// Paths are as the program opens them: those of the file are relative to its folder, or to the one that it names.
public struct Experiment: Sendable {
    /// The file it was read from.
    public var file: String
    /// What the page is called.
    public var title: String
    /// A paragraph below the title; empty for none.
    public var note: String
    /// The models.
    public var models: Models
    /// Problems and how many of them.
    public var data: Data
    /// Settings of sampling.
    public var sampling: SettingPatch
    /// Settings of the students' training.
    public var training: SettingPatch
    /// Settings of every job that runs a model.
    public var runtime: SettingPatch
    /// Seeds of sampling and of the students' training; a row of the table is their mean.
    public var seeds: [UInt64]
    /// The defence that stands for no defence; the one that gaps are measured against unless a defence says otherwise.
    public var baseline: String
    /// The defences in the order of the file.
    public var defences: [Defence]
    /// The attackers in the order of the file.
    public var attackers: [Attacker]
    /// The defences whose rows are made; empty for all.
    public var only: Set<String> = []
    /// How marked students are audited.
    public var audit: Audit
    /// Who is asked for an opinion of released traces; nil for nobody.
    public var judge: Judge?

    /// Whether a defence has rows.
    func isShown(_ defence: String) -> Bool { only.isEmpty || only.contains(defence) }

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

    /// An endpoint that scores traces (`denature judge`).
    public struct Judge: Hashable, Sendable {
        /// Settings of the job: endpoint, model and what else the file says.
        public var settings: SettingPatch
        /// What it is asked.
        public var template: Template
        /// Traces of each seed that are judged.
        public var traces: Int
    }

    /// An instruction for an endpoint.
    public enum Template: Hashable, Sendable {
        /// One that comes with the program, by its name.
        case shipped(String)
        /// A file, whose content decides what is made.
        case file(String)
    }

    /// How students of marked traces are audited.
    public struct Audit: Hashable, Sendable {
        /// Tests, as `denature audit plan --test` takes them.
        public var tests = "outputs-reference,reading-reference"
        /// The marks that are looked for, with commas between them; nil for the defence's own.
        public var schemes: String?
        /// Customers whose keys are tested; one of them is the one whose traces leaked.
        public var tenants = 10
        /// Evaluation problems for which the teacher writes texts that the suspect reads; nil for `usualDocuments` of them,
        /// or as many as there are.
        public var documents: Int?
        /// Further settings of the plan.
        public var settings = SettingPatch()

        /// The evaluation problems that are taken when nothing is said.
        public static let usualDocuments = 400
    }
}
