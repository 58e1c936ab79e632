#if Torch
    import Foundation
    import TestSupport
    import Testing
    import Torch
    import TorchModels
    import TrainingExamples

    @testable import FineTuning

    /// A run that was killed or stopped and goes on ends with the same bits as one that was not.
    @Suite struct ResumeTests {
        private struct Killed: Error {}

        private func run(
            in folder: TemporaryDirectory, adapters: Bool = false, set: TrainingSet? = nil, model: String = "a",
            change: (inout TrainingOptions) -> Void = { _ in }
        ) throws -> TrainingRun {
            var options = TrainingOptions()
            options.steps = 12
            options.batchSize = 7
            options.accumulation = 2
            options.learningRate = 1e-2
            options.warmup = 3
            options.seed = 5
            if adapters { options.adapters = AdapterOptions(rank: 2, alpha: 4, targets: ["all-linear"]) }
            change(&options)
            return try TrainingRun(
                model: Golden.model(), examples: set ?? Golden.set(), options: options, folder: folder.path,
                evaluation: Golden.set(), saveEvery: 3, identity: ["model": model])
        }

        private func weights(_ run: TrainingRun) throws -> [[Float]] {
            try run.trainer.masters.map { try $0.detach().floats() }
        }

        private func logLines(_ folder: TemporaryDirectory) throws -> Int {
            try String(contentsOfFile: folder.file(TrainingRun.logName), encoding: .utf8).split(separator: "\n").count
        }

        @Test(arguments: [false, true]) func killedOrStoppedAnywhere(_ adapters: Bool) throws {
            let folder = try TemporaryDirectory()
            let whole = try run(in: folder, adapters: adapters)
            #expect(try whole.run() == .finished)
            let expected = try weights(whole)
            #expect(try logLines(folder) == 12)
            #expect(whole.entries.last?.evaluationLoss != nil)

            // Before the first kept state, right before one, right after one, in the last step; and twice in one run.
            for kills in [[1], [3], [4], [12], [5, 8]] {
                let folder = try TemporaryDirectory()
                for kill in kills {
                    let run = try run(in: folder, adapters: adapters)
                    #expect(throws: Killed.self) {
                        try run.run(resuming: true, report: { if $0.step == kill { throw Killed() } })
                    }
                }
                let last = try run(in: folder, adapters: adapters)
                #expect(try last.run(resuming: true) == .finished)
                #expect(try weights(last) == expected, "killed in step \(kills)")
                #expect(last.entries.map(\.loss) == whole.entries.map(\.loss))
                #expect(try logLines(folder) == 12)
            }
            for stop in [0, 2, 7] {
                let folder = try TemporaryDirectory()
                let first = try run(in: folder, adapters: adapters)
                #expect(try first.run(shouldStop: { first.trainer.step == stop }) == .stopped)
                #expect(TrainingRun.hasState(in: folder.path))
                let second = try run(in: folder, adapters: adapters)
                var steps: [Int] = []
                #expect(try second.run(resuming: true, report: { steps.append($0.step) }) == .finished)
                #expect(steps == Array(stop + 1...12))
                #expect(try weights(second) == expected, "stopped after step \(stop)")
                // A kill in the middle of writing leaves a file under a temporary name.
                try Data().write(to: URL(fileURLWithPath: folder.file(".\(TrainingRun.stateName).1f.tmp")))
                TrainingRun.removeState(in: folder.path)
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [TrainingRun.logName])
            }
        }

        @Test func anotherRunsStateIsRefused() throws {
            let folder = try TemporaryDirectory()
            let first = try run(in: folder)
            _ = try first.run(shouldStop: { first.trainer.step == 4 })
            func expectRefusal(_ word: String, _ run: TrainingRun) {
                let error = #expect(throws: FineTuningError.self) { try run.run(resuming: true) }
                #expect(error?.code == .stateMismatch)
                #expect(error?.description.contains(word) == true)
            }
            expectRefusal("options", try run(in: folder) { $0.learningRate = 2e-2 })
            expectRefusal("model", try run(in: folder, model: "b"))
            let fewer = TrainingSet(examples: Array(try Golden.set().examples.dropLast()), digest: "golden")
            expectRefusal("examples", try run(in: folder, set: fewer))
            // Without resuming the state is not looked at, and gone.
            let fresh = try run(in: folder) { $0.learningRate = 2e-2 }
            #expect(throws: Killed.self) { try fresh.run(report: { _ in throw Killed() }) }
            #expect(!TrainingRun.hasState(in: folder.path))
        }

        @Test func aDamagedStateIsAnError() throws {
            let folder = try TemporaryDirectory()
            let first = try run(in: folder)
            _ = try first.run(shouldStop: { first.trainer.step == 1 })
            let path = URL(fileURLWithPath: folder.file(TrainingRun.stateName))
            let bytes = try Data(contentsOf: path)
            for damaged in [Data(), bytes.prefix(100), bytes.dropLast(4), Data(repeating: 7, count: 4096)] {
                try damaged.write(to: path)
                let second = try run(in: folder)
                #expect(throws: (any Error).self) { try second.run(resuming: true) }
                #expect(second.trainer.step == 0)
            }
        }

        @Test func tokenizersOfOtherModelsAreNoticed() throws {
            let folder = try TemporaryDirectory()
            for tokens: [Int32] in [[3, 61], [-1, 2]] {
                let set = TrainingSet(
                    examples: [TokenizedExample(prompt: [1], completion: tokens, line: 17)], digest: "")
                let error = #expect(throws: FineTuningError.self) { try run(in: folder, set: set) }
                #expect(error?.code == .modelMismatch)
                #expect(error?.description.contains("line 17") == true)
            }
            let long = TokenizedExample(prompt: [1], completion: Array(repeating: 2, count: 64), line: 3)
            let error = #expect(throws: FineTuningError.self) {
                try run(in: folder, set: TrainingSet(examples: [long], digest: ""))
            }
            #expect(error?.code == .modelMismatch)
        }
    }
#endif
