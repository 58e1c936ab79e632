import Marks
import Yams

extension ExperimentReader {
    private static let ownKeys = [
        "name", "against", "attackers", "audit", "direction", "watermark", "rewrite",
    ]

    func defences(_ object: YAMLObject, attackers: [Attacker]) throws(ExperimentFileError) -> [Defence] {
        var defences: [Defence] = []
        for node in try object.list("defences") {
            let keys = Self.ownKeys + OptionTable.sampling.names + OptionTable.defence.names
            let entry = try YAMLObject(node, file: file, name: "a defence", keys: keys)
            let name = try entry.requiredText("name")
            guard !defences.contains(where: { $0.name == name }) else {
                throw entry.error("name", "the defence '\(name)' is there twice")
            }
            defences.append(
                Defence(
                    name: name, points: try points(entry), against: try entry.text("against"),
                    attackers: try attackerNames(entry, attackers), isAudited: try entry.flag("audit")))
        }
        guard !defences.isEmpty else {
            throw object.error("defences", "the experiment needs at least one of 'defences'")
        }
        return defences
    }

    private func attackerNames(
        _ entry: YAMLObject, _ attackers: [Attacker]
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

    /// Options that may have a list of values: a point for each.
    private static let swept = ["temperature", "strength", "lambda", "kl-budget", "drafts"]

    private struct Sweep {
        /// The option, or "token-budget" of one of the rewritings.
        var option: String
        var values: [Double]
        /// Which rewriting it belongs to; nil for sampling.
        var rewriting: Int?
    }

    private func points(_ entry: YAMLObject) throws(ExperimentFileError) -> [DefencePoint] {
        var sweep: Sweep?
        func found(_ next: Sweep, _ object: YAMLObject) throws(ExperimentFileError) {
            if let sweep {
                throw object.error(
                    next.option,
                    "'\(next.option)' has several values, and so has '\(sweep.option)': one list is a sweep")
            }
            sweep = next
        }
        for option in Self.swept where entry.node(option)?.sequence != nil {
            try found(Sweep(option: option, values: try entry.numbers(option, 0...1e6), rewriting: nil), entry)
        }
        var point = DefencePoint(
            label: "", sampling: [], needsProxy: false,
            direction: .gradient, watermark: try watermark(entry), rewriting: [])
        if let name = try entry.choice("direction", DefencePoint.Direction.allCases.map(\.rawValue)) {
            point.direction = DefencePoint.Direction(rawValue: name) ?? .gradient
        }
        for (index, node) in try entry.list("rewrite").enumerated() {
            let object = try rewritingObject(node)
            let list = object.node("token-budget")?.sequence != nil
            if list {
                try found(
                    Sweep(
                        option: "token-budget", values: try object.numbers("token-budget", 0...1), rewriting: index),
                    object)
            }
            point.rewriting.append(try rewriting(object, except: list ? ["token-budget"] : []))
        }
        let except = Set(sweep.map { $0.rewriting == nil ? [$0.option] : [] } ?? [])
        point.sampling =
            try OptionTable.sampling.settings(entry, except: except)
            + OptionTable.defence.settings(entry, except: except)
        point.needsProxy = Self.needsProxy(entry)
        if entry.has("kl-budget"), !entry.has("strength"), !entry.has("lambda") {
            throw entry.error("kl-budget", "'kl-budget' needs 'strength' or 'lambda' as the upper limit")
        }
        if entry.has("select"), !entry.has("drafts") { throw entry.error("select", "'select' needs 'drafts'") }
        guard let sweep else { return [point] }
        return sweep.values.map { value in
            var next = point
            next.label = "\(sweep.option) \(ArgumentText.number(value))"
            let setting = Experiment.Setting(name: sweep.option, value: ArgumentText.number(value))
            if let index = sweep.rewriting {
                next.rewriting[index].settings.append(setting)
            } else {
                next.sampling.append(setting)
            }
            return next
        }
    }

    private static func needsProxy(_ entry: YAMLObject) -> Bool {
        if entry.has("strength") || entry.has("lambda") { return true }
        guard entry.has("drafts") else { return false }
        let rule = (try? entry.text("select")) ?? nil
        return rule == nil || rule == "poison" || rule == "both"
    }

    private func watermark(_ entry: YAMLObject) throws(ExperimentFileError) -> DefencePoint.Watermark? {
        guard let node = entry.node("watermark") else { return nil }
        let schemes = MarkRegistry.standard.embeddableNames.map(\.text)
        if node.scalar != nil {
            return try entry.choice("watermark", schemes).map { .init(scheme: $0, shape: [], embedding: []) }
        }
        let shape = OptionTable.markShape
        let embedding = OptionTable.markEmbedding
        let object = try YAMLObject(
            node, file: file, name: "a watermark", keys: ["scheme"] + shape.names + embedding.names)
        guard let scheme = try object.choice("scheme", schemes) else {
            throw object.error("scheme", "a watermark needs 'scheme'")
        }
        return .init(scheme: scheme, shape: try shape.settings(object), embedding: try embedding.settings(object))
    }

    // MARK: Rewriting

    func rewritingObject(_ node: Node, more: [String] = []) throws(ExperimentFileError) -> YAMLObject {
        try YAMLObject(
            node, file: file, name: "a rewriting",
            keys: ["rewriter", "loss-tokens"] + OptionTable.rewriting.names + more)
    }

    func rewriting(_ object: YAMLObject, except: Set<String> = []) throws(ExperimentFileError) -> Rewriting {
        let rewriter = try object.requiredText("rewriter")
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
        let lossTokens = try object.choice("loss-tokens", ["completion", "numbers"])
        return Rewriting(
            rewriter: rewriter,
            settings: try OptionTable.rewriting.settings(object, except: except.union(["prompt", "prompts"])),
            lossTokens: lossTokens, prompt: try template(object, "prompt"), prompts: try path(object, "prompts"))
    }

    /// A template by its shipped name or its file's path.
    func template(_ object: YAMLObject, _ key: String) throws(ExperimentFileError) -> Template? {
        guard let name = try object.text(key) else { return nil }
        guard Self.isFile(template: name) else { return .shipped(name) }
        return try path(object, key).map(Template.file)
    }

    /// As `denature` tells a template's file from a shipped template's name.
    private static func isFile(template: String) -> Bool { template.contains("/") || template.hasSuffix(".md") }
}

extension DefencePoint.Watermark {
    /// Whether the mark itself reads a proxy student.
    var readsProxy: Bool {
        MarkRegistry.standard.tokenScheme(named: TokenMarkName(scheme))?.embedding?.needsProxy == true
    }
}

extension DefencePoint {
    /// Whether sampling, the mark or a rewriting needs the proxy and its gradient.
    var usesProxy: Bool {
        needsProxy || watermark?.readsProxy == true || rewriting.contains(where: \.needsProxy)
    }
}
