import KeyedPRF
import Marks

extension AuditAnalysis {
    /// `trigger`: one over the largest wealth of a bet on pairs.
    func trigger(_ test: AuditPlan.Test) throws -> AuditReport.Test {
        guard let planned = plan.trigger else {
            throw AuditError.invalidPlan("test \(test.id): the plan does not say how triggers are asked")
        }
        let keys = keys(of: test)
        var audit = try planned.audit(keys: keys.map(\.1), level: singleLevel, problems: material.problems)
        while let replies = try TriggerReplay.replies(to: audit.pending, plan: plan, evidence: evidence) {
            try audit.add(replies)
        }
        let outcomes = audit.outcomes
        let isCut = outcomes.contains { $0.state == .open } && planned.settings.stop == .everyKey
        let pairs = isCut ? outcomes.map(\.pairs).min() ?? 0 : planned.settings.askedPairs
        return summarised(
            test, units: audit.queries > 0 ? pairs : 0,
            summary:
                "Whether the suspect answers identifiers that mean nothing with the values that the key gives them.",
            results: audit.queries > 0 ? outcomes.map(\.result) : keys.map { row($0.0) })
    }
}

extension AuditPlan.Trigger {
    /// The audit from its beginning.
    ///
    /// - Parameters:
    ///   - keys: The tested keys, in the order of the plan.
    ///   - level: What one key may spend.
    ///   - problems: The prompts, in the order of the plan.
    /// - Throws: ``AuditError`` if the schedule is not the one that the plan commits to, or `TriggerAuditError`.
    package func audit(keys: [Subkey], level: Double, problems: [String]) throws -> TriggerAudit {
        let schedule = try TriggerSchedule(settings: settings, keys: keys, problems: problems)
        guard schedule.digest.hex == self.schedule else {
            throw AuditError.invalidPlan("the plan's trigger queries are others: other prompts, or another program")
        }
        return try TriggerAudit(schedule: schedule, keys: keys, level: level)
    }
}

/// What evidence says of trigger queries.
package enum TriggerReplay {
    /// The question that a query is sent as.
    package static func question(_ query: TriggerQuery, plan: AuditPlan) -> EvidenceQuestion {
        let name = QuestionName(.trigger, query.number)
        return EvidenceQuestion(
            name: name, text: query.prompt, beginning: query.beginning, tokens: [], seed: plan.seed(of: name))
    }

    /// The replies to a block's queries, nil unless there are queries and all of them were answered.
    static func replies(
        to queries: [TriggerQuery], plan: AuditPlan, evidence: AuditEvidence
    ) throws(AuditError) -> [String]? {
        var replies: [String] = []
        for query in queries {
            let expected = question(query, plan: plan)
            guard let answer = evidence.answers[expected.name] else { return nil }
            guard evidence.questions[expected.name] == expected else {
                throw .inconsistentEvidence(
                    path: evidence.path, reason: "trigger query \(query.number) is not the planned one")
            }
            replies.append(answer.text)
        }
        return queries.isEmpty ? nil : replies
    }
}
