import Foundation
import KeyedPRF
import Marks
import TestSupport
import Testing

@Suite struct DetectionResultTests {
    @Test func nothingScoredIsPOne() throws {
        let detector = TextMarkDetector(
            schemes: [SelectionScheme(), TriggerScheme()],
            keys: [try testKey(.selection, seed: 1), try testKey(.trigger, seed: 1)])
        for documents in [[], [DetectionDocument(text: "")], [DetectionDocument(text: "two words")]] {
            let results = try detector.detect(pooling: documents)
            #expect(results.count == 2)
            for result in results {
                #expect(result.scored == 0 && result.hits == 0)
                #expect(result.log10P == 0 && result.log10PAdjusted == 0)
                #expect(result.score == 0 && result.effect == 0 && result.expectedHits == 0)
                #expect(result.interval == [0, 1])
                #expect(result.verdict == .inconclusive)
                #expect((result.neededObservations ?? 0) > 0)
            }
        }
        #expect(try TextMarkDetector(schemes: [SelectionScheme()], keys: []).detect(pooling: []).isEmpty)
    }

    @Test func theRightKeyIsFoundAndTheWrongOneIsNot() throws {
        let right = try testKey(.trigger, seed: 5)
        let wrong = try testKey(.trigger, seed: 6, tenant: "other")
        let filler = SyntheticCorpus.templates(documents: 40, seed: 31)
        let documents = filler + [DetectionDocument(text: try triggerText(right))]
        let results = try TextMarkDetector(schemes: [TriggerScheme()], keys: [wrong, right]).detect(pooling: documents)
        #expect(results.map(\.tenant) == ["other", "test"])
        #expect(results.map(\.hits)[1] >= 8)
        // At least 8 hits among some 20 identifiers at 1/900 each.
        #expect(results[1].log10P < -16)
        #expect(results[1].log10PAdjusted > results[1].log10P)
        #expect(results[1].verdict == .marked)
        #expect(results[0].verdict == .noEvidence)
        #expect(results[0].log10P > -2)
        #expect(results.allSatisfy { $0.familySize == 2 })
        #expect(results[1].keyID == right.keyID && results[1].epoch == "1")
    }

    @Test func aLexicalMarkIsFound() throws {
        let scheme = LexicalScheme(lexicon: try Lexicon.bundled())
        let key = try testKey(.lexical, seed: 12)
        let marker = try LexicalMarker(scheme: scheme, key: key)
        let plain = SyntheticCorpus.templates(documents: 300, seed: 33)
        let marked = plain.map {
            DetectionDocument(text: marker.mark($0.text, reasoning: $0.reasoning, protected: []).text)
        }
        let detector = TextMarkDetector(
            schemes: [scheme], keys: [key, try testKey(.lexical, seed: 13, tenant: "other")])
        let results = try detector.detect(pooling: marked)
        #expect(results[0].verdict == .marked && results[0].log10P < -5)
        #expect(results[1].verdict != .marked)
        #expect(try detector.detect(pooling: plain).allSatisfy { $0.verdict != .marked })
    }

    @Test func selectionAmongCandidatesIsFound() throws {
        let key = try testKey(.selection, seed: 8)
        let scorer = try SelectionScorer(key: key)
        var chosen: [DetectionDocument] = []
        var plain: [DetectionDocument] = []
        for number in 0..<60 {
            let candidates = SyntheticCorpus.zipf(documents: 8, length: 60, seed: 1000 + UInt64(number))
            plain += candidates.prefix(1)
            let best = candidates.max {
                scorer.score($0.text, reasoning: $0.reasoning) < scorer.score($1.text, reasoning: $1.reasoning)
            }
            if let best { chosen.append(best) }
        }
        let detector = TextMarkDetector(
            schemes: [SelectionScheme()], keys: [key, try testKey(.selection, seed: 9, epoch: "2")])
        let results = try detector.detect(pooling: chosen)
        #expect(results[0].verdict == .marked && results[0].log10P < -6)
        #expect(results[0].effect > 0.05 && results[0].score > 5)
        #expect(results[0].interval[0] > 0.5 && results[0].interval[1] < 1)
        #expect(results[1].verdict != .marked)
        let unmarked = try detector.detect(pooling: plain)
        #expect(unmarked.allSatisfy { $0.verdict != .marked })
    }

    @Test func singleDocumentsAreJudgedByThemselves() throws {
        let key = try testKey(.trigger, seed: 5)
        let document = DetectionDocument(text: try triggerText(key))
        let detector = TextMarkDetector(schemes: [TriggerScheme()], keys: [key])
        let single = try SingleDocumentDetector(detector)
        let first = try single.detect(document)
        #expect(first == (try single.detect(document)))
        #expect(first == (try detector.detect(document)))
        #expect(first == (try detector.detect(pooling: [document])))
        #expect(first.map(\.hits) == [8])
        #expect(try single.detect(DetectionDocument(text: "Nothing here.")).map(\.scored) == [0])
    }

    @Test func shortTextIsInconclusive() throws {
        let detector = TextMarkDetector(schemes: [SelectionScheme()], keys: [try testKey(.selection, seed: 8)])
        let result = try #require(try detector.detect(SyntheticCorpus.zipf(documents: 1, length: 50, seed: 3)[0]).first)
        #expect(result.verdict == .inconclusive)
        let needed = try #require(result.neededObservations)
        #expect(needed > 1000)
        // With that many, the same absence of a mark is a finding.
        let long = SyntheticCorpus.zipf(documents: 1, length: needed + needed / 4, seed: 4)
        let answer = try #require(try detector.detect(pooling: long).first)
        #expect(answer.scored >= needed && answer.verdict == .noEvidence && answer.neededObservations == nil)
    }

    @Test func jsonIsFiniteAndRoundTrips() throws {
        let key = try testKey(.trigger, seed: 5)
        let detector = TextMarkDetector(
            schemes: [TriggerScheme(), SelectionScheme()], keys: [key, try testKey(.selection, seed: 5)])
        let results =
            try detector.detect(pooling: [DetectionDocument(text: triggerText(key))]) + detector.detect(pooling: [])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let json = try encoder.encode(results)
        #expect(try JSONDecoder().decode([DetectionResult].self, from: json) == results)
        let text = String(decoding: json, as: UTF8.self)
        for name in [
            "scheme", "tenant", "epoch", "key_id", "log10_p", "log10_p_adjusted", "n_scored", "hits", "expected_hits",
            "score", "effect", "interval", "verdict", "family_size", "needed_n",
        ] {
            #expect(text.contains("\"\(name)\":"), "\(name)")
        }
        for word in [":-0,", ":-0}", ":nan", ":inf", ":-inf"] { #expect(!text.contains(word)) }
    }

    @Test func manyKeysAgreeWithTheCorpusTriedOneByOne() throws {
        let documents = SyntheticCorpus.templates(documents: 10, seed: 34)
        let keys = try (0..<130).map { try testKey(.selection, seed: 2000 + $0, tenant: "tenant-\($0)") }
        var corpus = try ObservationCorpus(scheme: SelectionScheme())
        for document in documents { corpus.add(document) }
        let results = try TextMarkDetector(schemes: [SelectionScheme()], keys: keys).detect(pooling: documents)
        #expect(results.map(\.hits) == (try keys.map { try corpus.hits(key: $0.secret) }))
        #expect(results.map(\.tenant) == keys.map(\.identity.tenant))
        #expect(results.allSatisfy { $0.scored == corpus.count && $0.familySize == 130 })
        #expect(results.allSatisfy { $0.expectedHits == corpus.null.mean })
        #expect(Set(results.map(\.hits)).count > 5)
    }

    @Test func hugeEvidenceIsNotClamped() throws {
        let scheme = TriggerScheme(pairCount: 200)
        let key = try testKey(.trigger, seed: 5)
        let result = try #require(
            try TextMarkDetector(schemes: [scheme], keys: [key]).detect(
                DetectionDocument(text: triggerText(key, scheme: scheme))
            ).first)
        #expect(result.hits == 200)
        #expect(abs(result.log10P + 200 * 2.954_242_509_439_325) < 1e-6)
    }
}
