import Statistics

/// What a reader must know before relying on a report, and what the report rests on.
extension AuditAnalysis {
    /// What was asked and read.
    var effort: AuditReport.Effort {
        var resumptions = 0
        var texts = Set<Int>()
        for entry in evidence.entries {
            if case .resumption = entry { resumptions += 1 }
            if case .reading(let reading) = entry, reading.reader == .suspect { texts.insert(reading.number) }
        }
        let answers = evidence.answers.values
        return AuditReport.Effort(
            queries: evidence.sent, queryBudget: plan.suspect == .outputs ? 0 : plan.maxQueries, answers: answers.count,
            emptyAnswers: answers.count { $0.isEmpty || $0.finish == .refusal },
            tokens: answers.reduce(0) { $0 + $1.tokens.count }, readTexts: texts.count + material.candidates.count,
            resumptions: resumptions)
    }

    var digests: [AuditReport.Digest] {
        var digests = [
            AuditReport.Digest(name: .plan, sha256: planDigest),
            AuditReport.Digest(name: .evidence, sha256: evidence.digest),
        ]
        for role in AuditFileRole.allCases {
            if let file = plan.file(role) { digests.append(AuditReport.Digest(name: role, sha256: file.sha256)) }
        }
        if let suspect = evidence.header.suspect.digest {
            digests.append(AuditReport.Digest(name: .suspect, sha256: suspect))
        }
        return digests
    }

    var keys: [AuditReport.Key] {
        plan.keys.map {
            AuditReport.Key(
                purpose: $0.purpose, tenant: $0.tenant, epoch: $0.epoch, keyID: $0.id, commitment: $0.commitment,
                opened: $0.opened)
        }
    }

    /// Whole sentences.
    func remarks(_ tests: [AuditReport.Test]) -> [String] {
        var remarks: [String] = []
        if tests.contains(where: { $0.results.contains(where: \.isFound) }) {
            remarks.append(
                "A positive shows exposure to text that carries the key's mark, direct or through someone else; "
                    + "it does not show intent.")
        }
        if let questions = plan.questions, plan.suspect != .outputs, questions.count > 0 {
            remarks.append(
                "The p-values hold for prompts that were chosen without the tested keys; the plan fixed "
                    + "\(questions.prompts) prompts by their digest before the first query.")
        }
        if plan.suspect == .outputs {
            remarks.append(
                "The outputs were collected before the audit by whoever handed them in. The p-values hold if they were "
                    + "not chosen by how they score under a tested key.")
        }
        for test in tests {
            if let reason = test.approximation { remarks.append("Test \(test.id) is approximate: \(reason)") }
            // One key in a thousand disagrees by chance.
            let disagreeing = test.results.filter { $0.disagrees == true }.map(\.tenant)
            if disagreeing.count > Binomial.quantile(0.999, trials: test.results.count, probability: 0.001) {
                remarks.append(
                    "Test \(test.id): decoy keys disagree with the primary p-value in the bulk for "
                        + "\(disagreeing.joined(separator: ", ")); do not rely on it.")
            }
            if let needed = test.needed {
                remarks.append(
                    "Test \(test.id) finds its planned effect with probability \(Self.percent(test.power)); "
                        + "\(Self.percent(plan.power)) would need \(needed) \(test.unit).")
            }
        }
        remarks += keyRemarks
        remarks += runRemarks
        return remarks
    }

    private var keyRemarks: [String] {
        plan.keys.compactMap { key in
            key.opened.map {
                "The \(key.purpose.rawValue) key of tenant \(key.tenant), epoch \(key.epoch), was opened on \($0): whoever has seen "
                    + "it since can forge or strip its mark."
            }
        }
    }

    private var runRemarks: [String] {
        var remarks: [String] = []
        let effort = effort
        if effort.emptyAnswers > 0 {
            remarks.append(
                "\(effort.emptyAnswers) of \(effort.answers) answers were empty or refused; they were scored as nothing."
            )
        }
        if effort.resumptions > 0 {
            let cut = evidence.entries.reduce(0) { sum, entry in
                if case .resumption(let resumption) = entry { sum + (resumption.cut > 0 ? 1 : 0) } else { sum }
            }
            var text =
                "The run was interrupted and went on \(effort.resumptions) times; what had been answered was not "
            text += "asked again."
            if cut > 0 { text += " An unfinished last line was cut off \(cut) times." }
            remarks.append(text)
        }
        if let reason = evidence.seal?.reason { remarks.append("The run ended early: \(reason).") }
        return remarks
    }

    private static func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }
}
