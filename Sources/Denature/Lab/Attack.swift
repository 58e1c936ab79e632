import Lab
import Sanitizing

/// Does to a file of traces what an attacker does before a student learns from them.
///
///     var settings = AttackSettings<AnswerFilterAttacker>()
///     settings.input = "traces.jsonl"
///     settings.output = "kept.jsonl"
///     let report = try await Attack(settings).run().report()
public struct Attack<Attacker: TraceAttacker>: Sendable {
    /// What is attacked, and how.
    public let settings: AttackSettings<Attacker>

    /// - Throws: ``SettingsError``.
    public init(_ settings: AttackSettings<Attacker>) throws(SettingsError) {
        try settings.validate()
        self.settings = settings
    }

    /// Reads, attacks and writes. Errors of the run: ``AttackFailure``, `TraceError`, `SanitizeError` for the output, and
    /// what the attacker finds wrong with files it reads.
    public func run() -> JobRun<Never, AttackReport> { JobRun { _ in try await attack() } }

    private func attack() async throws -> AttackReport {
        let writer = try LineOutput(argument: settings.output, force: settings.force, inputs: inputs)
        do {
            let traces = try AttackTrace.read(path: settings.input)
            let attack = try await settings.attacker.attack(traces, count: settings.count)
            let result = try attack.apply(to: traces, count: settings.count)
            for line in result.lines { try writer.write(line) }
            try writer.finish()
            return AttackReport(result)
        } catch {
            writer.abandon()
            if let error = error as? AttackError { throw AttackFailure(input: settings.input, reason: error) }
            throw error
        }
    }

    /// All files that are read.
    private var inputs: [String] {
        AttackSettings<Attacker>.schema.filter { $0.role == .input }.flatMap { $0.arguments(in: settings) }
    }
}

/// What an attack did.
public struct AttackReport: Codable, Equatable, Sendable {
    /// How many traces were read.
    public var read: Int
    /// How many were written.
    public var kept: Int
    /// How many of these were changed or put in.
    public var changed: Int
    /// How many were dropped, by reason.
    public var dropped: [String: Int]

    init(_ result: AttackResult) {
        read = result.read
        kept = result.lines.count
        changed = result.changed
        dropped = result.dropped
    }
}

/// Traces that an attack cannot be carried out on.
public struct AttackFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The traces.
    public var input: String
    /// Why.
    public var reason: AttackError

    /// One line that names the file.
    public var description: String { "\(input): \(reason)" }
}
