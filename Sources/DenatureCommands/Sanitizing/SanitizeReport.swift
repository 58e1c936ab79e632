import Foundation
import Sanitizing
import TraceRewriting
import Traces

/// The summary of a `sanitize-traces` run.
struct SanitizeReport {
    private struct Document: Encodable {
        var output: String
        var outputSha256: String?
        var total: Int
        var states: [String: Int]
        var reasons: [String: Int]
        var rejections: [String: Int]
        var triggers: Int
        var candidates: Int
        var promptTokens: Int
        var completionTokens: Int
        var resumed: Int
        var interruptedAttempts: Int
        var swaps: Swaps?
        var copies: [String: Int]
        var companions: [String: Int]
        var signatures: [String: Int]
        var shards: Int?
        var copied: [String]?
        var leftOut: [String]?
    }

    /// What the gradient rewriter did in this run.
    private struct Swaps: Encodable {
        var tokens: Int
        var swaps: Int
        var share: Double
        var objectiveBefore: Double
        var objectiveAfter: Double
        var meanLogProbabilityDrop: Double?

        init(_ measures: SwapMeasures) {
            tokens = measures.tokens
            swaps = measures.swaps
            share = Double(swaps) / Double(max(1, tokens))
            objectiveBefore = measures.objectiveBefore
            objectiveAfter = measures.objectiveAfter
            if swaps > 0 { meanLogProbabilityDrop = measures.logProbabilityDrop.map { $0 / Double(measures.swaps) } }
        }

        private enum CodingKeys: String, CodingKey {
            case tokens, swaps, share
            case objectiveBefore = "objective_before"
            case objectiveAfter = "objective_after"
            case meanLogProbabilityDrop = "mean_log_probability_drop"
        }

        var line: String {
            func number(_ value: Double) -> String { String(format: "%.4g", value) }
            var line = "  swaps           \(swaps) of \(tokens) tokens (\(String(format: "%.1f", share * 100)) %), J "
            line += "\(number(objectiveBefore)) to \(number(objectiveAfter))"
            if let drop = meanLogProbabilityDrop { line += ", teacher's log-probability -\(number(drop)) per swap" }
            return line
        }
    }

    private let document: Document

    init(_ summary: SanitizeSummary, output: String) {
        var states: [String: Int] = [:]
        for state in TraceState.allCases { states[state.rawValue] = summary.states[state, default: 0] }
        var rejections: [String: Int] = [:]
        for (rejection, count) in summary.rejections { rejections[rejection.rawValue] = count }
        document = Document(
            output: output, outputSha256: summary.outputDigest, total: summary.total, states: states,
            reasons: summary.reasons, rejections: rejections, triggers: summary.triggers,
            candidates: summary.candidates, promptTokens: summary.usage.prompt,
            completionTokens: summary.usage.completion, resumed: summary.resumed,
            interruptedAttempts: summary.interruptedAttempts, swaps: summary.swaps.map(Swaps.init),
            copies: summary.copies, companions: summary.companions, signatures: summary.signatures,
            shards: summary.folder?.shards, copied: summary.folder?.copied, leftOut: summary.folder?.leftOut)
    }

    func print(json: Bool, quiet: Bool, outputIsStandard: Bool) throws {
        if json {
            // Traces have standard output to themselves.
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .custom { path in
                // Counts are keyed by names that are what they are; only property names are converted.
                let key = path[path.count - 1]
                return path.count == 1 ? SnakeCaseKey(key.stringValue) : key
            }
            let line = String(decoding: try encoder.encode(document), as: UTF8.self)
            if outputIsStandard { Console.error(line) } else { try Console.output(line) }
        } else if !quiet {
            for line in lines { Console.error(line) }
        }
    }

    private var lines: [String] {
        var lines = ["\(document.total) traces"]
        if let shards = document.shards { lines[0] += " in \(shards) files" }
        if document.resumed > 0 { lines[0] += " (\(document.resumed) finished by an earlier run)" }
        for state in TraceState.allCases {
            let count = document.states[state.rawValue, default: 0]
            if count == 0, state != .rewritten { continue }
            var line = "  \(state.rawValue.padding(toLength: 16, withPad: " ", startingAt: 0))\(count)"
            let reasons = document.reasons.filter { $0.key.hasPrefix(state.rawValue + ": ") }.sorted { $0.key < $1.key }
            if !reasons.isEmpty {
                line +=
                    "  ("
                    + reasons.map { "\($0.key.dropFirst(state.rawValue.count + 2)) \($0.value)" }
                    .joined(separator: ", ") + ")"
            }
            lines.append(line)
        }
        if let swaps = document.swaps { lines.append(swaps.line) }
        if document.triggers > 0 { lines.append("  with a trigger  \(document.triggers)") }
        for (words, paths) in [
            ("copies rewritten", document.copies), ("token data removed", document.companions),
            ("warning: signatures over changed text removed", document.signatures),
        ] where !paths.isEmpty {
            let list = paths.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            lines.append("  \(words): \(list)")
        }
        if document.reasons["\(TraceState.passedThrough.rawValue): reasoning_not_found"] != nil {
            lines.append(
                "  reasoning_not_found: nothing says which part is reasoning; --field reasoning=PATH does "
                    + "('traces inspect' shows the members)")
        }
        if !document.rejections.isEmpty {
            let list = document.rejections.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            lines.append("  candidates turned down: " + list.joined(separator: ", "))
        }
        if document.promptTokens + document.completionTokens > 0 {
            lines.append("  tokens: \(document.promptTokens) read, \(document.completionTokens) written")
        }
        if document.interruptedAttempts > 0 {
            lines.append("  requests cut off in an earlier run and repeated: \(document.interruptedAttempts)")
        }
        for (words, files) in [("copied as it is", document.copied), ("left out", document.leftOut)] {
            for file in files ?? [] { lines.append("  \(words): \(file)") }
        }
        return lines
    }
}

/// A property name in snake_case.
struct SnakeCaseKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(_ camelCase: String) {
        stringValue = ""
        for character in camelCase {
            if character.isUppercase { stringValue += "_" }
            stringValue += character.lowercased()
        }
    }

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
