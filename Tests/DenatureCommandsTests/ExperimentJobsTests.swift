#if Torch
    import DenatureTorch
    import TestSupport
    import Testing

    @testable import Denature

    /// Every job that a stage can be is one that `run-job` does.
    @Suite struct ExperimentJobsTests {
        @Test(arguments: ["quick", "full", "combined", "effect", "rewriting", "audit", "audit-triggers", "paraphrase"])
        func everyStageHasARunner(name: String) throws {
            let experiment = try ExperimentReader.read(path: Repository.path("experiments/\(name).yaml"))
            let plan = try ExperimentPlan(CalibrationSearch(experiment).withMiddles(), program: "1")
            for call in plan.stages.flatMap(\.calls) {
                let job = type(of: call.settings).job
                #expect(JobRegistry.withModels.names.contains(job), "\(job)")
            }
        }

        @Test func jobsAreRunFromFiles() async throws {
            let sandbox = try Sandbox()
            let missing = try await denature(["run-job", sandbox.file("nowhere")])
            #expect(missing.status == 1 && missing.errors.contains("cannot be read"))
            let unknown = try sandbox.write("unknown.json", #"{"job": "dance", "settings": {}}"#)
            let refused = try await denature(["run-job", unknown])
            #expect(refused.status == 2 && refused.errors.contains("no job named 'dance'"), "\(refused.errors)")
            let wrong = try sandbox.write("wrong.json", #"{"job": "evaluate", "settings": {"modle": "m"}}"#)
            let named = try await denature(["run-job", wrong])
            #expect(named.status == 2 && named.errors.contains("there is no such setting"), "\(named.errors)")
            let help = try await denature(["--help"])
            #expect(!help.text.contains("run-job") && help.text.contains("experiment"))
        }
    }
#endif
