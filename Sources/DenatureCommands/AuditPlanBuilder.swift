import Auditing
import Foundation
import KeyedPRF
import Marks

/// From options to a plan.
struct AuditPlanBuilder {
    let command: AuditPlanCommand
    let keyring: Keyring

    func plan() throws -> AuditPlan {
        let kinds = try Self.items(command.test).map { name in
            guard let kind = AuditPlan.TestKind(rawValue: name) else {
                let names = AuditPlan.TestKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandFailure.usage("--test '\(name)' is none of \(names)")
            }
            return kind
        }
        guard !kinds.isEmpty, Set(kinds).count == kinds.count else {
            throw CommandFailure.usage("--test needs one or more different tests")
        }
        try check(kinds)
        let levels = try levels()
        var plan = AuditPlan(
            schema: AuditPlan.currentSchema, title: command.title, created: AuditSupport.now(),
            program: AuditSupport.program, ledgerKey: try keyring.ledgerKey().keyID, suspect: command.suspectKind,
            levels: levels, power: command.power, seed: command.seed, decoyKeys: command.decoyKeys, keys: [], tests: [],
            sampling: sampling, maxQueries: 0)
        plan.tests = try tests(kinds)
        plan.keys = try keys(of: plan.tests)
        try addFiles(&plan, kinds)
        try complete(&plan)
        return plan
    }

    /// Items of a list, without spaces.
    static func items(_ list: String) -> [String] {
        list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    // MARK: What goes together

    private func check(_ kinds: [AuditPlan.TestKind]) throws {
        func require(_ condition: Bool, _ message: String) throws {
            if !condition { throw CommandFailure.usage(message) }
        }
        for kind in kinds {
            let name = "--test \(kind.rawValue)"
            if kind.needsWeights {
                try require(command.suspectKind == .checkpoint, "\(name) needs --suspect-kind checkpoint")
            }
            if kind == .trigger {
                try require(command.suspectKind != .outputs, "\(name) needs a suspect that can be asked")
            }
            if kind.needsReference { try require(command.reference != nil, "\(name) needs a --reference") }
            if kind.needsDocuments { try require(command.documents != nil, "\(name) needs --documents") }
            if kind == .candidates { try require(command.candidates != nil, "\(name) needs --candidates") }
            if kind == .trigger || (kind.needsAnswers && command.suspectKind != .outputs) {
                try require(command.questions.prompts != nil, "\(name) needs --prompts")
            }
            let takesIDs = command.suspectKind == .outputs && kind == .outputs
            if kind.testsTokens, !takesIDs {
                try require(command.marks.tokenizer != nil, "\(name) needs the marks' --tokenizer")
            }
        }
    }

    private func levels() throws -> AuditPlan.Levels {
        guard let path = command.continues else {
            return .first(alpha: command.alpha ?? 0.01, isLast: command.last)
        }
        let evidence = try AuditEvidence.read(path: path, keyring: keyring, plan: nil)
        if let alpha = command.alpha, alpha != evidence.header.alpha {
            throw CommandFailure.usage("--alpha is that of the chain, \(evidence.header.alpha): leave it out")
        }
        if evidence.questions.keys.contains(where: { $0.kind == .trigger }), command.triggers.firstPair == 0,
            Self.items(command.test).contains("trigger")
        {
            throw CommandFailure.usage("\(path) asked trigger pairs already: --first-pair must name the first new one")
        }
        return try .continuing(evidence, isLast: command.last)
    }

    private var sampling: AuditPlan.Sampling {
        AuditPlan.Sampling(
            temperature: command.questions.temperature, topP: command.questions.topP,
            maxNewTokens: command.questions.maxNewTokens, promptFormat: command.questions.promptOptions.promptFormat,
            separator: command.questions.promptOptions.separatorText)
    }

    // MARK: Tests and keys

    private func tests(_ kinds: [AuditPlan.TestKind]) throws -> [AuditPlan.Test] {
        let tokens = Self.items(command.marks.scheme)
        let words = Self.items(command.marks.textScheme)
        let known = MarkRegistry.standard.textSchemes.filter { $0.audit != nil }.map { $0.name }
        for name in words where !known.contains(name) {
            throw CommandFailure.usage("--text-scheme '\(name)' is none of \(known.joined(separator: ", "))")
        }
        var tests: [AuditPlan.Test] = []
        for kind in kinds {
            let schemes: [String] =
                switch kind {
                case .outputs, .outputsReference, .reading, .readingReference: tokens
                case .text: words
                case .trigger: ["trigger"]
                case .candidates: ["selection"]
                }
            for scheme in schemes { tests.append(try test(kind, scheme)) }
        }
        guard !tests.isEmpty, Set(tests.map(\.id)).count == tests.count else {
            throw CommandFailure.usage("--scheme and --text-scheme need one or more different schemes")
        }
        return tests
    }

    private func test(_ kind: AuditPlan.TestKind, _ scheme: String) throws -> AuditPlan.Test {
        let id = kind == .trigger || kind == .candidates ? kind.rawValue : "\(kind.rawValue)-\(scheme)"
        var test = AuditPlan.Test(
            id: id, kind: kind, scheme: scheme, primary: .exact,
            plannedEffect: try effect(of: id) ?? PlannedEffects.effect(of: kind, scheme: scheme), plannedPower: 0,
            planned: 0)
        switch kind {
        case .outputs, .outputsReference, .reading, .readingReference:
            var options: [String: MarkValue] = ["layers": .whole(command.marks.layers)]
            options["gamma"] = command.marks.gamma.map { .number($0) }
            do {
                try test.takeMark(options: options, width: command.marks.contextWidth)
            } catch {
                throw CommandFailure.usage("--scheme \(scheme): \(error.description)")
            }
        case .text, .candidates: test.width = 3
        case .trigger: test.primary = .eValue
        }
        return test
    }

    /// A planned effect that was given for a test, or for all but triggers, whose effect is another one.
    private func effect(of id: String) throws -> Double? {
        var found: Double?
        for item in command.plannedEffect.flatMap(Self.items) {
            let parts = item.split(separator: "=", maxSplits: 1)
            guard let value = parts.last.flatMap({ Double($0) }), value > 0, value.isFinite else {
                throw CommandFailure.usage("--planned-effect '\(item)' is neither a positive number nor TEST=NUMBER")
            }
            if parts.count == 1, id != "trigger" { found = found ?? value }
            if parts.count == 2, parts[0] == id { found = value }
        }
        return found
    }

    private func keys(of tests: [AuditPlan.Test]) throws -> [AuditPlan.Key] {
        var names = command.tenant.flatMap(Self.items)
        if names.isEmpty || names == ["all"] { names = keyring.tenants.map(\.name) }
        guard Set(names).count == names.count else { throw CommandFailure.usage("--tenant names a tenant twice") }
        let purposes = Set(tests.map { AuditPlan.purpose(of: $0) })
        let formatter = ISO8601DateFormatter()
        var keys: [AuditPlan.Key] = []
        for name in names {
            for commitment in try keyring.commitments(for: name)
            where purposes.contains(commitment.identity.purpose.rawValue) {
                guard command.epoch == nil || commitment.identity.epoch == command.epoch else { continue }
                keys.append(
                    AuditPlan.Key(
                        purpose: commitment.identity.purpose.rawValue, tenant: name, epoch: commitment.identity.epoch,
                        id: commitment.keyID, commitment: commitment.commitment.hex,
                        opened: commitment.openedAt.map { formatter.string(from: $0) }))
            }
        }
        guard !keys.isEmpty else {
            throw CommandFailure.usage("there is no key to test for the named tenants and epoch")
        }
        return keys
    }

    // MARK: Files and numbers

    private func addFiles(_ plan: inout AuditPlan, _ kinds: [AuditPlan.TestKind]) throws {
        if let path = command.marks.tokenizer, kinds.contains(where: \.testsTokens) {
            plan.tokenizer = try AuditFiles.tokenizer(path)
        }
        if let path = command.reference, kinds.contains(where: \.needsReference) {
            plan.reference = try AuditFiles.model(path)
        }
        if let path = command.documents, kinds.contains(where: \.needsDocuments) {
            let (file, examples) = try AuditFiles.documents(path)
            plan.documents = AuditPlan.Documents(
                file: file, count: examples.count, marked: command.documentsAreMarked)
        }
        if let path = command.candidates, kinds.contains(.candidates) { plan.candidates = try AuditFiles.file(path) }
        guard plan.suspect != .outputs, let path = command.questions.prompts else { return }
        let (file, texts) = try AuditFiles.prompts(path)
        let asked = kinds.contains(where: \.needsAnswers) ? texts.count * command.questions.outputsPerPrompt : 0
        plan.questions = AuditPlan.Questions(
            file: file, prompts: texts.count, count: asked, texts: texts.map(AuditPlan.Questions.textDigest))
        if kinds.contains(.trigger) { plan.trigger = try trigger(plan, texts) }
    }

    private func trigger(_ plan: AuditPlan, _ problems: [String]) throws -> AuditPlan.Trigger {
        let options = command.triggers
        let settings = TriggerAuditSettings(
            targets: options.triggerTargets, pairsOfKey: options.triggerPairs, firstPair: options.firstPair,
            askedPairs: options.askedPairs ?? max(1, options.triggerPairs - options.firstPair),
            queriesPerPair: options.queriesPerPair, decoyPairs: options.decoyPairs,
            form: options.triggerForm ?? (plan.suspect == .endpoint ? .question : .completion),
            stop: options.triggerStop, seed: command.seed)
        if settings.form == .completion, plan.suspect == .endpoint {
            throw CommandFailure.usage("--trigger-form completion needs --suspect-kind checkpoint")
        }
        let subkeys = try plan.subkeys(in: keyring)
        let keys = plan.keys.filter { $0.purpose == KeyPurpose.trigger.rawValue }.compactMap { subkeys[$0] }
        let schedule = try TriggerSchedule(settings: settings, keys: keys, problems: problems)
        return AuditPlan.Trigger(settings: settings, schedule: schedule.digest.hex, count: schedule.queryCount)
    }

    /// Budgets, primary p-values, power: what follows from everything else.
    private func complete(_ plan: inout AuditPlan) throws {
        let triggers = plan.trigger?.count ?? 0
        let asked = (plan.questions?.count ?? 0) + triggers
        // Room for requests that have to be sent again.
        plan.maxQueries = plan.suspect == .outputs ? 0 : command.questions.maxQueries ?? asked + asked / 4 + 16
        if plan.suspect != .outputs, plan.maxQueries < asked {
            plan.questions?.count = max(0, plan.maxQueries - triggers)
        }
        let answers = plan.suspect == .outputs ? command.questions.expectedOutputs : plan.questions?.count ?? 0
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
                    targets: command.triggers.triggerTargets
                ).power
        }
    }
}
