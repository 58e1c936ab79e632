/// The one state in which a trace leaves a job of sanitising. The words stand in ledgers and reports.
public enum TraceState: String, CaseIterable, Codable, Sendable {
    /// Rewritten and/or marked, and past the gate.
    case rewritten
    /// Not a text the rewriters are for (another language, code, formulas, no reasoning): released as it came.
    case passedThrough = "passed_through"
    /// No candidate passed; the original was released.
    case passedOriginal = "passed_original"
    /// No candidate passed; nothing was released.
    case withheld
    /// No candidate passed; nothing was released and the trace waits for another run.
    case failed

    /// Whether a trace in this state is in the output; the others can be taken up again.
    public var isReleased: Bool {
        switch self {
        case .rewritten, .passedThrough, .passedOriginal: true
        case .withheld, .failed: false
        }
    }
}
