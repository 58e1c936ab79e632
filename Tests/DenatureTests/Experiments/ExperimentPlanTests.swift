import Foundation
import TestSupport
import Testing

@testable import Denature

@Suite struct ExperimentPlanTests {
    /// The inputs of `ExperimentReaderTests.small`, with something in them.
    private static func folder() throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        for model in ["t", "p", "s"] {
            try FileManager.default.createDirectory(atPath: folder.file(model), withIntermediateDirectories: true)
            try "\(model) weights".write(
                toFile: folder.file(model + "/model.safetensors"), atomically: true, encoding: .utf8)
        }
        for file in ["g", "c.json", "in.jsonl", "e.jsonl"] {
            try "content of \(file)".write(toFile: folder.file(file), atomically: true, encoding: .utf8)
        }
        return folder
    }

    private static func plan(
        _ folder: TemporaryDirectory, _ change: (old: String, new: String)? = nil, program: String = "1"
    ) throws -> ExperimentPlan {
        var yaml = ExperimentReaderTests.small
        if let change { yaml = yaml.replacing(change.old, with: change.new) }
        return try ExperimentPlan(
            ExperimentReader.read(yaml, file: folder.file("x.yaml")), program: program)
    }

    private static func names(_ plan: ExperimentPlan) -> Set<String> { Set(plan.stages.map(\.name)) }

    @Test func stagesComeAfterWhatTheyNeedAndOnceEach() throws {
        let plan = try Self.plan(Self.folder())
        var seen: Set<String> = []
        for stage in plan.stages {
            #expect(stage.needs.allSatisfy(seen.contains), "\(stage.title)")
            #expect(seen.insert(stage.name).inserted)
            #expect(stage.estimate > 0)
        }
        for row in plan.rows {
            #expect(row.points.map(\.seed) == [1, 2])
            for point in row.points {
                #expect(seen.isSuperset(of: [point.sample, point.released, point.learnt, point.evaluation]))
            }
        }
        // temperature 2 × 2, penalty 6, marked 1, rewriting 2.
        #expect(plan.rows.count == 4 + 6 + 1 + 2)
    }

    /// An audit of fewer texts than the file says would be another audit.
    @Test func textsToReadNeedAProblemEach() throws {
        let folder = try Self.folder()
        try "{}\n\n{}\n  \n{}".write(toFile: folder.file("e.jsonl"), atomically: true, encoding: .utf8)
        func plan(_ documents: Int) throws -> ExperimentPlan {
            try Self.plan(folder, ("attackers:\n", "audit: {documents: \(documents)}\nattackers:\n"))
        }
        #expect(try plan(3).stages.contains { $0.kind == .auditPlan })
        #expect(
            throws: ExperimentError.tooFewProblems(
                path: folder.file("e.jsonl"), problems: 3, key: "documents", wanted: 4)
        ) { try plan(4) }
    }

    /// Its path is relative to the experiment's file, and its content decides the stage.
    @Test func aTemplatesContentCounts() throws {
        let folder = try Self.folder()
        func rewrites(_ rewriting: String) throws -> [Stage] {
            let yaml = ExperimentReaderTests.small.replacing(
                "attackers:\n", with: "attackers:\n  - {name: reworded, kind: paraphrase, \(rewriting)}\n"
            )
            let plan = try ExperimentPlan(ExperimentReader.read(yaml, file: folder.file("x.yaml")), program: "1")
            return plan.stages.filter { Self.rewriting($0)?.rewriter == "instruction" }
        }
        let endpoint = "rewriter: instruction, endpoint: 'http://127.0.0.1:1/v1', model: m"
        try "one".write(toFile: folder.file("p.md"), atomically: true, encoding: .utf8)
        let first = try rewrites("\(endpoint), prompt: p.md")
        try #require(!first.isEmpty)
        #expect(first.allSatisfy { Self.rewriting($0)?.prompt == folder.file("p.md") })
        try "two".write(toFile: folder.file("p.md"), atomically: true, encoding: .utf8)
        #expect(Set(try rewrites("\(endpoint), prompt: p.md").map(\.name)).isDisjoint(with: first.map(\.name)))
        #expect(
            try rewrites("\(endpoint), prompt: paraphrase").allSatisfy { Self.rewriting($0)?.prompt == "paraphrase" })
        #expect(throws: ExperimentError.self) { try rewrites("\(endpoint), prompt: none.md") }
        #expect(throws: ExperimentFileError.self) {
            try rewrites(endpoint.replacing("instruction", with: "'instruction:p.md'"))
        }
    }

    @Test func aJudgeIsAskedOnceForEveryDefenceAndSeed() throws {
        let folder = try Self.folder()
        func plan(_ judge: String) throws -> ExperimentPlan {
            let yaml = ExperimentReaderTests.small + "\njudge: \(judge)\n"
            return try ExperimentPlan(ExperimentReader.read(yaml, file: folder.file("x.yaml")), program: "1")
        }
        let judged = try plan("{endpoint: 'http://127.0.0.1:1/v1', model: m, api-key-env: KEY, traces: 9}")
        let stages = judged.stages.filter { $0.kind == .judge }
        let points = judged.rows.flatMap(\.points)
        #expect(Set(stages.map(\.name)) == Set(points.compactMap(\.judgement)))
        #expect(stages.count == Set(points.map(\.released)).count)
        for stage in stages {
            let settings = try #require(stage.calls[0].settings as? JudgeSettings)
            #expect(settings.endpoint.apiKeyEnv == "KEY" && settings.limit == 9 && settings.template == "judge")
        }
        #expect(try Self.plan(folder).rows.flatMap(\.points).allSatisfy { $0.judgement == nil })
        // What students learn does not depend on it.
        #expect(try Self.names(Self.plan(folder)).isSubset(of: Self.names(judged)))
        try "other words".write(toFile: folder.file("j.md"), atomically: true, encoding: .utf8)
        let other = try plan("{endpoint: 'http://127.0.0.1:1/v1', model: m, template: j.md}")
        #expect(Self.names(other).isDisjoint(with: stages.map(\.name)))
        for wrong in ["{model: m}", "{endpoint: x}", "{endpoint: x, model: m, key: secret}", "yes"] {
            #expect(throws: ExperimentFileError.self) { try plan(wrong) }
        }
    }

    @Test func aRewritingMayHaveAGradientAndATeacherOfItsOwn() throws {
        let folder = try Self.folder()
        try "held out".write(toFile: folder.file("h"), atomically: true, encoding: .utf8)
        let yaml = ExperimentReaderTests.small.replacing("  gradient: g\n", with: "  gradient: g\n  holdout: h\n")
            .replacing("gain: ds", with: "gain: rhb, loss-tokens: numbers")
        let plan = try ExperimentPlan(ExperimentReader.read(yaml, file: folder.file("x.yaml")), program: "1")
        let gradients = plan.stages.filter { $0.kind == .gradient }
        let gradient = try #require(gradients.first)
        #expect(gradients.count == 1)
        #expect((gradient.calls[0].settings as? GradientSettings)?.lossTokens == .numbers)
        let rewrites = plan.stages.filter { Self.rewriting($0)?.swaps.gain == .rhb }
        #expect(rewrites.count == 4)
        for stage in rewrites {
            #expect(stage.needs.contains(gradient.name))
            #expect(Self.rewriting(stage)?.swapModels.teacher == folder.file("t"))
        }
        // The penalty keeps the file.
        let penalties = plan.stages.filter {
            ($0.calls[0].settings as? SampleSettings)?.penalty.gradient == folder.file("g")
        }
        #expect(!penalties.isEmpty && penalties.allSatisfy { !$0.needs.contains(gradient.name) })
    }

    @Test func whatMostWorkWaitsForIsDoneFirst() throws {
        func stage(_ name: String, _ seconds: Double, needs: [Stage] = []) -> Stage {
            let calls = ([nil] + needs).map { need in
                var settings = TrainSettings()
                settings.data = need.map { StagePath.made(stage: $0.name, file: "f").text } ?? name
                return StageCall(settings: settings, result: "r")
            }
            let identities = [JobIdentity(of: EvaluateSettings()) { _, _ in name }]
            return Stage(
                kind: .train, title: name, calls: calls, identities: identities, program: "1", estimate: seconds)
        }
        let short = stage("short", 5)
        let root = stage("root", 1)
        let (middle, leaf) = (stage("middle", 2, needs: [root]), stage("leaf", 9, needs: [root]))
        let last = stage("last", 8, needs: [middle, short])
        // root 1 + 2 + 8 = 11, not 1 + 9; short 5 + 8; middle 10; leaf 9; last 8.
        let order = Stage.longestChainsFirst([short, root, middle, leaf, last])
        #expect(order.map(\.title) == ["short", "root", "middle", "leaf", "last"])
        #expect(Stage.longestChainsFirst([root, middle, leaf]).map(\.title) == ["root", "leaf", "middle"])
    }

    @Test func namesDoNotDependOnPlaces() throws {
        let first = try Self.folder()
        let second = try Self.folder()
        #expect(try Self.plan(first).stages.map(\.name) == Self.plan(second).stages.map(\.name))
        // Another title, order of attackers, or further row changes no stage.
        #expect(try Self.names(Self.plan(first)) == Self.names(Self.plan(first, ("title: Small", "title: Other"))))
        let more = try Self.plan(first, ("[0.8, 1.2]", "[0.8, 1.2, 1.4]"))
        #expect(try Self.names(more).isStrictSuperset(of: Self.names(Self.plan(first))))
    }

    @Test(arguments: ["t/model.safetensors", "s/model.safetensors", "in.jsonl", "e.jsonl", "g"])
    func namesDependOnWhatIsInTheInputs(file: String) throws {
        let folder = try Self.folder()
        let before = try Self.plan(folder)
        try "other".write(toFile: folder.file(file), atomically: true, encoding: .utf8)
        let after = try Self.plan(folder)
        let kept = Self.names(before).intersection(Self.names(after))
        #expect(kept.count < before.stages.count)
        // A student is not sampled from, a teacher everything follows from.
        let samplesStay = before.stages.filter { $0.kind == .sample && kept.contains($0.name) }
        if file.hasPrefix("t/") || file == "in.jsonl" {
            #expect(samplesStay.allSatisfy { $0.title == "texts that suspects read" && file == "in.jsonl" })
        }
        if file.hasPrefix("s/") { #expect(samplesStay.count == before.stages.filter { $0.kind == .sample }.count) }
    }

    @Test(arguments: [
        ("temperature: 1,", "temperature: 1.1,"), ("epochs: 4", "epochs: 5"), ("strength: 0.3", "strength: 0.31"),
        ("gamma: 0.5", "gamma: 0.4"), ("[0.05, 0.1]", "[0.05, 0.11]"), ("share: 0.25", "share: 0.26"),
        ("traces: 10", "traces: 11"), ("max-new-tokens: 64", "max-new-tokens: 65"), ("[1, 2]", "[1, 3]"),
    ])
    func namesDependOnSettings(old: String, new: String) throws {
        let folder = try Self.folder()
        #expect(try Self.names(Self.plan(folder)) != Self.names(Self.plan(folder, (old, new))))
    }

    /// Another build may compute something else, whatever it calls its version.
    @Test func anotherProgramMakesEverythingAgain() throws {
        let folder = try Self.folder()
        let plans = try ["1", "2"].map { try Self.plan(folder, program: $0) }
        #expect(Self.names(plans[0]).isDisjoint(with: Self.names(plans[1])))
    }

    @Test func aProgramsDigestIsThatOfItsFile() throws {
        let folder = try Self.folder()
        try "abc".write(toFile: folder.file("program"), atomically: true, encoding: .utf8)
        #expect(
            try ProgramDigest.of(folder.file("program"))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(try ProgramDigest.ofThisProgram() == ProgramDigest.of("/proc/self/exe"))
    }

    /// How the work is done is no part of what comes out.
    @Test(arguments: [
        ("seeds: [1, 2]", "seeds: [1, 2]\nruntime: {threads: 2}"),
        ("max-new-tokens: 64", "max-new-tokens: 64, batch-size: 7"), ("lr: 1e-3", "lr: 1e-3, save-every: 7"),
    ])
    func namesDoNotDependOnConduct(old: String, new: String) throws {
        let folder = try Self.folder()
        #expect(try Self.names(Self.plan(folder)) == Self.names(Self.plan(folder, (old, new))))
    }

    /// What a job would refuse is said before anything runs, with the defence's line.
    @Test func settingsThatDoNotGoTogetherHaveTheirLine() throws {
        let folder = try Self.folder()
        do {
            _ = try Self.plan(folder, ("strength: 0.3", "strength: 0.3\n    lambda: 1"))
            Issue.record("they are accepted")
        } catch ExperimentError.unusable(let error) {
            #expect(error.line == 17 && error.message.contains("'strength' or 'lambda', not both"), "\(error)")
        }
    }

    @Test func rowsOfSomeDefencesNeedTheirStagesAlone() throws {
        let folder = try Self.folder()
        var experiment = try ExperimentReader.read(ExperimentReaderTests.small, file: folder.file("x.yaml"))
        let whole = try ExperimentPlan(experiment, program: "1")
        experiment.only = ["temperature"]
        let part = try ExperimentPlan(experiment, program: "1")
        #expect(Set(part.rows.map(\.defence)) == ["temperature"] && part.rows.count == 4)
        #expect(Self.names(part).isStrictSubset(of: Self.names(whole)))
    }

    /// What is kept is chosen before rewriting, of as many traces as filtering attackers get.
    @Test func tracesCanBeChosenBeforeTheyAreRewritten() throws {
        let plan = try Self.plan(Self.folder(), ("against: temperature", "keep: [answer-filter, single-steps]"))
        let stages = Dictionary(uniqueKeysWithValues: plan.stages.map { ($0.name, $0) })
        for row in plan.rows where row.defence == "rewriting" {
            for point in row.points {
                #expect((stages[point.sample]?.calls[0].settings as? SampleSettings)?.limit == 20)
                let kept = try #require(stages[point.kept])
                let settings = try #require(kept.calls[0].settings as? AttackSettings<SingleStepsAttacker>)
                #expect(settings.count == 10 && !kept.needs.contains(point.sample))
                let filter = try #require(stages[kept.needs[0]])
                #expect(filter.needs == [point.sample])
                #expect((filter.calls[0].settings as? AttackSettings<AnswerFilterAttacker>)?.count == nil)
            }
        }
        for row in plan.rows where row.defence == "penalty" {
            #expect(row.points.allSatisfy { $0.kept == $0.sample })
        }
    }

    /// Traces that nobody marked, or somebody who is not asked about, are audited for the marks that the file names.
    @Test func cleanStudentsCanBeAudited() throws {
        let rows = """
            audit: {schemes: [green, gumbel], tenants: 3, gamma: 0.5}
            defences:
              - name: temperature
                audit: true
              - name: penalty
                watermark: {scheme: gumbel, foreign-key: true}
                audit: {outputs-per-prompt: 7}
              - name: own
                watermark: gumbel
                audit: {schemes: gumbel}
            """
        let folder = try Self.folder()
        let text = ExperimentReaderTests.small.components(separatedBy: "defences:")[0] + rows + "\n"
        let plan = try ExperimentPlan(ExperimentReader.read(text, file: folder.file("x.yaml")), program: "1")
        let plans = plan.stages.compactMap { $0.calls[0].settings as? AuditPlanSettings }
        #expect(plans.map(\.marks.schemes.values) == [["green", "gumbel"], ["green", "gumbel"], ["gumbel"]])
        #expect(plans.map(\.questions.outputsPerPrompt) == [2, 7, 2])
        #expect(plans.allSatisfy { $0.marks.gamma == 0.5 && $0.tenants.count == 3 })
        #expect(plan.rows.map(\.tenants) == [["", ""], ["", ""], ["tenant-01", "tenant-02"]])
        let marked = plan.stages.compactMap { $0.calls[0].settings as? SampleSettings }.filter { $0.key.tenant != nil }
        #expect(marked.map(\.key.tenant) == ["attacker", "attacker", "tenant-01", "tenant-02"])
    }

    @Test func aStudentCanLearnCleanTracesAfterwards() throws {
        let plan = try Self.plan(
            Self.folder(), ("kind: mix-clean, share: 0.25", "kind: clean-epochs, clean: temperature"))
        let stages = Dictionary(uniqueKeysWithValues: plan.stages.map { ($0.name, $0) })
        for point in try #require(plan.rows.first { $0.attacker == "half" }).points {
            let evaluated = try #require(stages[point.evaluation])
            let second = try #require(stages[evaluated.needs[0]])
            #expect(second.kind == .train && second.needs.count == 2)
            let first = try #require(second.needs.compactMap { stages[$0] }.first { $0.kind == .train })
            #expect(first.needs == [point.learnt])
            let clean = try #require(second.needs.compactMap { stages[$0] }.first { $0.kind == .attack })
            #expect((clean.calls[0].settings as? AttackSettings<NoAttacker>)?.count == 10)
        }
    }

    private static func rewriting(_ stage: Stage) -> SanitizeSettings? {
        stage.calls[0].settings as? SanitizeSettings
    }

    @Test func missingInputsAreNamed() throws {
        let folder = try Self.folder()
        try FileManager.default.removeItem(atPath: folder.file("e.jsonl"))
        #expect(
            throws: ExperimentError.unreadable(path: folder.file("e.jsonl"), reason: "there is no such file")
        ) { try Self.plan(folder) }
    }

    /// Filters get the pool, others what they need; a defence's traces are made once for all its attackers.
    @Test func tracesAreMadeOnceForAllAttackers() throws {
        let plan = try Self.plan(Self.folder())
        let penalty = plan.rows.filter { $0.defence == "penalty" && $0.attacker != "vote" }
        #expect(Set(penalty.map { $0.points[0].sample }).count == 1)
        let vote = try #require(plan.rows.first { $0.attacker == "vote" })
        #expect(vote.points[0].sample != penalty[0].points[0].sample)
        let sample = try #require(plan.stages.first { $0.name == penalty[0].points[0].sample })
        #expect((sample.calls[0].settings as? SampleSettings)?.limit == 20)
    }
}
