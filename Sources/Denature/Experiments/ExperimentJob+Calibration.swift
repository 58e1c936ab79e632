import Foundation
import Lab

extension ExperimentJob {
    /// The experiment with every value found that its file leaves open.
    ///
    /// A value is sought by bisection on traces with draws of their own, a stage for each step; what was found before is read
    /// again.
    ///
    /// - Throws: `ExperimentError`.
    func calibrated(_ experiment: Experiment, _ reporter: JobReporter<Progress>) async throws -> Experiment {
        var search = CalibrationSearch(experiment)
        while let plan = try search.nextStep(program: ProgramDigest.ofThisProgram(), output: settings.output) {
            try await carryOut(plan, reporter)
        }
        return search.experiment
    }

    /// The experiment as far as its values have been found by earlier runs, and whether that is all of them.
    ///
    /// - Throws: `ExperimentError`.
    public func known(_ experiment: Experiment) throws -> (experiment: Experiment, isComplete: Bool) {
        var search = CalibrationSearch(experiment)
        let program = try ProgramDigest.ofThisProgram()
        while let plan = try search.nextStep(program: program, output: settings.output) {
            if !plan.stages.allSatisfy({ ExperimentRunner.isDone($0, in: settings.output) }) {
                return (search.withMiddles(), false)
            }
        }
        return (search.experiment, true)
    }
}

/// Finds values of settings at which the teacher has a given accuracy, which falls with the value.
struct CalibrationSearch {
    private(set) var experiment: Experiment
    /// What has been found, by the names of defences.
    private var found: [String: Double] = [:]
    private var open: [Search]

    private struct Search {
        var defence: String
        var point: Experiment.Point
        var setting: String
        var target: Double
        var low: Double
        var high: Double
        var steps = 0
        /// The step whose stage has been asked for.
        var stage: (name: String, value: Double)?

        var middle: Double { (((low + high) / 2) * 1e4).rounded() / 1e4 }
    }

    init(_ experiment: Experiment) {
        self.experiment = experiment
        open = experiment.defences.compactMap { defence in
            guard
                experiment.isShown(defence.name)
                    || experiment.defences.contains(where: { experiment.isShown($0.name) && $0.takesValue(of: defence) }
                    ),
                let point = defence.points.first, let calibration = point.calibration,
                case .accuracy(let target, let low, let high) = calibration.rule
            else { return nil }
            return Search(
                defence: defence.name, point: point, setting: calibration.setting, target: target, low: low, high: high)
        }
    }

    /// The traces that have to be there before the search can go on; nil when everything is found.
    ///
    /// - Parameter output: The experiment's folder, where stages that were asked for before are read.
    /// - Throws: `ExperimentError`.
    mutating func nextStep(program: String, output: String) throws(ExperimentError) -> ExperimentPlan? {
        var stages: [Stage] = []
        var builder = PlanBuilder(experiment, program: program)
        for index in open.indices.reversed() {
            try advance(index, output: output)
            if open[index].steps >= Self.steps { settle(index, at: open[index].middle) }
        }
        for index in open.indices {
            let value = open[index].middle
            let name = try builder.calibrating(
                open[index].point.with(open[index].setting, value), defence: open[index].defence, value)
            open[index].stage = (name, value)
        }
        stages = builder.stages
        guard !stages.isEmpty else {
            fillIn()
            return nil
        }
        return ExperimentPlan(stages: stages, rows: [], needsKeyring: builder.needsKeyring)
    }

    /// Halves the interval by the traces of the last step.
    private mutating func advance(_ index: Int, output: String) throws(ExperimentError) {
        guard let (stage, value) = open[index].stage else { return }
        let accuracy = try StageResults(root: output).accuracy(stage)
        open[index].steps += 1
        open[index].stage = nil
        if abs(accuracy - open[index].target) < Self.tolerance {
            open[index].low = value
            open[index].high = value
            open[index].steps = Self.steps
        } else if accuracy > open[index].target {
            open[index].low = value
        } else {
            open[index].high = value
        }
    }

    private mutating func settle(_ index: Int, at value: Double) {
        found[open[index].defence] = value
        open.remove(at: index)
    }

    /// Puts what was found into the experiment.
    private mutating func fillIn() {
        for defence in experiment.defences.indices {
            for point in experiment.defences[defence].points.indices {
                guard let calibration = experiment.defences[defence].points[point].calibration else { continue }
                let source: String
                switch calibration.rule {
                case .accuracy: source = experiment.defences[defence].name
                case .same(let other): source = other
                }
                guard let value = found[source] else { continue }
                experiment.defences[defence].points[point] = experiment.defences[defence].points[point].with(
                    calibration.setting, value)
            }
        }
    }

    /// The experiment with the middle of every interval that is still open, for estimates.
    func withMiddles() -> Experiment {
        var search = self
        for index in search.open.indices.reversed() { search.settle(index, at: search.open[index].middle) }
        search.fillIn()
        return search.experiment
    }

    /// Six halvings, or less where the accuracy is as near as 1,000 traces can tell.
    private static let steps = 6
    private static let tolerance = 0.006
    static let traces = 1_000
    /// No student learns from these draws.
    static let seed: UInt64 = 900_001
}

extension Experiment.Defence {
    fileprivate func takesValue(of other: Experiment.Defence) -> Bool {
        points.contains { $0.calibration?.rule == .same(defence: other.name) }
    }
}

extension Experiment.Point {
    /// The point with a value in place of the open one.
    fileprivate func with(_ setting: String, _ value: Double) -> Experiment.Point {
        var point = self
        point.calibration = nil
        point.sampling.set(setting, value.settingText)
        let name = setting.replacing("_", with: "-")
        point.label = "\(name) \(NumberText.of(value))"
        return point
    }
}

extension PlanBuilder {
    /// Adds the traces of a step of a search.
    fileprivate mutating func calibrating(
        _ point: Experiment.Point, defence: String, _ value: Double
    ) throws(ExperimentError) -> String {
        let whole = Experiment.Defence(
            name: defence, points: [point], against: nil, attackers: [], audit: nil,
            line: experiment.defences.first { $0.name == defence }?.line ?? 1)
        let context = Context(
            defence: whole, point: point, attacker: .none, seed: CalibrationSearch.seed,
            tenant: ExperimentKeyring.tenant(0))
        let settings = try sampleSettings(context, samples: 1, limit: CalibrationSearch.traces)
        return try sampled(settings, "\(defence): searching, \(point.label)")
    }
}
