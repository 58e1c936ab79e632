import ArgumentParser
import Denature
import DenatureTorch
import Foundation

/// `denature attack`: a sub-command for every attacker of the registry.
struct AttackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attack", abstract: "Do to traces what a thief can do before a student learns from them.",
        discussion: """
            Reads JSONL traces in any of the known shapes, writes what a student would learn from. Lines that are kept are
            kept byte for byte. To try a defence against them all, with students: denature experiment.

              denature attack answer-filter t.jsonl -o kept.jsonl --count 1500
              denature attack equation-checker t.jsonl -o kept.jsonl
              denature attack perplexity-filter t.jsonl -o kept.jsonl --reference DIR --drop 0.25
              denature attack majority-vote t.jsonl -o kept.jsonl
              denature attack answer-only t.jsonl -o bare.jsonl
              denature attack mix-clean t.jsonl -o mixed.jsonl --clean other.jsonl --share 0.5

            Rewording is done with sanitize-traces (--rewriter lexical, or instruction:paraphrase at an endpoint).

            Exit status: 0 done; 1 failed; 2 wrong usage.
            """,
        subcommands: registry.attackers.map { subcommand($0) })

    private static var registry: AttackerRegistry {
        #if Torch
            .withTorch
        #else
            .standard
        #endif
    }

    private static func subcommand<Attacker: TraceAttacker>(_ attacker: Attacker.Type) -> any ParsableCommand.Type {
        AttackSubcommand<Attacker>.self
    }
}

/// `denature attack NAME`.
struct AttackSubcommand<Attacker: TraceAttacker>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: Attacker.name, abstract: Attacker.summary, discussion: Attacker.details)
    }

    @OptionGroup var options: SettingsOptions<AttackSettings<Attacker>>
    @Flag(help: "Print the summary as one JSON object.") var json = false

    func run() async throws {
        let report = try await Attack(options.settings).run().report()
        try report.print(json: json, outputIsStandard: options.settings.output == "-")
    }
}

extension AttackReport {
    fileprivate func print(json: Bool, outputIsStandard: Bool) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let line = String(decoding: try encoder.encode(self), as: UTF8.self)
            // Traces have standard output to themselves.
            if outputIsStandard { Console.error(line) } else { try Console.output(line) }
            return
        }
        var line = "\(kept) of \(read) traces"
        if changed > 0 { line += ", \(changed) changed or put in" }
        for (reason, count) in dropped.sorted(by: { $0.key < $1.key }) { line += "; \(reason): \(count)" }
        Console.error(line)
    }
}
