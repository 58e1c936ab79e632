import ArgumentParser

/// `denature audit`.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Was this model trained on our outputs, and on which customer's?",
        discussion: """
            An audit is planned before the first query, run as planned, and can be verified offline for ever after:

              denature audit plan -o plan.json --keyring K.json --suspect-kind endpoint --prompts p.jsonl \\
                --test outputs,text --scheme green --tokenizer DIR
              denature audit run --plan plan.json --keyring K.json --evidence e.jsonl --endpoint URL --model m \\
                --report report.json --report-html report.html
              denature audit verify --plan plan.json --keyring K.json --evidence e.jsonl --report report.json

            Exit status: 0 done, whatever the verdict; 1 failed; 2 wrong usage; 130 interrupted, to be resumed.
            """,
        subcommands: [
            AuditPlanCommand.self, AuditRunCommand.self, AuditVerifyCommand.self, AuditReportCommand.self,
        ])
}
