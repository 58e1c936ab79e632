import Foundation
import TestSupport
import Testing

@testable import Denature

@Suite struct ExperimentReaderTests {
    static let small = """
        title: Small
        models:
          teacher: t
          proxy: p
          gradient: g
          students:
            - {name: base, model: s}
            - {name: other, init: c.json, tokenizer: t}
        data: {prompts: in.jsonl, evaluation: e.jsonl, traces: 10, pool: 20}
        sampling: {temperature: 1, max-new-tokens: 64}
        training: {epochs: 4, lr: 1e-3}
        seeds: [1, 2]
        defences:
          - name: temperature
            temperature: [0.8, 1.2]
            attackers: [filter]
          - name: penalty
            strength: 0.3
            attackers: all
          - name: marked
            watermark: {scheme: green, gamma: 0.5, context-width: 1}
            audit: true
          - name: rewriting
            rewrite:
              - {rewriter: gradient, gain: ds, token-budget: [0.05, 0.1]}
              - {rewriter: lexical}
            against: temperature
        attackers:
          - {name: filter, kind: answer-filter}
          - name: both
            steps: [{kind: answer-filter}, {kind: equation-checker}]
          - {name: other, kind: different-student, student: other}
          - {name: vote, kind: majority-vote, samples: 3}
          - {name: half, kind: mix-clean, share: 0.25}

        """

    @Test func aFileIsRead() throws {
        let experiment = try ExperimentReader.read(Self.small, file: "folder/small.yaml")
        #expect(experiment.title == "Small")
        #expect(experiment.models.teacher == "folder/t")
        #expect(experiment.models.gradient == .file("folder/g"))
        #expect(experiment.models.students.map(\.name) == ["base", "other"])
        #expect(experiment.seeds == [1, 2])
        #expect(experiment.baseline == "temperature")
        #expect(experiment.training.names == ["epochs", "lr"])
        #expect(experiment.training["epochs"] == "4.0" && experiment.training["lr"] == "0.001")
        #expect(experiment.runtime.names == ["threads"] && experiment.runtime["threads"] == "1")
        #expect(experiment.defences.map(\.points.count) == [2, 1, 1, 2])
        #expect(experiment.defences[0].points.map(\.label) == ["temperature 0.8", "temperature 1.2"])
        #expect(experiment.defences[1].attackers == ["filter", "both", "other", "vote", "half"])
        #expect(experiment.defences[1].points[0].needsProxy(experiment.sampling))
        #expect(experiment.defences[2].points[0].watermark?.scheme == "green")
        let rewriting = experiment.defences[3].points[1].rewriting
        #expect(rewriting.map(\.rewriter) == ["gradient", "lexical"])
        #expect(rewriting[0].settings["gain"] == "ds" && rewriting[0].settings["token_budget"] == "0.1")
        #expect(
            experiment.attackers[1].steps == [
                .command("answer-filter", SettingPatch(), reference: nil),
                .command("equation-checker", SettingPatch(), reference: nil),
            ])
        #expect(experiment.attackers[2].steps.isEmpty && experiment.attackers[2].student == "other")
        var share = SettingPatch()
        share.set("share", "0.25")
        #expect(experiment.attackers[4].steps == [.mixClean(defence: nil, share)])
    }

    /// What is put in for what, the line that is named, and words of the message.
    static let mistakes: [(String, String, Int, String)] = [
        ("title: Small", "titel: Small", 1, "unknown key 'titel'"),
        ("  teacher: t\n", "  teecher: t\n", 3, "unknown key 'teecher'"),
        ("  proxy: p\n", "", 16, "needs models: proxy"),
        ("traces: 10", "traces: 0", 9, "'traces' must be from 1"),
        ("traces: 10", "traces: many", 9, "must be a number"),
        ("traces: 10", "traces: 1.5", 9, "whole number"),
        ("temperature: 1,", "temperature: -1,", 10, "'temperature' must be from 0 on"),
        ("epochs: 4", "epoch: 4", 11, "unknown key 'epoch'"),
        ("seeds: [1, 2]", "seeds: [1, 1]", 12, "twice"),
        ("seeds: [1, 2]", "seeds: [a]", 12, "must be a number"),
        ("[0.8, 1.2]", "[]", 15, "empty list"),
        ("attackers: [filter]", "attackers: [filtre]", 16, "no attacker named 'filtre'"),
        ("strength: 0.3", "strength: [0.3, 0.4]\n    drafts: [2, 3]", 19, "one list is a sweep"),
        ("strength: 0.3", "select: poison", 18, "'select' needs 'drafts'"),
        ("strength: 0.3", "kl-budget: 0.3", 18, "needs 'strength' or 'lambda'"),
        ("scheme: green", "scheme: blue", 21, "must be one of green, fingerprint"),
        ("    watermark: {scheme: green, gamma: 0.5, context-width: 1}\n", "", 20, "no watermark to audit"),
        ("audit: true", "audit: perhaps", 22, "true or false"),
        ("rewriter: lexical", "rewriter: lexicon", 26, "'lexicon' is no rewriter"),
        ("rewriter: lexical", "rewriter: instruction", 26, "needs 'endpoint'"),
        ("gain: ds", "gain: best", 25, "must be one of ds"),
        ("gain: ds", "gain: ds, loss-tokens: words", 25, "must be one of completion"),
        ("gain: ds", "gain: ds, loss-tokens: numbers", 23, "needs models: holdout for 'loss-tokens'"),
        ("against: temperature", "against: nothing", 23, "no defence of this file"),
        ("kind: answer-filter}", "kind: answer-filtre}", 29, "must be one of answer-filter"),
        ("kind: answer-filter}", "kind: clean-epochs, clean: nothing}", 29, "no defence named 'nothing'"),
        ("scheme: green,", "scheme: green, foreign-key: 7,", 21, "true or false"),
        ("against: temperature", "keep: answer-only", 27, "'keep' must be one of answer-filter"),
        ("audit: true", "audit: {schemes: green, test: outputs}", 22, "unknown key 'test'"),
        ("kind: answer-filter}", "kind: answer-filter, drop: 0.1}", 29, "'drop' means nothing to 'answer-filter'"),
        ("student: other}", "student: another}", 32, "no student named 'another'"),
        ("samples: 3", "samples: 1", 33, "at least 2 traces"),
        ("name: half", "name: none", 34, "is taken"),
        ("share: 0.25", "share: much", 34, "'share' must be a number"),
        ("name: rewriting", "name: marked", 23, "there twice"),
        ("title: Small", "title: [", 3, "not YAML"),
        ("title: Small", "title: Small\ntitle: Again", 1, "twice"),
        ("{name: base, model: s}", "{name: base}", 7, "needs 'model', or 'init'"),
        ("{name: base, model: s}", "{model: s}", 7, "needs 'name'"),
    ]

    @Test(arguments: mistakes)
    func mistakesHaveTheirLine(old: String, new: String, line: Int, words: String) throws {
        #expect(Self.small.contains(old))
        let text = Self.small.replacing(old, with: new, maxReplacements: 1)
        do {
            _ = try ExperimentReader.read(text, file: "x.yaml")
            Issue.record("'\(new)' is accepted")
        } catch {
            #expect(error.line == line, "\(error)")
            #expect(error.description.contains(words), "\(error)")
            #expect(error.description.hasPrefix("x.yaml:"))
        }
    }

    /// What a file may set follows from the jobs' schemas, whose names stand there with either sign.
    @Test func everySettingOfAJobCanBeSet() throws {
        let text = Self.small.replacing(
            "max-new-tokens: 64", with: "max_new_tokens: 64, top-p: 0.9, stop: [a, b], with-token-ids: true")
        let sampling = try ExperimentReader.read(text, file: "x.yaml").sampling
        var settings = SampleSettings()
        try sampling.apply(to: &settings)
        #expect(settings.decoding.maxNewTokens == 64 && settings.decoding.topP == 0.9)
        #expect(settings.decoding.stop == ["a", "b"] && settings.withTokenIds)
        for setting in LearningSettings.schema {
            #expect(FileTables.training.names.contains(setting.name.replacing("_", with: "-")), "\(setting.name)")
        }
        // What the plan decides is not the file's: files, folders, secrets, and where each seed goes.
        for name in ["seed", "output", "keyring", "tenant", "teacher", "force"] {
            #expect(!FileTables.sampling.names.contains(name), "\(name)")
        }
    }

    @Test func pathsMayBeRelativeToAnotherFolder() throws {
        func teacher(_ line: String, folder: String? = nil) throws -> String {
            try ExperimentReader.read(line + Self.small, file: "folder/small.yaml", folder: folder).models.teacher
        }
        #expect(try teacher("folder: models\n") == "folder/models/t")
        #expect(try teacher("folder: /models/\n") == "/models/t")
        #expect(try teacher("folder: models\n", folder: "elsewhere") == "elsewhere/t")
    }

    @Test(arguments: [
        ("{accuracy: 0.65, from: 0.5, to: 2}", nil), ("{as: temperature}", "takes its value from"),
        ("{accuracy: 0.65, from: 2, to: 1}", "needs a value, or 'accuracy'"),
        ("{accuracy: 0.65, from: 0.5}", "needs a value, or 'accuracy'"),
        ("{accuracy: 0.65, from: 0.5, to: 2, as: x}", "'as' stands alone"),
        ("{accuracies: 0.65}", "unknown key 'accuracies'"),
        ("{accuracy: 0.65, from: 0, to: 2}\n    drafts: [2, 3]", "nothing else can be a sweep"),
    ])
    func valuesMayBeFoundByAccuracy(value: String, words: String?) throws {
        let text = Self.small.replacing("strength: 0.3", with: "strength: \(value)")
        guard let words else {
            let point = try ExperimentReader.read(text, file: "x.yaml").defences[1].points[0]
            #expect(
                point.calibration == .init(setting: "strength", rule: .accuracy(0.65, from: 0.5, to: 2))
                    && point.usesProxy(SettingPatch()))
            return
        }
        do {
            _ = try ExperimentReader.read(text, file: "x.yaml")
            Issue.record("'\(value)' is accepted")
        } catch {
            #expect(error.description.contains(words) && error.line >= 17, "\(error)")
        }
    }

    @Test func filesThatAreNoneAreRefused() {
        #expect(throws: ExperimentFileError.self) { try ExperimentReader.read(path: "/nowhere/x.yaml") }
        #expect(throws: ExperimentFileError.self) { try ExperimentReader.read("", file: "x") }
        #expect(throws: ExperimentFileError.self) { try ExperimentReader.read("- a\n- b", file: "x") }
    }

    /// Every file of the repository, and how many minutes it may take on two cores.
    @Test(arguments: [
        ("quick", 15), ("full", 120), ("paraphrase", 120), ("combined", 120), ("combined-search", 120), ("effect", 30),
        ("rewriting", 45), ("audit", 120), ("audit-clean", 60), ("audit-triggers", 60),
    ])
    func shippedFilesAreRight(name: String, minutes: Double) throws {
        let experiment = try ExperimentReader.read(path: Repository.path("experiments/\(name).yaml"))
        let plan = try ExperimentPlan(CalibrationSearch(experiment).withMiddles(), program: "0")
        #expect(!plan.rows.isEmpty)
        let seconds = plan.stages.reduce(0) { $0 + $1.estimate }
        #expect(seconds / 2 < minutes * 60, "\(seconds / 2) s")
    }

    @Test func everyShippedFileIsTested() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Repository.path("experiments"))
        #expect(files.filter { $0.hasSuffix(".yaml") }.count == 10)
    }
}
