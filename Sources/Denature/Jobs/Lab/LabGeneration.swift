import Lab
import Sanitizing

/// Makes the lab's records: everything follows from the seed.
///
///     var settings = LabTracesSettings()
///     settings.output.count = 50_000
///     settings.output.output = "base.jsonl"
///     let count = try await LabGeneration(settings).run().report()
public struct LabGeneration: Sendable {
    private let output: LabOutputSettings
    /// Hands over the records' lines, one after the other.
    private let make: @Sendable (inout LabGenerator, (LabRecord) throws -> Void) throws -> Void

    /// Problems with their answers.
    ///
    /// - Throws: ``SettingsError``.
    public init(_ settings: LabProblemsSettings) throws(SettingsError) {
        try settings.validate()
        self.init(settings.stories, traces: false, output: settings.output)
    }

    /// Problems with worked solutions.
    ///
    /// - Throws: ``SettingsError``.
    public init(_ settings: LabTracesSettings) throws(SettingsError) {
        try settings.validate()
        self.init(settings.stories, traces: true, output: settings.output)
    }

    /// Texts of arithmetic facts.
    ///
    /// - Throws: ``SettingsError``.
    public init(_ settings: LabFactsSettings) throws(SettingsError) {
        try settings.validate()
        output = settings.output
        make = { generator, write in
            for _ in 0..<settings.output.count { try write(generator.facts(settings.facts)) }
        }
    }

    /// Traces with a command before them, and what the command makes of them.
    ///
    /// - Throws: ``SettingsError``.
    public init(_ settings: LabRewritesSettings) throws(SettingsError) {
        try settings.validate()
        output = settings.output
        make = { generator, write in
            try generator.rewrites(
                settings.output.count, steps: LabSteps.numbers(settings.steps) ?? [], split: settings.split,
                traces: !settings.promptsOnly
            ).forEach(write)
        }
    }

    private init(_ stories: LabStorySettings, traces: Bool, output: LabOutputSettings) {
        self.output = output
        make = { generator, write in
            try generator.records(
                output.count, steps: LabSteps.numbers(stories.steps) ?? [], split: stories.split, traces: traces,
                distinct: stories.distinct
            ).forEach(write)
        }
    }

    /// Writes the records; reports their number. Errors of the run: `LabError` for stories that cannot be made,
    /// `SanitizeError` for an output that cannot be written, `CancellationError`.
    public func run() -> JobRun<Never, Int> {
        JobRun { _ in
            let writer = try LineOutput(argument: output.output, force: output.force, inputs: [])
            var count = 0
            do {
                var generator = LabGenerator(seed: output.seed, mergesSteps: !output.singleSteps)
                try make(&generator) { record in
                    try Task.checkCancellation()
                    try writer.write(Array(record.line().utf8))
                    count += 1
                }
                try writer.finish()
            } catch {
                writer.abandon()
                throw error
            }
            return count
        }
    }
}
