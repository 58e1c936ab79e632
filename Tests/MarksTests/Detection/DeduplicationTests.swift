import Foundation
import KeyedPRF
import Marks
import TestSupport
import Testing

@testable import Marks

@Suite struct DeduplicationTests {
    private func detector(memoryLimit: Int = 96 << 20, folder: String = "/tmp") throws -> TextMarkDetector {
        try TextMarkDetector(
            schemes: [SelectionScheme(), TriggerScheme()],
            keys: [
                testKey(.selection, seed: 1), testKey(.trigger, seed: 2), testKey(.selection, seed: 3, tenant: "other"),
            ], deduplication: DeduplicationOptions(memoryLimit: memoryLimit, folder: folder))
    }

    @Test func repeatingACorpusChangesNothing() throws {
        let corpus =
            SyntheticCorpus.templates(documents: 60, seed: 11)
            + SyntheticCorpus.zipf(documents: 5, length: 50, seed: 12)
        let once = try detector().detect(pooling: corpus)
        let five = try detector().detect(pooling: (0..<5).flatMap { _ in corpus })
        #expect(once == five)
        #expect(once.count == 3 && once[0].scored > 500)
    }

    @Test func theFirstOccurrenceInDocumentOrderCounts() throws {
        let key = try testKey(.trigger, seed: 2)
        let pair = try #require(try TriggerScheme().pairs(of: key).first)
        let right = DetectionDocument(text: pair.statement())
        let other = pair.target == "777" ? "778" : "777"
        let wrong = DetectionDocument(text: pair.statement().replacing(pair.target, with: other))
        let detector = TextMarkDetector(schemes: [TriggerScheme()], keys: [key])
        #expect(try detector.detect(pooling: [right, wrong]).map(\.hits) == [1])
        #expect(try detector.detect(pooling: [wrong, right]).map(\.hits) == [0])
        #expect(try detector.detect(pooling: [wrong, right]).map(\.scored) == [1])
    }

    @Test(arguments: [400, 60_000])
    func spillingChangesNothing(words: Int) throws {
        let folder = try TemporaryDirectory()
        // Even the smallest table holds 768 digests; 60,000 make the partitions spill again.
        let corpus = SyntheticCorpus.zipf(documents: 10, length: words / 10, seed: 13)
        let twice = corpus + SyntheticCorpus.templates(documents: 20, seed: 14) + corpus.reversed()
        #expect(
            try detector(memoryLimit: 0, folder: folder.path).detect(pooling: twice)
                == detector().detect(pooling: twice))
    }

    @Test func aSmallTableReallySpills() throws {
        let detector = try detector(memoryLimit: 0)
        let worker = try ObservationWorker(plan: detector.plan)
        let merger = ObservationMerger(plan: detector.plan, options: detector.deduplication)
        for document in SyntheticCorpus.zipf(documents: 10, length: 200, seed: 15) {
            worker.scan(document.text, reasoning: document.reasoning)
        }
        try merger.merge(worker.takeObservations())
        #expect(merger.hasSpilled)
    }

    @Test func aFolderThatIsMissingIsAClearError() throws {
        let detector = try detector(memoryLimit: 0, folder: "/nonexistent/folder")
        let corpus = SyntheticCorpus.zipf(documents: 10, length: 200, seed: 15)
        let error = #expect(throws: DetectionError.self) { try detector.detect(pooling: corpus) }
        #expect(error?.description.contains("/nonexistent/folder") == true)
    }

    @Test func noFileIsLeftBehind() throws {
        let folder = try TemporaryDirectory()
        let partitions = try SpillPartitions(folder: folder.path, stride: 4)
        let record: [UInt64] = [1, 2, 3, 4]
        try record.withUnsafeBufferPointer { try partitions.append($0, to: 5) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        var read: [[UInt64]] = []
        try partitions.drain(5) { (words) throws(DetectionError) in read.append(Array(words)) }
        #expect(read == [record])
    }

    @Test(arguments: [1, 2, 5, 16]) func workersDoNotMatter(concurrency: Int) async throws {
        let corpus =
            SyntheticCorpus.templates(documents: 80, seed: 16)
            + SyntheticCorpus.zipf(documents: 20, length: 40, seed: 17)
        let detector = try detector(memoryLimit: 0)
        var batches = stride(from: 0, to: corpus.count, by: 3).map { Array(corpus[$0..<min($0 + 3, corpus.count)]) }
        batches.reverse()
        let counts = try await detector.count(
            concurrency: concurrency, nextBatch: { batches.popLast() },
            scan: { batch, worker in
                for document in batch { worker.scan(document.text, reasoning: document.reasoning) }
            })
        #expect(detector.results(of: counts) == (try self.detector().detect(pooling: corpus)))
    }

    /// Batches that pile up behind a slow one must all be merged, and reading must go on after it.
    @Test func aSlowBatchLosesNothing() async throws {
        let corpus = SyntheticCorpus.zipf(documents: 60, length: 40, seed: 17)
        let detector = try detector()
        var batches = Array(corpus.enumerated().reversed())
        let counts = try await detector.count(
            concurrency: 2, nextBatch: { batches.popLast() },
            scan: { batch, worker in
                if batch.offset == 0 { Thread.sleep(forTimeInterval: 0.3) }
                worker.scan(batch.element.text, reasoning: batch.element.reasoning)
            })
        #expect(batches.isEmpty)
        #expect(detector.results(of: counts) == (try detector.detect(pooling: corpus)))
    }

    @Test func errorsOfABatchEndTheRun() async throws {
        struct Broken: Error {}
        let detector = try detector()
        var left = 20
        await #expect(throws: Broken.self) {
            _ = try await detector.count(
                concurrency: 2,
                nextBatch: {
                    left -= 1
                    return left >= 0 ? left : nil
                },
                scan: { number, _ in
                    if number == 7 { throw Broken() }
                })
        }
    }

    @Test(arguments: [21, 22] as [UInt64]) func theSetAgreesWithAReference(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var set = DigestSet(memoryLimit: .max)
        var reference: Set<[UInt64]> = []
        for _ in 0..<6000 {
            // Few values, the empty mark among them, and equal low bits that collide.
            let digest = (
                UInt64.random(in: 0..<50, using: &generator) << 40, UInt64.random(in: 1..<90, using: &generator)
            )
            let isNew = reference.insert([digest.0, digest.1]).inserted
            #expect((set.insert(digest) == .inserted) == isNew)
        }
        #expect(set.count == reference.count)
        #expect(set.insert((0, 0)) == (reference.contains([0, 1]) ? .present : .inserted))
        #expect(set.insert((0, 0)) == .present)
    }

    @Test func aFullSetStillKnowsItsMembers() {
        var set = DigestSet(memoryLimit: 0)
        var held = 0
        while set.insert((UInt64(held), 7)) == .inserted { held += 1 }
        #expect(held == 768)
        #expect(set.insert((5, 7)) == .present)
        #expect(set.insert((100_000, 7)) == .full)
    }
}
