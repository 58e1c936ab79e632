import Foundation
import Yams

/// Reads an experiment's file.
public struct ExperimentReader {
    let file: String
    /// What relative paths begin with: empty, or with a slash at the end.
    let folder: String

    /// Reads `path`.
    ///
    /// - Throws: `ExperimentFileError` naming file and line.
    public static func read(path: String) throws(ExperimentFileError) -> Experiment {
        guard let data = FileManager.default.contents(atPath: path), let text = String(validating: data, as: UTF8.self)
        else { throw ExperimentFileError(file: path, line: 1, message: "cannot be read as a UTF-8 file") }
        return try read(text, file: path)
    }

    /// Reads `yaml`, with the paths in it relative to the folder of `file`.
    ///
    /// - Throws: `ExperimentFileError`.
    public static func read(_ yaml: String, file: String) throws(ExperimentFileError) -> Experiment {
        let reader = ExperimentReader(file: file, folder: file.lastIndex(of: "/").map { String(file[...$0]) } ?? "")
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch {
            throw ExperimentFileError(
                file: file, line: Self.line(of: error), message: "not YAML: \(Self.reason(error))")
        }
        guard let node else { throw ExperimentFileError(file: file, line: 1, message: "the file is empty") }
        return try reader.experiment(node)
    }

    private static func line(of error: any Error) -> Int {
        switch error as? YamlError {
        case .scanner(_, _, let mark, _)?, .parser(_, _, let mark, _)?, .composer(_, _, let mark, _)?: mark.line
        case .duplicatedKeysInMapping(_, let context)?: context.mark.line
        default: 1
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, _, _)?, .parser(_, let problem, _, _)?, .composer(_, let problem, _, _)?: problem
        case .duplicatedKeysInMapping?: "a key occurs twice"
        default: "it cannot be read"
        }
    }

    private static let keys = [
        "title", "note", "models", "data", "sampling", "training", "runtime", "seeds", "baseline", "defences",
        "attackers",
        "audit", "judge",
    ]

    private func experiment(_ node: Node) throws(ExperimentFileError) -> Experiment {
        let object = try YAMLObject(node, file: file, name: "the experiment", keys: Self.keys)
        let attackers = try attackers(object)
        let defences = try defences(object, attackers: attackers)
        let runtime = try settings(object, "runtime", OptionTable.runtime)
        let experiment = Experiment(
            title: try object.text("title") ?? "Experiment", note: try object.text("note") ?? "",
            models: try models(object), data: try data(object),
            sampling: try settings(object, "sampling", OptionTable.sampling),
            training: try settings(object, "training", OptionTable.training),
            // Small models are fastest on one thread, and several stages run side by side.
            runtime: runtime.contains { $0.name == "threads" }
                ? runtime : runtime + [.init(name: "threads", value: "1")],
            seeds: try seeds(object), baseline: try object.text("baseline") ?? defences[0].name, defences: defences,
            attackers: attackers, audit: try audit(object), judge: try judge(object))
        try check(experiment, object)
        return experiment
    }

    /// What the parts say of each other.
    private func check(_ experiment: Experiment, _ object: YAMLObject) throws(ExperimentFileError) {
        let names = experiment.defences.map(\.name)
        if !names.contains(experiment.baseline) {
            throw object.error("baseline", "there is no defence named '\(experiment.baseline)'")
        }
        for (defence, node) in zip(experiment.defences, try object.list("defences")) {
            let line = node.mark?.line ?? 1
            func failure(_ message: String) -> ExperimentFileError {
                ExperimentFileError(file: file, line: line, message: "defence '\(defence.name)' \(message)")
            }
            if let against = defence.against, !names.contains(against) {
                throw failure("is compared with '\(against)', which is no defence of this file")
            }
            if defence.points.contains(where: \.usesProxy),
                experiment.models.proxy == nil || experiment.models.gradient == nil
            {
                throw failure("needs models: proxy, and gradient or holdout")
            }
            if defence.points.contains(where: { $0.rewriting.contains { $0.lossTokens != nil } }),
                experiment.models.holdout == nil
            {
                throw failure("needs models: holdout for 'loss-tokens'")
            }
            if defence.isAudited, defence.points.contains(where: { $0.watermark == nil }) {
                throw failure("has no watermark to audit")
            }
        }
        let students = experiment.models.students.map(\.name)
        for (attacker, node) in zip(experiment.attackers, try object.list("attackers")) {
            let line = node.mark?.line ?? 1
            if let student = attacker.student, !students.contains(student) {
                throw ExperimentFileError(file: file, line: line, message: "there is no student named '\(student)'")
            }
            for case .mixClean(let defence?, _) in attacker.steps where !names.contains(defence) {
                throw ExperimentFileError(file: file, line: line, message: "there is no defence named '\(defence)'")
            }
        }
    }

    // MARK: Parts

    private func settings(
        _ object: YAMLObject, _ key: String, _ table: OptionTable
    ) throws(ExperimentFileError) -> [Experiment.Setting] {
        guard let node = object.node(key) else { return [] }
        return try table.settings(YAMLObject(node, file: file, name: "'\(key)'", keys: table.names))
    }

    private func seeds(_ object: YAMLObject) throws(ExperimentFileError) -> [UInt64] {
        var seeds: [UInt64] = []
        for number in try object.numbers("seeds", 0...Double(1 << 53)) {
            guard let seed = UInt64(exactly: number) else { throw object.error("seeds", "seeds are whole numbers") }
            guard !seeds.contains(seed) else { throw object.error("seeds", "the seed \(seed) is there twice") }
            seeds.append(seed)
        }
        return seeds.isEmpty ? [1] : seeds
    }

    private func models(_ object: YAMLObject) throws(ExperimentFileError) -> Experiment.Models {
        guard let node = object.node("models") else { throw object.error("models", "the experiment needs 'models'") }
        let models = try YAMLObject(
            node, file: file, name: "'models'", keys: ["teacher", "proxy", "gradient", "holdout", "students"])
        let holdout = try path(models, "holdout")
        let gradient = try path(models, "gradient").map { .file($0) } ?? holdout.map { Experiment.Gradient.holdout($0) }
        var students: [Experiment.Student] = []
        for node in try models.list("students") {
            let student = try YAMLObject(
                node, file: file, name: "a student", keys: ["name", "model", "init", "tokenizer"])
            let name = try student.requiredText("name")
            guard !students.contains(where: { $0.name == name }) else {
                throw student.error("name", "the student '\(name)' is there twice")
            }
            let model = try path(student, "model")
            let configuration = try path(student, "init")
            guard (model == nil) != (configuration == nil) else {
                throw student.error("name", "student '\(name)' needs 'model', or 'init' and 'tokenizer'")
            }
            var initial: Experiment.Student.Initial?
            if let configuration {
                guard let tokenizer = try path(student, "tokenizer") else {
                    throw student.error("init", "'init' needs 'tokenizer'")
                }
                initial = .init(configuration: configuration, tokenizer: tokenizer)
            }
            students.append(.init(name: name, model: model, initial: initial))
        }
        guard !students.isEmpty else { throw models.error("students", "'models' needs at least one of 'students'") }
        guard let teacher = try path(models, "teacher") else {
            throw models.error("teacher", "'models' needs 'teacher'")
        }
        return .init(
            teacher: teacher, proxy: try path(models, "proxy"), gradient: gradient, holdout: holdout, students: students
        )
    }

    private func data(_ object: YAMLObject) throws(ExperimentFileError) -> Experiment.Data {
        guard let node = object.node("data") else { throw object.error("data", "the experiment needs 'data'") }
        let data = try YAMLObject(
            node, file: file, name: "'data'",
            keys: ["prompts", "evaluation", "traces", "pool", "evaluation-limit"])
        guard let prompts = try path(data, "prompts"), let evaluation = try path(data, "evaluation") else {
            throw data.error("prompts", "'data' needs 'prompts' and 'evaluation'")
        }
        let traces = try data.whole("traces", 1...100_000_000) ?? 1_500
        return .init(
            prompts: prompts, evaluation: evaluation, traces: traces,
            pool: try data.whole("pool", 1...100_000_000) ?? traces,
            evaluationLimit: try data.whole("evaluation-limit", 1...100_000_000))
    }

    private func audit(_ object: YAMLObject) throws(ExperimentFileError) -> AuditSettings {
        var settings = AuditSettings(
            tests: "outputs-reference,reading-reference", tenants: 10, outputsPerPrompt: 2, alpha: 0.01, decoyKeys: 999)
        guard let node = object.node("audit") else { return settings }
        let audit = try YAMLObject(
            node, file: file, name: "'audit'",
            keys: ["tests", "tenants", "outputs-per-prompt", "alpha", "decoy-keys", "documents"])
        let tests = try audit.texts("tests").map(\.text)
        if !tests.isEmpty { settings.tests = tests.joined(separator: ",") }
        settings.tenants = try audit.whole("tenants", 1...ExperimentKeyring.size) ?? settings.tenants
        settings.outputsPerPrompt = try audit.whole("outputs-per-prompt", 1...1_000) ?? settings.outputsPerPrompt
        settings.alpha = try audit.number("alpha", 1e-12...0.5) ?? settings.alpha
        settings.decoyKeys = try audit.whole("decoy-keys", 99...1_000_000) ?? settings.decoyKeys
        settings.documents = try audit.whole("documents", 1...1_000_000)
        return settings
    }

    private func judge(_ object: YAMLObject) throws(ExperimentFileError) -> Experiment.Judge? {
        guard let node = object.node("judge") else { return nil }
        let judge = try YAMLObject(
            node, file: file, name: "'judge'", keys: ["endpoint", "model", "api-key-env", "template", "traces"])
        guard let endpoint = try judge.text("endpoint"), let model = try judge.text("model") else {
            throw object.error("judge", "'judge' needs 'endpoint' and 'model'")
        }
        return .init(
            endpoint: endpoint, model: model, apiKeyEnvironment: try judge.text("api-key-env"),
            template: try template(judge, "template") ?? .shipped("judge"),
            traces: try judge.whole("traces", 1...100_000_000) ?? 200)
    }

    /// A path, made one that can be opened from where the program runs.
    func path(_ object: YAMLObject, _ key: String) throws(ExperimentFileError) -> String? {
        guard let path = try object.text(key) else { return nil }
        return path.hasPrefix("/") ? path : folder + path
    }
}
