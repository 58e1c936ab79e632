import Foundation
import Yams

/// Reads an experiment's file.
public struct ExperimentReader {
    let file: String
    /// What relative paths begin with: empty, or with a slash at the end.
    private(set) var folder: String

    /// Reads `path`.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - folder: What its paths are relative to; nil for what it says, or else its own folder.
    /// - Throws: `ExperimentFileError` naming file and line.
    public static func read(path: String, folder: String? = nil) throws(ExperimentFileError) -> Experiment {
        guard let data = FileManager.default.contents(atPath: path), let text = String(validating: data, as: UTF8.self)
        else { throw ExperimentFileError(file: path, line: 1, message: "cannot be read as a UTF-8 file") }
        return try read(text, file: path, folder: folder)
    }

    /// Reads `yaml`, with the paths in it relative to the folder of `file` unless it or `folder` says otherwise.
    ///
    /// - Throws: `ExperimentFileError`.
    public static func read(
        _ yaml: String, file: String, folder: String? = nil
    ) throws(ExperimentFileError) -> Experiment {
        var reader = ExperimentReader(file: file, folder: file.lastIndex(of: "/").map { String(file[...$0]) } ?? "")
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch {
            throw ExperimentFileError(
                file: file, line: Self.line(of: error), message: "not YAML: \(Self.reason(error))")
        }
        guard let node else { throw ExperimentFileError(file: file, line: 1, message: "the file is empty") }
        return try reader.experiment(node, place: folder)
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
        "title", "note", "folder", "models", "data", "sampling", "training", "runtime", "seeds", "baseline", "defences",
        "attackers", "audit", "judge",
    ]

    /// - Parameter place: What paths of the file are relative to, in place of what the file says.
    private mutating func experiment(_ node: Node, place: String?) throws(ExperimentFileError) -> Experiment {
        let object = try YAMLObject(node, file: file, name: "the experiment", keys: Self.keys)
        let own = try path(object, "folder")
        if let named = place ?? own, !named.isEmpty {
            folder = named.hasSuffix("/") ? named : named + "/"
        }
        let attackers = try attackers(object)
        let audit = try audit(object)
        let defences = try defences(object, attackers: attackers, audit: audit)
        var runtime = try settings(object, "runtime", FileTables.runtime)
        // Small models are fastest on one thread, and several stages run side by side.
        if runtime["threads"] == nil { runtime.set("threads", "1") }
        let experiment = Experiment(
            file: file, title: try object.text("title") ?? "Experiment", note: try object.text("note") ?? "",
            models: try models(object), data: try data(object),
            sampling: try settings(object, "sampling", FileTables.sampling),
            training: try settings(object, "training", FileTables.training), runtime: runtime,
            seeds: try seeds(object), baseline: try object.text("baseline") ?? defences[0].name, defences: defences,
            attackers: attackers, audit: audit, judge: try judge(object))
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
            if defence.points.contains(where: { $0.usesProxy(experiment.sampling) }),
                experiment.models.proxy == nil || experiment.models.gradient == nil
            {
                throw failure("needs models: proxy, and gradient or holdout")
            }
            if defence.points.contains(where: { $0.rewriting.contains { $0.lossTokens != nil } }),
                experiment.models.holdout == nil
            {
                throw failure("needs models: holdout for 'loss-tokens'")
            }
            for case .same(let name)? in defence.points.map({ $0.calibration?.rule }) {
                let other = experiment.defences.first { $0.name == name }
                guard case .accuracy? = other?.points.first?.calibration?.rule else {
                    throw failure("takes its value from '\(name)', which is no defence with an 'accuracy' to reach")
                }
            }
            if let audit = defence.audit, audit.schemes == nil, defence.points.contains(where: { $0.watermark == nil })
            {
                throw failure("has no watermark to audit")
            }
        }
        let students = experiment.models.students.map(\.name)
        for (attacker, node) in zip(experiment.attackers, try object.list("attackers")) {
            let line = node.mark?.line ?? 1
            if let student = attacker.student, !students.contains(student) {
                throw ExperimentFileError(file: file, line: line, message: "there is no student named '\(student)'")
            }
            var clean = attacker.steps.compactMap { if case .mixClean(let defence, _) = $0 { defence } else { nil } }
            if let defence = attacker.cleanEpochs?.defence { clean.append(defence) }
            for defence in clean where !names.contains(defence) {
                throw ExperimentFileError(file: file, line: line, message: "there is no defence named '\(defence)'")
            }
        }
    }

    // MARK: Parts

    private func settings(
        _ object: YAMLObject, _ key: String, _ table: SettingTable
    ) throws(ExperimentFileError) -> SettingPatch {
        guard let node = object.node(key) else { return SettingPatch() }
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

    private func audit(_ object: YAMLObject) throws(ExperimentFileError) -> Experiment.Audit {
        var audit = Experiment.Audit()
        for (name, value) in [("outputs_per_prompt", "2"), ("alpha", "0.01"), ("decoy_keys", "999")] {
            audit.settings.set(name, value)
        }
        guard let node = object.node("audit") else { return audit }
        let entry = try YAMLObject(
            node, file: file, name: "'audit'",
            keys: ["tests", "schemes", "tenants", "documents"] + FileTables.audit.names)
        audit = try self.audit(entry, over: audit)
        audit.tenants = try entry.whole("tenants", 1...ExperimentKeyring.size) ?? audit.tenants
        audit.documents = try entry.whole("documents", 1...1_000_000)
        return audit
    }

    /// An audit with what an object says over it.
    func audit(_ object: YAMLObject, over usual: Experiment.Audit) throws(ExperimentFileError) -> Experiment.Audit {
        var audit = usual
        let tests = try object.texts("tests").map(\.text)
        if !tests.isEmpty { audit.tests = tests.joined(separator: ",") }
        let schemes = try object.texts("schemes").map(\.text)
        if !schemes.isEmpty { audit.schemes = schemes.joined(separator: ",") }
        audit.settings = audit.settings.merged(with: try FileTables.audit.settings(object))
        return audit
    }

    private func judge(_ object: YAMLObject) throws(ExperimentFileError) -> Experiment.Judge? {
        guard let node = object.node("judge") else { return nil }
        let judge = try YAMLObject(
            node, file: file, name: "'judge'", keys: ["template", "traces"] + FileTables.judge.names)
        let settings = try FileTables.judge.settings(judge)
        guard settings["endpoint"] != nil, settings["model"] != nil else {
            throw object.error("judge", "'judge' needs 'endpoint' and 'model'")
        }
        return .init(
            settings: settings, template: try template(judge, "template") ?? .shipped("judge"),
            traces: try judge.whole("traces", 1...100_000_000) ?? 200)
    }

    /// A path, made one that can be opened from where the program runs.
    func path(_ object: YAMLObject, _ key: String) throws(ExperimentFileError) -> String? {
        guard let path = try object.text(key) else { return nil }
        return path.hasPrefix("/") ? path : folder + path
    }
}
