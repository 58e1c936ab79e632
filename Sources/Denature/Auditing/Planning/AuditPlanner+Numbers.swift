import Auditing
import KeyedPRF

/// Files, budgets and power.
extension AuditPlanner {
    func addFiles(_ plan: inout AuditPlan, _ kinds: [AuditPlan.TestKind], _ keyring: Keyring) throws {
        if let path = settings.marks.tokenizer, kinds.contains(where: \.testsTokens) {
            plan.tokenizer = try AuditFiles.tokenizer(path)
        }
        if let path = settings.reference, kinds.contains(where: \.needsReference) {
            plan.reference = try AuditFiles.model(path)
        }
        if let path = settings.documents, kinds.contains(where: \.needsDocuments) {
            let (file, examples) = try AuditFiles.documents(path)
            plan.documents = AuditPlan.Documents(
                file: file, count: examples.count, marked: settings.documentsAreMarked)
        }
        if let path = settings.candidates, kinds.contains(.candidates) { plan.candidates = try AuditFiles.file(path) }
        guard plan.suspect != .outputs, let path = settings.questions.prompts else { return }
        let (file, texts) = try AuditFiles.prompts(path)
        let asked = kinds.contains(where: \.needsAnswers) ? texts.count * settings.questions.outputsPerPrompt : 0
        plan.questions = AuditPlan.Questions(
            file: file, prompts: texts.count, count: asked, texts: texts.map(AuditPlan.Questions.textDigest))
        if kinds.contains(.trigger) { plan.trigger = try trigger(plan, texts, keyring) }
    }

    private func trigger(_ plan: AuditPlan, _ problems: [String], _ keyring: Keyring) throws -> AuditPlan.Trigger {
        let given = settings.triggers
        let audit = TriggerAuditSettings(
            targets: given.targets, pairsOfKey: given.pairs, firstPair: given.firstPair,
            askedPairs: given.askedPairs ?? max(1, given.pairs - given.firstPair),
            queriesPerPair: given.queriesPerPair, decoyPairs: given.decoyPairs,
            form: given.form ?? (plan.suspect == .endpoint ? .question : .completion), stop: given.stop,
            seed: settings.seed)
        let subkeys = try plan.subkeys(in: keyring)
        let keys = plan.keys.filter { $0.purpose == .trigger }.compactMap { subkeys[$0] }
        let schedule = try TriggerSchedule(settings: audit, keys: keys, problems: problems)
        return AuditPlan.Trigger(settings: audit, schedule: schedule.digest.hex, count: schedule.queryCount)
    }

    /// Budgets, primary p-values, power: what follows from everything else.
    func complete(_ plan: inout AuditPlan) throws {
        let triggers = plan.trigger?.count ?? 0
        let asked = (plan.questions?.count ?? 0) + triggers
        // Room for requests that have to be sent again.
        plan.maxQueries = plan.suspect == .outputs ? 0 : settings.questions.maxQueries ?? asked + asked / 4 + 16
        if plan.suspect != .outputs, plan.maxQueries < asked {
            plan.questions?.count = max(0, plan.maxQueries - triggers)
        }
        let answers = plan.suspect == .outputs ? settings.questions.expectedOutputs : plan.questions?.count ?? 0
        let traces = try plan.candidates.map { try AuditCandidateFile(path: $0.path).traces.count } ?? 0
        let family = plan.familySize
        for index in plan.tests.indices {
            let kind = plan.tests[index].kind
            if kind.needsReference || kind.needsDocuments {
                plan.tests[index].primary = AuditPlan.Test.primary(
                    familySize: family, decoyKeys: plan.decoyKeys, level: plan.levels.level)
            }
            if kind == .candidates { plan.tests[index].primary = .keyRandomisation }
            plan.tests[index].planned =
                switch kind {
                case .outputs, .outputsReference, .text: answers
                case .reading, .readingReference: plan.documents?.count ?? 0
                case .trigger: plan.trigger?.settings.askedPairs ?? 0
                case .candidates: traces
                }
            plan.tests[index].plannedPower =
                PlannedPower(
                    of: plan.tests[index], units: plan.tests[index].planned,
                    level: plan.levels.level / Double(max(1, family)), wanted: plan.power,
                    targets: settings.triggers.targets
                ).power
        }
    }
}
