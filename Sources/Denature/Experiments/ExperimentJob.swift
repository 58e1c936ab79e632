import Foundation
import Lab

/// Runs an experiment's file: plans its stages, does those that are not done, and gathers the table.
///
///     var settings = ExperimentSettings()
///     settings.file = "experiments/quick.yaml"
///     settings.output = "lab-output/quick"
///     let table = try await ExperimentJob(settings).run().report()
///
/// Stages run in processes of this program, which must take `run-job FILE` and run the ``JobDocument`` in it.
public struct ExperimentJob: Sendable {
    /// What is run, and where.
    public let settings: ExperimentSettings

    /// How far it is.
    public enum Progress: Sendable {
        /// So many of all stages were done before.
        case begun(done: Int, total: Int)
        /// A stage has just been done.
        case stage(ExperimentRunner.Progress)
    }

    /// - Throws: ``SettingsError``.
    public init(_ settings: ExperimentSettings) throws(SettingsError) {
        try settings.validate()
        self.settings = settings
    }

    /// Reads the file.
    ///
    /// - Throws: `ExperimentFileError` naming file and line; ``SettingsError`` for a defence that is not in it.
    public func experiment() throws -> Experiment {
        var experiment = try ExperimentReader.read(path: settings.file, folder: settings.folder)
        if let seeds = settings.seeds?.values, !seeds.isEmpty { experiment.seeds = seeds }
        for name in settings.only where !experiment.defences.contains(where: { $0.name == name }) {
            throw SettingsError("only", "`only`: there is no defence named '\(name)' in \(settings.file)")
        }
        experiment.only = Set(settings.only)
        return experiment
    }

    /// Stages side by side.
    public var workers: Int { settings.workers ?? ProcessInfo.processInfo.activeProcessorCount }

    /// Plans and does what is not done. Errors: `ExperimentFileError`, `ExperimentError`, ``SettingsError``.
    public func run() -> JobRun<Progress, ExperimentTable> {
        JobRun { reporter in
            let experiment = try experiment()
            let calibrated = try await calibrated(experiment, reporter)
            let plan = try ExperimentPlan(calibrated, program: ProgramDigest.ofThisProgram())
            try await carryOut(plan, reporter)
            let table = try ExperimentTable(
                calibrated, plan: plan, output: settings.output, version: DenatureVersion.string)
            try table.write(to: settings.output, note: experiment.note)
            return table
        }
    }

    /// Does the stages of a plan that are not done.
    func carryOut(_ plan: ExperimentPlan, _ reporter: JobReporter<Progress>) async throws {
        let runner = try ExperimentRunner(plan, output: settings.output) { reporter.lastProgress(.stage($0)) }
        if runner.doneBefore > 0 {
            reporter.lastProgress(.begun(done: runner.doneBefore, total: plan.stages.count))
        }
        let workers = workers
        try await withTaskCancellationHandler {
            try await Self.blocking { try runner.run(workers: workers) }
        } onCancel: {
            runner.stop()
        }
    }

    /// Runs what blocks on a thread of its own.
    private static func blocking(_ body: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }
}
