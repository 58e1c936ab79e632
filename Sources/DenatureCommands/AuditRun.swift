import Auditing
import Foundation
import KeyedPRF
import OpenAIClient
import Tokenizers

/// A run: from a plan to sealed evidence and its report.
struct AuditRun: Sendable {
    let command: AuditRunCommand
    let progress: CountProgress?

    func run() async throws -> AuditReport {
        let keyring = try command.keys.load()
        let sealed = try AuditSupport.plan(command.plan, keyring: keyring)
        let plan = sealed.plan
        let subkeys = try plan.subkeys(in: keyring)
        try checkSuspect(plan)
        let places = places(plan)
        try AuditFiles.check(places, plan)
        let marks = try places.tokenizer.map { try AuditMarkTokens(path: $0, sampling: plan.sampling) }
        let prompts = try places.prompts.map { try AuditFiles.prompts($0).texts } ?? []
        let outputs = try command.outputs.map { try AuditOutputsFile(path: $0) }
        let suspect = try suspectName(outputs)
        let writer = try EvidenceWriter(
            path: command.evidence, plan: sealed, keyring: keyring,
            header: EvidenceHeader(
                plan: plan, digest: sealed.digest, suspect: suspect, started: AuditSupport.now(),
                program: AuditSupport.program), force: command.force, date: AuditSupport.now())
        if let cut = writer.earlier?.torn, cut > 0 {
            Console.error("denature: \(command.evidence): an unfinished last line of \(cut) bytes was cut off")
        }
        let session = AuditSession(plan: plan, writer: writer, marks: marks, progress: progress)
        #if Torch
            var readings = AuditReadings(session: session, progress: progress)
        #endif
        var reason: String?
        do {
            if let outputs {
                try AuditCollected(session: session).add(outputs, plan)
            } else if command.endpoint.endpoint != nil {
                let client = try command.endpoint.makeClient()
                let asked = AuditEndpointSuspect(
                    client: client, sampling: plan.sampling, streams: command.endpoint.stream)
                do {
                    try await ask(asked, session, prompts, subkeys)
                    await client.shutdown()
                } catch {
                    await client.shutdown()
                    throw error
                }
            }
            #if Torch
                if let folder = command.checkpoint {
                    let model = try AuditModel(folder, plan: plan, torch: command.torch)
                    try readings.readPlanned(by: model, places)
                    try await ask(
                        AuditCheckpointSuspect(asked: model, sampling: plan.sampling, slots: command.batchSize),
                        session,
                        prompts, subkeys)
                }
            #endif
        } catch is AuditSession.BudgetSpent {
            reason = "the budget of \(plan.maxQueries) requests was spent before every question was answered"
        } catch let error as EndpointError where error.code == .cancelled {
            throw CancellationError()
        }
        #if Torch
            if let folder = places.reference {
                try readings.readPlanned(byReference: AuditModel(folder, plan: plan, torch: command.torch))
            }
        #endif
        try writer.seal(date: AuditSupport.now(), reason: reason)
        let evidence = try AuditEvidence.read(path: command.evidence, keyring: keyring, plan: sealed)
        return try AuditAnalysis(
            plan: sealed, evidence: evidence, keyring: keyring, threads: AuditSupport.threads
        ).report()
    }

    // MARK: What is given

    private func checkSuspect(_ plan: AuditPlan) throws {
        let given: AuditPlan.SuspectKind =
            command.checkpoint != nil ? .checkpoint : command.outputs != nil ? .outputs : .endpoint
        guard given == plan.suspect else {
            throw CommandFailure.usage(
                "the plan is for a suspect of kind \(plan.suspect.rawValue), not \(given.rawValue)")
        }
        #if !Torch
            if plan.suspect == .checkpoint || plan.reference != nil {
                throw CommandFailure.usage("checkpoints and references need the program with models (make build)")
            }
        #endif
    }

    /// The plan's files where they are now.
    private func places(_ plan: AuditPlan) -> AuditPlaces {
        var places = command.places.places
        places.prompts = places.prompts ?? plan.questions?.file.path
        places.tokenizer = places.tokenizer ?? plan.tokenizer?.path
        places.reference = places.reference ?? plan.reference?.path
        places.documents = places.documents ?? plan.documents?.file.path
        places.candidates = places.candidates ?? plan.candidates?.path
        return places
    }

    private func suspectName(_ outputs: AuditOutputsFile?) throws -> AuditReport.Suspect {
        if let folder = command.checkpoint {
            let file = try AuditFiles.model(folder)
            return AuditReport.Suspect(kind: "checkpoint", name: file.name, digest: file.sha256)
        }
        if let path = command.outputs, let outputs {
            let file = AuditPlan.File(path: path, sha256: outputs.digest)
            return AuditReport.Suspect(kind: "outputs", name: file.name, digest: file.sha256)
        }
        // The URL as the client shows it: without credentials and query.
        let url = try AuditSupport.failing {
            try OpenAIEndpoint(baseURL: command.endpoint.endpoint ?? "", model: nil, key: .none).displayURL
        }
        let model = command.endpoint.model.map { ", model \($0)" } ?? ""
        return AuditReport.Suspect(kind: "endpoint", name: url + model)
    }

    // MARK: Asking

    /// Ordinary questions first, then trigger pairs block by block.
    private func ask(
        _ suspect: some AuditSuspect, _ session: AuditSession, _ prompts: [String], _ subkeys: [AuditPlan.Key: Subkey]
    ) async throws {
        let plan = session.plan
        if let count = plan.questions?.count, count > 0 {
            let open = (0..<count).filter { session.answer(to: QuestionName(.output, $0)) == nil }
            try await suspect.ask(open.map { session.question($0, prompts: prompts) }, session: session)
        }
        guard let trigger = plan.trigger, let test = plan.tests.first(where: { $0.kind == .trigger }) else { return }
        let isKnown = session.writer.earlier?.entries.contains { if case .problems = $0 { true } else { false } }
        if isKnown != true { try session.writer.append(.problems(EvidenceProblems(texts: prompts))) }
        let keys = plan.keys(of: test).compactMap { subkeys[$0] }
        var audit = try trigger.audit(
            keys: keys, level: plan.levels.level / Double(max(1, plan.familySize)), problems: prompts)
        while !audit.pending.isEmpty {
            let questions = audit.pending.map { TriggerReplay.question($0, plan: plan) }
            try await suspect.ask(questions.filter { session.answer(to: $0.name) == nil }, session: session)
            try audit.add(questions.map { session.answer(to: $0.name)?.text ?? "" })
        }
    }
}

/// Outputs that were collected before, as questions and answers.
struct AuditCollected {
    let session: AuditSession

    func add(_ file: AuditOutputsFile, _ plan: AuditPlan) throws {
        var pairs: [(EvidenceQuestion, EvidenceAnswer)] = []
        for (number, output) in file.outputs.enumerated() {
            let name = QuestionName(.output, number)
            guard session.answer(to: name) == nil else { continue }
            try Task.checkCancellation()
            if session.marks == nil, output.tokens == nil, plan.tests.contains(where: \.kind.testsTokens) {
                throw CommandFailure(
                    description: "output \(number + 1) has no \"tokens\", and the plan has no tokenizer to make them")
            }
            let prompt = output.promptTokens ?? output.prompt.flatMap { session.marks?.prompt($0) } ?? []
            let tokens = output.tokens ?? output.text.flatMap { session.marks?.tokens($0) } ?? []
            pairs.append(
                (
                    EvidenceQuestion(name: name, text: output.prompt ?? "", tokens: prompt, seed: 0),
                    EvidenceAnswer(name: name, text: output.text ?? "", tokens: tokens, finish: "collected")
                ))
            if pairs.count >= 128 {
                try session.collect(pairs)
                pairs = []
            }
        }
        if !pairs.isEmpty { try session.collect(pairs) }
    }
}
