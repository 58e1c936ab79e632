import Foundation
import Marks
import Sanitizing
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
        let counts = try await detector.count(
            concurrency: ProcessInfo.processInfo.activeProcessorCount,
            nextBatch: {
                let unit = try source.next()
                reporter.progress(DetectProgress(records: source.recordCount))
                return unit
            },
            scan: { unit, worker in
                try parser.forEachRecord(in: unit) { record in
                    for document in TestedTexts.documents(of: record) {
                        worker.scan(document.text, reasoning: document.reasoning)
                    }
                }
            })
        return DetectReport(pooled: .texts(detector.results(of: counts)), level: level)
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
            path: settings.file, format: settings.format, unitBytes: TestedTexts.unitBytes,
            maxRecordBytes: settings.maxRecordBytes)
    }
}
