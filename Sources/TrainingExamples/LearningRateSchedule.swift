import Foundation

/// How the learning rate changes during training: the schedules of transformers, by the same formulas.
public enum LearningRateSchedule: String, Codable, Hashable, Sendable, CaseIterable {
    /// Stays after the warm-up (`get_constant_schedule_with_warmup`).
    case constant
    /// Falls to 0 on a line (`get_linear_schedule_with_warmup`).
    case linear
    /// Falls to 0 on half a cosine (`get_cosine_schedule_with_warmup`).
    case cosine

    /// What the peak rate is multiplied by in a step.
    ///
    /// The warm-up rises on a line from 0, so that the very first step of a run with warm-up changes nothing.
    /// - Parameters:
    ///   - step: The step, from 0.
    ///   - total: The steps of the run.
    ///   - warmup: The steps of the warm-up.
    public func factor(step: Int, total: Int, warmup: Int) -> Double {
        if step < warmup { return Double(step) / Double(max(1, warmup)) }
        let length = Double(max(1, total - warmup))
        switch self {
        case .constant: return 1
        case .linear: return max(0, Double(total - step) / length)
        case .cosine: return max(0, 0.5 * (1 + cos(.pi * Double(step - warmup) / length)))
        }
    }
}

/// Which tokens of an example a training's loss is taken over.
public enum LearntTokens: String, Codable, Hashable, Sendable, CaseIterable {
    /// The completion with its end token.
    case completion
    /// Prompt and completion: every token but the first.
    case all
}
