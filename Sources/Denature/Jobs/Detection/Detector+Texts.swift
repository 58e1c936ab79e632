import Foundation
import Marks
import Sanitizing
import Synchronization
import Traces

extension Detector {
    func testTexts(
        _ reporter: JobReporter<DetectProgress>, _ each: (SingleDetection) throws -> Void
    ) async throws -> DetectReport {
        let detector = try textDetector()
        if settings.perTrace {
            try testEach(detector, reporter, each)
            if !canBeReadAgain { return DetectReport(pooled: nil, level: level) }
        }
        var source = try openTexts()
        let parser = source.parser
        let coverage = Mutex(TextCoverage())
        let counts = try await detector.count(
            concurrency: ProcessInfo.processInfo.activeProcessorCount,
            nextBatch: {
                let unit = try source.next()
                reporter.progress(DetectProgress(records: source.recordCount))
                return unit
            },
            scan: { unit, worker in
                var read = TextCoverage()
                try parser.forEachRecord(in: unit) { record in
                    let documents = TestedTexts.documents(of: record)
                    read += TextCoverage(of: record, tested: documents)
                    for document in documents { worker.scan(document.text, reasoning: document.reasoning) }
                }
                coverage.withLock { $0 += read }
            })
        return DetectReport(
            pooled: .texts(detector.results(of: counts)), level: level, coverage: coverage.withLock { $0 })
    }

    /// Every record by itself, in input order.
    private func testEach(
        _ detector: TextMarkDetector, _ reporter: JobReporter<DetectProgress>, _ each: (SingleDetection) throws -> Void
    ) throws {
        var source = try openTexts()
        let parser = source.parser
        let worker = try ObservationWorker(plan: detector.plan, dropsRepetitions: false)
        while let unit = try source.next() {
            try Task.checkCancellation()
            try parser.forEachRecord(in: unit) { record in
                let merger = ObservationMerger(plan: detector.plan, options: detector.deduplication)
                for document in TestedTexts.documents(of: record) {
                    worker.scan(document.text, reasoning: document.reasoning)
                }
                try merger.merge(worker.takeObservations())
                try each(
                    .trace(
                        TraceDetection(
                            location: record.location, id: record.id,
                            results: detector.results(of: try merger.finish()))))
            }
            reporter.progress(DetectProgress(records: source.recordCount))
        }
    }

    /// Whether the input is a file: a pipe's bytes are gone once they are read.
    private var canBeReadAgain: Bool {
        let path = URL(fileURLWithPath: settings.file).resolvingSymlinksInPath().path
        let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        return settings.file != "-" && type == .typeRegular
    }

    private func openTexts() throws -> TraceReader {
        try TraceReader(
            path: settings.file, format: settings.format, fields: try? TraceFieldPaths(settings.fields),
            unitBytes: TestedTexts.unitBytes,
            maxRecordBytes: settings.maxRecordBytes)
    }
}
