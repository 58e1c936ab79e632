import Yams

extension ExperimentReader {
    private static let kinds = [
        "answer-filter", "equation-checker", "perplexity-filter", "paraphrase", "majority-vote", "answer-only",
        "mix-clean", "more-data", "different-student", "none",
    ]
    private static let attackerKeys = ["name", "student", "count", "pool", "samples", "steps"]
    private static let stepKeys = ["kind", "drop", "reference", "share", "clean", "per-problem", "template"]

    func attackers(_ object: YAMLObject) throws(ExperimentFileError) -> [Attacker] {
        var attackers: [Attacker] = []
        for node in try object.list("attackers") {
            let keys = Self.attackerKeys + Self.stepKeys + ["rewriter"] + OptionTable.rewriting.names
            let entry = try YAMLObject(node, file: file, name: "an attacker", keys: keys)
            let name = try entry.requiredText("name")
            guard name != Attacker.none.name, name != "all", !attackers.contains(where: { $0.name == name }) else {
                throw entry.error("name", "the name '\(name)' is taken")
            }
            attackers.append(try attacker(entry, name: name))
        }
        return attackers
    }

    private func attacker(_ entry: YAMLObject, name: String) throws(ExperimentFileError) -> Attacker {
        var attacker = Attacker(
            name: name, steps: [], student: try entry.text("student"), count: try entry.whole("count", 1...100_000_000),
            samples: try entry.whole("samples", 1...1_000) ?? 1, pool: try entry.whole("pool", 1...100_000_000))
        var kinds: [String] = []
        if entry.has("steps") {
            if entry.has("kind") { throw entry.error("steps", "give 'kind' or 'steps', not both") }
            for node in try entry.list("steps") {
                let keys = Self.stepKeys + ["rewriter"] + OptionTable.rewriting.names
                let step = try YAMLObject(node, file: file, name: "a step", keys: keys)
                kinds.append(try kind(step))
                if let step = try self.step(step) { attacker.steps.append(step) }
            }
        } else {
            kinds.append(try kind(entry))
            if let step = try step(entry) { attacker.steps.append(step) }
        }
        if kinds.contains("more-data"), attacker.count == nil {
            throw entry.error("kind", "'more-data' needs 'count'")
        }
        if kinds.contains("different-student"), attacker.student == nil {
            throw entry.error("kind", "'different-student' needs 'student'")
        }
        if kinds.contains("majority-vote"), attacker.samples < 2 {
            throw entry.error("kind", "'majority-vote' needs 'samples': at least 2 traces of each problem")
        }
        return attacker
    }

    private func kind(_ object: YAMLObject) throws(ExperimentFileError) -> String {
        guard let kind = try object.choice("kind", Self.kinds) else {
            throw object.error("kind", "\(object.name) needs 'kind': \(Self.kinds.joined(separator: ", "))")
        }
        return kind
    }

    /// What is done to traces; nil where only the student or the number differs.
    private func step(_ object: YAMLObject) throws(ExperimentFileError) -> AttackStep? {
        let kind = try kind(object)
        // A key that the kind does not know would be silently without effect.
        let meant: [String: [String]] = [
            "perplexity-filter": ["drop", "reference"], "mix-clean": ["share", "clean"],
            "majority-vote": ["per-problem"], "answer-only": ["template"],
            "paraphrase": ["rewriter"] + OptionTable.rewriting.names,
        ]
        for key in Self.stepKeys.dropFirst() + ["rewriter"] + OptionTable.rewriting.names
        where object.has(key) && !(meant[kind] ?? []).contains(key) {
            throw object.error(key, "'\(key)' means nothing to '\(kind)'")
        }
        switch kind {
        case "answer-filter", "equation-checker": return .command(kind, [])
        case "majority-vote":
            let limit = try object.whole("per-problem", 0...1_000_000)
            return .command(kind, limit.map { [.init(name: "per-problem", value: String($0))] } ?? [])
        case "answer-only":
            let template = try object.text("template")
            if let template, !template.contains("{answer}") {
                throw object.error("template", "'template' needs {answer} in it")
            }
            return .command(kind, template.map { [.init(name: "template", value: $0)] } ?? [])
        case "perplexity-filter":
            guard let reference = try path(object, "reference") else {
                throw object.error("kind", "'perplexity-filter' needs 'reference': a model's folder")
            }
            return .perplexityFilter(reference: reference, share: try object.number("drop", 0...1) ?? 0.25)
        case "mix-clean":
            return .mixClean(defence: try object.text("clean"), share: try object.number("share", 0...1) ?? 0.5)
        case "paraphrase":
            if !object.has("rewriter") {
                return .paraphrase(
                    Rewriting(rewriter: "lexical", settings: try OptionTable.rewriting.settings(object)))
            }
            return .paraphrase(try rewriting(object))
        default: return nil
        }
    }
}
