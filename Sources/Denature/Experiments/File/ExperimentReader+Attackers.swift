import Yams

extension ExperimentReader {
    /// Kinds that are no attack on a file of traces.
    private static let otherKinds = ["paraphrase", "more-data", "different-student", cleanEpochs]
    private static let cleanEpochs = "clean-epochs"
    private static let kinds =
        AttackKind.all.map(\.name).filter { $0 != NoAttacker.name } + otherKinds + [NoAttacker.name]
    private static let attackerKeys = ["name", "student", "count", "pool", "samples", "steps"]
    /// What a step may have: of every kind its own settings, and the files and defences that some of them name.
    private static let stepKeys: [String] = {
        var keys = ["kind", "reference", "clean"] + rewritingKeys
        for kind in AttackKind.all { keys += kind.table.names.filter { !keys.contains($0) } }
        return keys
    }()

    func attackers(_ object: YAMLObject) throws(ExperimentFileError) -> [Experiment.Attacker] {
        var attackers: [Experiment.Attacker] = []
        for node in try object.list("attackers") {
            let entry = try YAMLObject(node, file: file, name: "an attacker", keys: Self.attackerKeys + Self.stepKeys)
            let name = try entry.requiredText("name")
            guard name != Experiment.Attacker.none.name, name != "all", !attackers.contains(where: { $0.name == name })
            else {
                throw entry.error("name", "the name '\(name)' is taken")
            }
            attackers.append(try attacker(entry, name: name))
        }
        return attackers
    }

    private func attacker(_ entry: YAMLObject, name: String) throws(ExperimentFileError) -> Experiment.Attacker {
        var attacker = Experiment.Attacker(
            name: name, student: try entry.text("student"), count: try entry.whole("count", 1...100_000_000),
            samples: try entry.whole("samples", 1...1_000) ?? 1, pool: try entry.whole("pool", 1...100_000_000))
        var kinds: [String] = []
        if entry.has("steps") {
            if entry.has("kind") { throw entry.error("steps", "give 'kind' or 'steps', not both") }
            for node in try entry.list("steps") {
                let step = try YAMLObject(node, file: file, name: "a step", keys: Self.stepKeys)
                kinds.append(try kind(step))
                if let step = try self.step(step) { attacker.steps.append(step) }
            }
        } else {
            kinds.append(try kind(entry))
            if let step = try step(entry) { attacker.steps.append(step) }
        }
        if kinds.contains(Self.cleanEpochs) {
            if entry.has("steps") {
                throw entry.error("steps", "'clean-epochs' is no step: it comes after all of them")
            }
            attacker.cleanEpochs = .init(defence: try entry.text("clean"))
        }
        if kinds.contains("more-data"), attacker.count == nil {
            throw entry.error("kind", "'more-data' needs 'count'")
        }
        if kinds.contains("different-student"), attacker.student == nil {
            throw entry.error("kind", "'different-student' needs 'student'")
        }
        if kinds.contains(MajorityVoteAttacker.name), attacker.samples < 2 {
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
    private func step(_ object: YAMLObject) throws(ExperimentFileError) -> Experiment.AttackStep? {
        let name = try kind(object)
        let attack = AttackKind.named[name]
        let files: [String: String] = [
            PerplexityFilterAttacker.name: "reference", MixCleanAttacker.name: "clean", Self.cleanEpochs: "clean",
        ]
        let meant = (attack?.table.names ?? (name == "paraphrase" ? Self.rewritingKeys : [])) + [files[name] ?? "kind"]
        // A key that the kind does not know would be silently without effect.
        for key in Self.stepKeys.dropFirst() where object.has(key) && !meant.contains(key) {
            throw object.error(key, "'\(key)' means nothing to '\(name)'")
        }
        guard let attack else {
            return name == "paraphrase" ? .paraphrase(try rewriting(object, usual: "lexical")) : nil
        }
        let settings = try attack.table.settings(object)
        switch name {
        case NoAttacker.name: return nil
        case MixCleanAttacker.name: return .mixClean(defence: try object.text("clean"), settings)
        case PerplexityFilterAttacker.name:
            guard let reference = try path(object, "reference") else {
                throw object.error("kind", "'perplexity-filter' needs 'reference': a model's folder")
            }
            return .command(name, settings, reference: reference)
        default: return .command(name, settings, reference: nil)
        }
    }
}
