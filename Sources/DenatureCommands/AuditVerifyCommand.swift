import ArgumentParser
import Auditing
import Foundation
import KeyedPRF

/// `denature audit verify`.
struct AuditVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Compute every number of an audit again, offline, from its evidence.",
        discussion: """
            Needs no model and no network. Checks the plan's seal, the code of every line of the evidence, that every question
            is the planned one, and the keys' commitments; computes the report again and, with --report, compares it with the
            given one byte by byte. Files that are named are compared with the plan's digests; with --tokenizer the ids of
            every answer are made again from its text.

            Exit status: 0 everything holds; 1 something does not; 2 wrong usage.
            """)

    @OptionGroup var source: AuditSource
    @OptionGroup(title: "Files to compare with the plan's digests") var places: AuditPlaceOptions
    @Option(help: ArgumentHelp("A report to compare.", valueName: "path")) var report: String?
    @Flag(help: "Print the report as one JSON object.") var json = false

    mutating func run() async throws {
        let input = try source.read()
        let evidence = input.evidence
        try AuditFiles.check(places.places, input.plan.plan)
        let ids = try places.tokenizer.map { try checkTokens($0, input.plan.plan, evidence) }
        let result = try input.report()
        let bytes = try AuditSupport.failing { try result.json() }
        if let report { try compare(bytes, report) }
        if json { return try Console.output(String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)) }
        try Console.output(
            "\(source.evidence): holds: \(evidence.entries.count + 2) lines, \(evidence.answers.count) answers"
                + (ids.map { ", ids of \($0) of them made again" } ?? ""))
        try Console.output("\(result.familySize) p-values computed again" + (report.map { ", as in \($0)" } ?? ""))
        try AuditPrinter.print(result)
    }

    private func compare(_ bytes: Data, _ path: String) throws {
        guard let given = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(description: "\(path): cannot be read")
        }
        if given == bytes { return }
        let lines = zip(
            String(decoding: given, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false),
            String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false))
        let line = (lines.enumerated().first { $1.0 != $1.1 }?.offset ?? 0) + 1
        throw CommandFailure(
            description: "\(path):\(line): the report is not what plan and evidence give; from this line on it differs")
    }

    /// Makes the ids of answers again where the suspect did not write ids itself.
    private func checkTokens(_ path: String, _ plan: AuditPlan, _ evidence: AuditEvidence) throws -> Int {
        let marks = try AuditSupport.failing { try AuditMarkTokens(path: path, sampling: plan.sampling) }
        guard plan.suspect == .endpoint else { return 0 }
        var count = 0
        for answer in evidence.answers.values where answer.name.kind == .output {
            guard marks.tokens(answer.text) == answer.tokens else {
                throw CommandFailure(
                    description: "\(source.evidence): the ids of answer \(answer.name.number) are not those of its text"
                )
            }
            count += 1
        }
        return count
    }
}

/// A plan with its evidence.
struct AuditSource: ParsableArguments {
    @Option(help: ArgumentHelp("The plan.", valueName: "path")) var plan: String
    @OptionGroup var keys: KeyringOptions
    @Option(help: ArgumentHelp("The evidence.", valueName: "path")) var evidence: String

    func read() throws -> AuditInput {
        try AuditInput(plan: plan, keyring: keys.keyring, evidence: evidence)
    }
}

/// A plan and its evidence, found to be whole.
struct AuditInput {
    let plan: SealedAuditPlan
    let evidence: AuditEvidence
    private let keyring: Keyring

    init(plan path: String, keyring: String, evidence: String) throws {
        self.keyring = try DetectionKeys.keyring(keyring)
        let sealed = try AuditSupport.plan(path, keyring: self.keyring)
        let keys = self.keyring
        let found = try AuditSupport.failing { try AuditEvidence.read(path: evidence, keyring: keys, plan: sealed) }
        guard found.torn == 0 else { throw CommandFailure(description: "\(evidence): the last line is not whole") }
        plan = sealed
        self.evidence = found
    }

    func report() throws -> AuditReport {
        try AuditSupport.failing {
            try AuditAnalysis(plan: plan, evidence: evidence, keyring: keyring, threads: AuditSupport.threads).report()
        }
    }
}
