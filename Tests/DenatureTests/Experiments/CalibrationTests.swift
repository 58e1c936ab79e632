import Foundation
import TestSupport
import Testing

@testable import Denature

@Suite struct CalibrationTests {
    private static let yaml = """
        models:
          teacher: t
          proxy: p
          gradient: g
          students: [{name: base, model: s}]
        data: {prompts: in.jsonl, evaluation: e.jsonl}
        defences:
          - name: temperature
            temperature: {accuracy: 0.65, from: 0.5, to: 2}
          - name: penalty
            strength: {accuracy: 0.65, from: 0, to: 2}
          - name: random direction
            strength: {as: penalty}
            direction: random

        """

    private static func folder() throws -> (TemporaryDirectory, Experiment) {
        let folder = try TemporaryDirectory()
        for model in ["t", "p", "s"] {
            try FileManager.default.createDirectory(atPath: folder.file(model), withIntermediateDirectories: true)
            try model.write(toFile: folder.file(model + "/model.safetensors"), atomically: true, encoding: .utf8)
        }
        for file in ["g", "in.jsonl", "e.jsonl"] {
            try file.write(toFile: folder.file(file), atomically: true, encoding: .utf8)
        }
        return (folder, try ExperimentReader.read(yaml, file: folder.file("x.yaml")))
    }

    /// Pretends that a stage was done: the teacher's accuracy falls by a quarter for each unit.
    private static func carryOut(_ plan: ExperimentPlan, in output: String) throws {
        for stage in plan.stages where stage.kind == .sample {
            let settings = try #require(stage.calls[0].settings as? SampleSettings)
            #expect(settings.limit == 1_000 && settings.decoding.seed == 900_001)
            let value = settings.penalty.strength ?? settings.temperature
            let folder = "\(output)/stages/\(stage.name)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try "{\"accuracy\": \(1 - value / 4)}".write(
                toFile: folder + "/result.json", atomically: true, encoding: .utf8)
        }
    }

    @Test func valuesAreFoundByHalving() throws {
        let (folder, experiment) = try Self.folder()
        var search = CalibrationSearch(experiment)
        var steps = 0
        while let plan = try search.nextStep(program: "1", output: folder.file("out")) {
            steps += 1
            try #require(steps <= 6)
            try Self.carryOut(plan, in: folder.file("out"))
        }
        let points = search.experiment.defences.map { $0.points[0] }
        #expect(points.allSatisfy { $0.calibration == nil })
        let temperature = try #require(points[0].sampling["temperature"].flatMap(Double.init))
        let strength = try #require(points[1].sampling["strength"].flatMap(Double.init))
        // 1.4 by the line above; an accuracy within .006 is near enough.
        #expect(abs(temperature - 1.4) < 0.024 && abs(strength - 1.4) < 0.024)
        #expect(points[2].sampling["strength"] == points[1].sampling["strength"])
        #expect(points[2].direction == .random)
        #expect(points[1].label.hasPrefix("strength 1."))
        let rows = try ExperimentPlan(search.experiment, program: "1").rows
        #expect(rows.count == 3)
        // Nothing is left to be found in what was found.
        var again = CalibrationSearch(search.experiment)
        #expect(try again.nextStep(program: "1", output: folder.file("out")) == nil)
    }

    /// Rows that are not made need no value, but for those that take theirs from them.
    @Test(arguments: [("temperature", 1), ("random direction", 1), ("penalty", 1)])
    func onlyWhatIsNeededIsSought(name: String, count: Int) throws {
        var (folder, experiment) = try Self.folder()
        experiment.only = [name]
        var search = CalibrationSearch(experiment)
        let plan = try #require(try search.nextStep(program: "1", output: folder.file("out")))
        #expect(plan.stages.filter { $0.kind == .sample }.count == count)
    }
}
