import Foundation
import Marks

extension AuditAnalysis {
    /// `text`: the exact tail of words that agree with the key.
    func text(_ test: AuditPlan.Test) throws -> AuditReport.Test {
        guard let kind = registry.textScheme(named: test.scheme), let words = kind.audit else {
            throw AuditError.invalidPlan("test \(test.id): '\(test.scheme)' is no mark of words")
        }
        let scheme = try kind.standard(contextWidth: test.width)
        let keys = keys(of: test)
        let detector = TextMarkDetector(schemes: [scheme], keys: keys.map(\.1))
        let answers = material.answers.filter { !$0.isEmpty }
        var results = keys.map { row($0.0) }
        let documents = answers.map { DetectionDocument(text: $0.text) }
        for count in Self.prefixes(of: documents.count) {
            let worker = try ObservationWorker(plan: detector.plan)
            let merger = ObservationMerger(plan: detector.plan, options: detector.deduplication)
            for document in documents[..<count] {
                worker.scan(document.text, reasoning: document.reasoning)
                try merger.merge(worker.takeObservations())
            }
            for (place, found) in detector.results(of: try merger.finish()).enumerated() {
                results[place].evidence =
                    (results[place].evidence ?? []) + [
                        .init(count: count, log10Evidence: Self.finite(-found.log10P))
                    ]
                guard count == documents.count else { continue }
                fill(&results[place], found, answers: documents.count)
            }
        }
        return summarised(
            test, units: results.first?.scored ?? 0,
            summary: words.summary, results: results)
    }

    private func fill(_ result: inout AuditReport.Result, _ found: DetectionResult, answers: Int) {
        guard found.scored > 0 else { return }
        let root = Double(answers).squareRoot()
        result.scored = answers
        result.log10P = found.log10P
        result.effect = Self.finite(found.score / root)
        result.z = Self.finite(found.score)
        result.hits = found.hits
        result.expectedHits = found.expectedHits
        if found.score != 0, found.interval.count == 2 {
            let deviation = (Double(found.hits) - found.expectedHits) / found.score
            result.interval = found.interval.map {
                Self.finite(($0 * Double(found.scored) - found.expectedHits) / deviation / root)
            }
        }
        result.notes = [
            "\(found.scored) distinct places: \(found.hits) agree with the key, by chance "
                + "\(String(format: "%.1f", found.expectedHits))."
        ]
    }

    /// `candidates`: the rank of the real key's choices among those of decoys.
    func candidates(_ test: AuditPlan.Test) throws -> AuditReport.Test {
        let traces = material.candidates.map { trace in
            zip(trace.texts, trace.likelihoods).enumerated().map { index, candidate in
                AuditedCandidate(
                    text: candidate.0, logProbability: candidate.1, isReleased: index == trace.released)
            }
        }
        let comparison = try ReleasedAgainstUnchosen(
            traces: traces, scheme: SelectionScheme(contextWidth: test.width ?? 3))
        let decoys = comparison.decoys(count: plan.decoyKeys, seed: decoySeed(test))
        let results = try keys(of: test).map { key, subkey in
            let outcome = try comparison.outcome(key: subkey, decoys: decoys)
            var result = row(key)
            result.scored = outcome.traces
            result.log10P = Self.finite(outcome.log10P)
            result.effect = Self.finite((outcome.z ?? 0) / Double(max(1, outcome.traces)).squareRoot())
            result.z = outcome.z.map(Self.finite)
            if outcome.traces > 0 {
                result.decoys = KeyRandomisation.histogram(real: outcome.difference, decoys: decoys, bins: 40)
                result.notes = [
                    "What the key chooses is likelier by \(String(format: "%.4f", outcome.difference)) nats per token.",
                    "\(outcome.inconsistent) of \(outcome.traces) released traces are not what this key chooses.",
                ]
            }
            return result
        }
        return summarised(
            test, units: comparison.traces,
            summary: "Whether the suspect finds what the key chose for release likelier than what it passed over.",
            results: results)
    }
}
