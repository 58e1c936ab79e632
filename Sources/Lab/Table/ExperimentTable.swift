import Foundation

/// The result of an experiment: nothing in it depends on when, where or how fast it was made.
public struct ExperimentTable: Codable, Hashable, Sendable {
    /// The form of this structure.
    public static let currentSchema = "denature-experiment/1"

    /// The member `schema`.
    public var schema = ExperimentTable.currentSchema
    /// What the file calls the experiment.
    public var title: String
    /// The program's version.
    public var version: String
    /// The seeds.
    public var seeds: [UInt64]
    /// The defence that stands for none.
    public var baseline: String
    /// Problems that every student was judged on.
    public var evaluationProblems: Int
    /// The rows in the order of the file.
    public var rows: [Row]

    enum CodingKeys: String, CodingKey {
        case schema, title, version, seeds, baseline, rows
        case evaluationProblems = "evaluation_problems"
    }

    /// Students of one defence's traces after one attack. Shares are from 0 to 1, logarithms natural unless named otherwise;
    /// means are over seeds.
    public struct Row: Codable, Hashable, Sendable {
        /// The defence.
        public var defence: String
        /// Its place in the sweep: "strength 0.3"; empty without a sweep.
        public var setting: String
        /// The attacker; `none` for none.
        public var attacker: String
        /// Released traces with the right answer.
        public var teacherAccuracy: Double?
        /// Tokens that the teacher wrote for each released trace, discarded drafts included.
        public var generatedTokens: Double
        /// Tokens of a released trace.
        public var meanTokens: Double?
        /// The teacher's log-probability per token of what is released.
        public var meanLogProbability: Double?
        /// KL(sampled ‖ teacher) of penalised sampling, per token.
        public var klPerToken: Double?
        /// The same per trace.
        public var klPerTrace: Double?
        /// Of rewritten traces: 1 less the share of words edited.
        public var similarity: Double?
        /// The judge's mean score of released traces, from 1 to 5.
        public var judgeScore: Double?
        /// Traces that a student learnt from.
        public var learntTraces: Double
        /// Those among them with the right answer.
        public var learntAccuracy: Double?
        /// The students' accuracies in the order of the seeds.
        public var studentAccuracies: [Double]
        /// Their mean.
        public var studentAccuracy: Double
        /// The lower end of its 95 % interval.
        public var studentLow: Double
        /// The upper end.
        public var studentHigh: Double
        /// The defence it is compared with.
        public var against: String?
        /// By how much the students are below those of `against` at the same teacher accuracy, under the same attack.
        public var gap: Double?
        /// The lower end of its 95 % t interval over seeds; nil of a single seed.
        public var gapLow: Double?
        /// The upper end.
        public var gapHigh: Double?
        /// The teacher accuracy at which that was compared: another than the row's where the other curve ends before.
        public var gapTeacherAccuracy: Double?
        /// What the attack gained: student accuracy less that without an attack.
        public var recovered: Double?
        /// Of audited students: log10 of the right customer's adjusted p-value for each seed.
        public var auditLog10P: [Double]?
        /// In how many audits the right customer was found.
        public var auditFound: Int?
        /// In how many another one was.
        public var auditWrong: Int?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case defence, setting, attacker, similarity, against, gap, recovered
            case teacherAccuracy = "teacher_accuracy"
            case generatedTokens = "generated_tokens"
            case meanTokens = "mean_tokens"
            case meanLogProbability = "mean_log_prob"
            case klPerToken = "kl_per_token"
            case klPerTrace = "kl_per_trace"
            case judgeScore = "judge_score"
            case learntTraces = "learnt_traces"
            case learntAccuracy = "learnt_accuracy"
            case studentAccuracies = "student_accuracies"
            case studentAccuracy = "student_accuracy"
            case studentLow = "student_low"
            case studentHigh = "student_high"
            case gapLow = "gap_low"
            case gapHigh = "gap_high"
            case gapTeacherAccuracy = "gap_teacher_accuracy"
            case auditLog10P = "audit_log10_p"
            case auditFound = "audit_found"
            case auditWrong = "audit_wrong"
        }
    }

    /// The table as JSON: sorted members, one a line; equal tables give equal bytes.
    public func json() -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        // Only text and numbers: there is nothing that cannot be encoded.
        return ((try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}") + "\n"
    }
}

extension ExperimentTable.Row {
    /// A row with nothing measured yet.
    package init(defence: String, setting: String, attacker: String, against: String?) {
        self.init(
            defence: defence, setting: setting, attacker: attacker, generatedTokens: 0, learntTraces: 0,
            studentAccuracies: [], studentAccuracy: 0, studentLow: 0, studentHigh: 1, against: against)
    }

    /// The defence at its place of the sweep: "penalty strength 0.3", and not "temperature temperature 0.8".
    public var name: String { ExperimentTable.name(defence, setting) }
}

extension ExperimentTable {
    /// A table without rows.
    package init(title: String, version: String, seeds: [UInt64], baseline: String) {
        self.init(title: title, version: version, seeds: seeds, baseline: baseline, evaluationProblems: 0, rows: [])
    }

    /// What stands in place of an attacker's name where nothing is done.
    package static let noAttacker = "none"

    /// How a defence at a place of its sweep is called.
    package static func name(_ defence: String, _ setting: String) -> String {
        setting.hasPrefix(defence + " ") ? setting : setting.isEmpty ? defence : defence + " " + setting
    }
}
