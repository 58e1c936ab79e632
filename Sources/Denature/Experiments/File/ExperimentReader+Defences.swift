import Antidistillation
import Marks
import Yams

extension ExperimentReader {
    private static let ownKeys = [
        "name", "against", "attackers", "audit", "direction", "keep", "watermark", "rewrite",
    ]
    static let rewritingKeys = ["rewriter", "loss-tokens", "prompt", "prompts"] + FileTables.rewriting.names

    func defences(
        _ object: YAMLObject, attackers: [Experiment.Attacker], audit: Experiment.Audit
    ) throws(ExperimentFileError) -> [Experiment.Defence] {
        var defences: [Experiment.Defence] = []
        for node in try object.list("defences") {
            let entry = try YAMLObject(
                node, file: file, name: "a defence", keys: Self.ownKeys + FileTables.sampling.names)
            let name = try entry.requiredText("name")
            guard !defences.contains(where: { $0.name == name }) else {
                throw entry.error("name", "the defence '\(name)' is there twice")
            }
            defences.append(
                Experiment.Defence(
                    name: name, points: try points(entry), against: try entry.text("against"),
                    attackers: try attackerNames(entry, attackers), audit: try self.audit(entry, usual: audit),
                    line: entry.line))
        }
        guard !defences.isEmpty else {
            throw object.error("defences", "the experiment needs at least one of 'defences'")
        }
        return defences
    }

    private func attackerNames(
        _ entry: YAMLObject, _ attackers: [Experiment.Attacker]
    ) throws(ExperimentFileError) -> [String] {
        let given = try entry.texts("attackers")
        if given.count == 1, given[0].text == "all" { return attackers.map(\.name) }
        var names: [String] = []
        for (name, line) in given {
            guard attackers.contains(where: { $0.name == name }) else {
                throw ExperimentFileError(file: file, line: line, message: "there is no attacker named '\(name)'")
            }
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    // MARK: Sweeps

    private func points(_ entry: YAMLObject) throws(ExperimentFileError) -> [Experiment.Point] {
        // Which rewriting a sweep belongs to; nil for sampling.
        var found: (sweep: SettingTable.Sweep, rewriting: Int?)?
        func take(
            _ sweeps: [SettingTable.Sweep], _ object: YAMLObject, _ rewriting: Int?
        ) throws(ExperimentFileError) {
            for sweep in sweeps {
                if let first = found?.sweep.option.name {
                    let next = sweep.option.name
                    throw object.error(
                        next, "'\(next)' has several values, and so has '\(first)': one list is a sweep")
                }
                found = (sweep, rewriting)
            }
        }
        try take(try FileTables.sampling.sweeps(entry), entry, nil)
        var point = Experiment.Point(watermark: try watermark(entry), calibration: try calibration(entry))
        if let name = try entry.choice("direction", Experiment.Direction.allCases.map(\.rawValue)) {
            point.direction = Experiment.Direction(rawValue: name) ?? .gradient
        }
        for (name, line) in try entry.texts("keep") {
            guard AttackKind.named[name]?.drops == true else {
                let known = AttackKind.all.filter(\.drops).map(\.name).joined(separator: ", ")
                throw ExperimentFileError(
                    file: file, line: line, message: "'keep' must be one of \(known), not '\(name)'")
            }
            point.keep.append(name)
        }
        for (index, node) in try entry.list("rewrite").enumerated() {
            let object = try YAMLObject(node, file: file, name: "a rewriting", keys: Self.rewritingKeys)
            let sweeps = try FileTables.rewriting.sweeps(object)
            try take(sweeps, object, index)
            point.rewriting.append(try rewriting(object, except: Set(sweeps.map(\.option.setting))))
        }
        var except = Set(point.calibration.map { [$0.setting] } ?? [])
        if let found, found.rewriting == nil { except.insert(found.sweep.option.setting) }
        point.sampling = try FileTables.sampling.settings(entry, except: except)
        if entry.has("kl-budget"), !entry.has("strength"), !entry.has("lambda") {
            throw entry.error("kl-budget", "'kl-budget' needs 'strength' or 'lambda' as the upper limit")
        }
        if entry.has("select"), !entry.has("drafts") { throw entry.error("select", "'select' needs 'drafts'") }
        guard let (sweep, rewriting) = found else { return [point] }
        if let calibration = point.calibration {
            let name = calibration.setting.replacing("_", with: "-")
            throw entry.error(name, "'\(name)' is found by its accuracy: nothing else can be a sweep beside it")
        }
        return sweep.values.map { value in
            var next = point
            next.label = sweep.label(value)
            if let rewriting {
                next.rewriting[rewriting].settings.set(sweep.option.setting, value)
            } else {
                next.sampling.set(sweep.option.setting, value)
            }
            return next
        }
    }

    /// A setting of sampling that has a mapping in place of a value: `strength: {accuracy: 0.65, from: 0, to: 2}`.
    private func calibration(_ entry: YAMLObject) throws(ExperimentFileError) -> Experiment.Calibration? {
        var calibration: Experiment.Calibration?
        for option in FileTables.sampling.options {
            guard let node = entry.node(option.name), node.mapping != nil else { continue }
            guard calibration == nil else {
                throw entry.error(option.name, "only one setting of a defence can be found by its accuracy")
            }
            let object = try YAMLObject(
                node, file: file, name: "'\(option.name)'", keys: ["accuracy", "from", "to", "as"])
            let rule: Experiment.Calibration.Rule
            if let defence = try object.text("as") {
                guard object.keys == ["as"] else { throw object.error("as", "'as' stands alone") }
                rule = .same(defence: defence)
            } else {
                guard let accuracy = try object.number("accuracy", 0...1), let low = try object.number("from", 0...1e6),
                    let high = try object.number("to", 0...1e6), low < high
                else {
                    throw entry.error(
                        option.name,
                        "'\(option.name)' needs a value, or 'accuracy' of the teacher with 'from' and 'to', or 'as'")
                }
                for bound in [low, high] { _ = try FileTables.sampling.check(["\(bound)"], option, entry) }
                rule = .accuracy(accuracy, from: low, to: high)
            }
            calibration = .init(setting: option.setting, rule: rule)
        }
        return calibration
    }

    /// `audit: true`, or a mapping of what differs from the experiment's audits.
    private func audit(
        _ entry: YAMLObject, usual: Experiment.Audit
    ) throws(ExperimentFileError) -> Experiment.Audit? {
        guard let node = entry.node("audit"), node.mapping != nil else { return try entry.flag("audit") ? usual : nil }
        let object = try YAMLObject(
            node, file: file, name: "'audit'", keys: ["tests", "schemes"] + FileTables.audit.names)
        return try audit(object, over: usual)
    }

    private func watermark(_ entry: YAMLObject) throws(ExperimentFileError) -> Experiment.Watermark? {
        guard let node = entry.node("watermark") else { return nil }
        if node.scalar != nil {
            return try entry.choice("watermark", TokenMarkName.choices).map { .init(scheme: $0, settings: .init()) }
        }
        let table = FileTables.watermark
        let object = try YAMLObject(
            node, file: file, name: "a watermark", keys: ["scheme", "foreign-key"] + table.names)
        guard let scheme = try object.choice("scheme", TokenMarkName.choices) else {
            throw object.error("scheme", "a watermark needs 'scheme'")
        }
        return .init(
            scheme: scheme, settings: try table.settings(object), isForeign: try object.flag("foreign-key"))
    }

    // MARK: Rewriting

    /// - Parameter usual: The rewriter where none is named; nil where one must be.
    func rewriting(
        _ object: YAMLObject, except: Set<String> = [], usual: String? = nil
    ) throws(ExperimentFileError) -> Experiment.Rewriting {
        let rewriter: String
        if let usual, !object.has("rewriter") {
            rewriter = usual
        } else {
            rewriter = try object.requiredText("rewriter")
        }
        for name in rewriter.split(separator: ",") where !["lexical", "gradient", "none"].contains(name) {
            guard name == "instruction" || name.hasPrefix("instruction:") else {
                throw object.error(
                    "rewriter", "'\(name)' is no rewriter; known are lexical, gradient, instruction[:TEMPLATE] and none"
                )
            }
            if Self.isFile(template: String(name)) {
                throw object.error(
                    "rewriter", "a template's file is named by 'prompt', with the rewriter 'instruction'")
            }
            if !object.has("endpoint") { throw object.error("rewriter", "'\(name)' needs 'endpoint' and 'model'") }
        }
        return Experiment.Rewriting(
            rewriter: rewriter, settings: try FileTables.rewriting.settings(object, except: except),
            lossTokens: try object.choice("loss-tokens", LossTokens.choices), prompt: try template(object, "prompt"),
            prompts: try path(object, "prompts"))
    }

    /// A template by its shipped name or its file's path.
    func template(_ object: YAMLObject, _ key: String) throws(ExperimentFileError) -> Experiment.Template? {
        guard let name = try object.text(key) else { return nil }
        guard Self.isFile(template: name) else { return .shipped(name) }
        return try path(object, key).map(Experiment.Template.file)
    }

    /// As `denature` tells a template's file from a shipped template's name.
    private static func isFile(template: String) -> Bool { template.contains("/") || template.hasSuffix(".md") }
}
