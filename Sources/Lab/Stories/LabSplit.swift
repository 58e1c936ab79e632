/// A part of the lab's problems. The parts are disjoint: a problem belongs to one of them by its fingerprint, whatever the
/// seed and the wording.
public enum LabSplit: String, CaseIterable, Sendable {
    /// What the teacher and the bases learn from.
    case training
    /// The prompts whose traces the teacher writes for students.
    case distillation
    /// The traces that gradients of the downstream loss are taken on.
    case holdout
    /// The problems on which models are judged.
    case evaluation

    /// Sixteenths of all problems.
    private var share: Int {
        switch self {
        case .training: 8
        case .distillation: 4
        case .holdout: 2
        case .evaluation: 2
        }
    }

    /// The part that a problem belongs to.
    public static func containing(_ problem: WordProblem) -> LabSplit {
        var bucket = Int(problem.fingerprint % 16)
        for split in allCases {
            if bucket < split.share { return split }
            bucket -= split.share
        }
        return .evaluation
    }
}
