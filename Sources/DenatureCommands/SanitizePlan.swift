import Denature
import Marks
import TraceRewriting

/// What commands that name marks or bounds share with `sanitize-traces`.
enum SanitizePlan {
    static func bundledLexicon() throws -> Lexicon {
        do {
            return try Lexicon.bundled()
        } catch {
            throw CommandFailure(description: "\(error)")
        }
    }

    static func order(_ list: String?) throws -> TraceMarks.Order {
        guard let list else { return .lexical }
        guard let order = TraceMarks.Order(settingText: list) else {
            throw CommandFailure.usage("marks must be \(TraceMarks.Order.expectation), not '\(list)'")
        }
        return order
    }

    static func ratio(_ text: String) throws -> ClosedRange<Double> {
        guard let ratio = ClosedRange<Double>(settingText: text) else {
            throw CommandFailure.usage("--length-ratio must be \(ClosedRange<Double>.expectation)")
        }
        return ratio
    }
}
