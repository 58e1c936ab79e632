/// What can go wrong with a plan, its evidence, or their analysis. No case carries key material.
public enum AuditError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A file cannot be read or written.
    case inputOutput(path: String, reason: String)
    /// Not a plan, or not one that this program knows.
    case malformedPlan(path: String, reason: String)
    /// A plan does not carry the seal that its keyring's ledger key gives it.
    case alteredPlan(path: String)
    /// Plan or evidence were made with another keyring.
    case wrongKeyring(path: String, expected: String, given: String)
    /// The keyring has not the key that the plan fixed.
    case missingKey(purpose: String, tenant: String, epoch: String, reason: String)
    /// A file is not the one that the plan fixed.
    case wrongDigest(subject: AuditFileRole, path: String, expected: String, given: String)
    /// Evidence that is not what its authentication codes say.
    case alteredEvidence(path: String, line: Int, reason: String)
    /// Evidence of another plan.
    case otherPlan(path: String, expected: String, given: String)
    /// Evidence that does not answer what the plan asks.
    case inconsistentEvidence(path: String, reason: String)
    /// The audit has not come to its end.
    case incompleteEvidence(path: String, reason: String)
    /// The evidence is complete: nothing may be added.
    case completeEvidence(path: String)
    /// Another process writes the evidence.
    case inUse(path: String)
    /// α is spent.
    case nothingLeft(path: String)
    /// A report that is not what plan and evidence give; with the first line that differs.
    case otherReport(path: String, line: Int)
    /// A plan whose parts do not go together.
    case invalidPlan(String)
    /// A failure of the layers below, in words.
    case analysis(String)

    /// One line for a person, with the way out where there is one.
    public var description: String {
        switch self {
        case .inputOutput(let path, let reason): "\(path): \(reason)"
        case .malformedPlan(let path, let reason): "\(path): not an audit plan: \(reason)"
        case .alteredPlan(let path):
            "\(path): the plan was altered after it was made: its seal does not fit; make a new plan"
        case .wrongKeyring(let path, let expected, let given):
            "\(path): made with ledger key \(expected), but this keyring's ledger key is \(given)"
        case .missingKey(let purpose, let tenant, let epoch, let reason):
            "the plan's \(purpose) key of tenant '\(tenant)', epoch '\(epoch)': \(reason)"
        case .wrongDigest(let subject, let path, let expected, let given):
            "\(path): not the \(subject.rawValue) that the plan fixed (SHA-256 \(given.prefix(16))…, planned "
                + "\(expected.prefix(16))…)"
        case .alteredEvidence(let path, let line, let reason):
            "\(path):\(line): the evidence was altered: \(reason)"
        case .otherPlan(let path, let expected, let given):
            "\(path): the evidence belongs to another plan (\(given.prefix(16))…, this one is "
                + "\(expected.prefix(16))…)"
        case .inconsistentEvidence(let path, let reason): "\(path): the evidence does not follow the plan: \(reason)"
        case .incompleteEvidence(let path, let reason): "\(path): the evidence is incomplete: \(reason)"
        case .completeEvidence(let path): "\(path): the audit is complete; nothing can be added to its evidence"
        case .inUse(let path): "\(path): another run is writing this evidence"
        case .nothingLeft(let path):
            "\(path): was the last audit of its chain: all of alpha is spent"
        case .otherReport(let path, let line):
            "\(path):\(line): the report is not what plan and evidence give; from this line on it differs"
        case .invalidPlan(let reason): reason
        case .analysis(let reason): reason
        }
    }
}
