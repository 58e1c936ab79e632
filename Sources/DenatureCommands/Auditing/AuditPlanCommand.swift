import ArgumentParser
import Auditing
import Denature
import Foundation

/// `denature audit plan`.
struct AuditPlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Fix everything about an audit before the first query.",
        discussion: """
            Tests (--test): outputs (tokens of answers), outputs-reference (less what a reference would write), reading and
            reading-reference (what the suspect's weights expect after given texts), text (words of answers), trigger
            (identifiers and their values), candidates (released traces against those passed over).

            The plan holds keys by name and commitment, digests of all files, each test's primary p-value and planned effect,
            levels, sample sizes and seeds. Nothing in it is secret. It is sealed with the keyring's ledger key: run and verify
            refuse a plan that was altered. An audit spends half of alpha, the next of its chain (--continues) half of
            what is left, and one with --last all of it.

            --planned-effect takes a number for all tests, or TEST=NUMBER items; TEST is a test's name such as outputs-green.

            EXAMPLES:
              denature audit plan -o plan.json --keyring K.json --suspect-kind endpoint --prompts p.jsonl \\
                --test outputs,text --scheme green,gumbel --tokenizer DIR --outputs-per-prompt 2
              denature audit plan -o plan.json --config audit.yaml
            """)

    @OptionGroup var options: SettingsOptions<AuditPlanSettings>
    @Flag(help: "Print the plan as one JSON object.") var json = false

    func run() async throws {
        let output = options.settings.output
        let sealed = try AuditPlanner(options.settings).run()
        if output == "-" { try Console.document(sealed.bytes()) }
        let summary = try AuditPlanSummary(sealed, path: output)
        for warning in summary.warnings { Console.error("denature: warning: " + warning) }
        if json {
            if output != "-" { try Console.json(summary) }
            return
        }
        for line in summary.lines(of: sealed.plan) {
            if output == "-" { Console.error(line) } else { try Console.output(line) }
        }
    }
}

extension AuditPlanSummary {
    /// For a person.
    fileprivate func lines(of plan: AuditPlan) -> [String] {
        var lines = [
            "plan \(planSha256.prefix(16)), \(plan.suspect.rawValue) suspect, \(familySize) tests "
                + "(\(tests.count) kinds and schemes with their keys)",
            "round \(round), level \(level) of alpha \(alpha)" + (plan.levels.last ? ", the last" : ""),
        ]
        if plan.suspect != .outputs {
            lines.append("\(questions) questions, \(triggerQueries) trigger queries, at most \(maxQueries) requests")
        }
        return lines
            + tests.map { test in
                "\(test.id)\t\(test.keys) keys\t\(test.primary.rawValue)\tplanned effect \(test.plannedEffect)\t"
                    + "\(test.planned) \(test.unit)\tpower \(Int((100 * test.plannedPower).rounded())) %"
            }
    }
}
