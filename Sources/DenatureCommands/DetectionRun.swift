import Foundation
import KeyedPRF
import Marks
import Sanitizing
import Traces

/// One trace's own test.
struct TraceDetection: Sendable {
    var location: SourceLocation
    var id: String?
    var results: [DetectionResult]
}

/// Reads a corpus for the detector.
struct DetectionRun {
    let detector: TextMarkDetector
    let path: String
    let format: TraceFormat?
    let maxRecordBytes: Int

    private var name: String { path == "-" ? "<stdin>" : path }

    /// Whether the input is a file: a pipe's bytes are gone once they are read.
    var canBeReadAgain: Bool {
        let type =
            try? FileManager.default.attributesOfItem(
                atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)[.type] as? FileAttributeType
        return path != "-" && type == .typeRegular
    }

    /// All records pooled, on all cores.
    func pooled() async throws -> [DetectionResult] {
        var source = try openSource()
        let parser = parser
        let counts = try await detector.count(
            concurrency: ProcessInfo.processInfo.activeProcessorCount,
            nextBatch: { try source.next() },
            scan: { unit, worker in
                try parser.forEachRecord(in: unit) { record in
                    for document in Self.documents(of: record) {
                        worker.scan(document.text, reasoning: document.reasoning)
                    }
                }
            })
        return detector.results(of: counts)
    }

    /// Every record by itself, in input order.
    func eachTrace(_ body: (TraceDetection) throws -> Void) async throws {
        var source = try openSource()
        let single = try SingleTraceDetector(detector)
        while let unit = try source.next() {
            try parser.forEachRecord(in: unit) { record in
                let results = try single.detect(Self.documents(of: record))
                try body(TraceDetection(location: record.location, id: record.id, results: results))
            }
        }
    }

    private var parser: UnitParser { UnitParser(format: format, file: name) }

    private func openSource() throws -> RecordSource {
        try RecordSource(path: path, format: format, unitBytes: 256 << 10, maxRecordBytes: maxRecordBytes)
    }

    /// The reasoning texts of a record.
    static func documents(of record: TraceRecord) -> [DetectionDocument] {
        record.turns.flatMap { turn in
            turn.fields.compactMap { field in
                let reasoning = TraceRegions.find(in: field.text, role: field.role).reasoning
                return reasoning.isEmpty ? nil : DetectionDocument(text: field.text, reasoning: reasoning)
            }
        }
    }
}

/// Tests the documents of one record together.
private struct SingleTraceDetector {
    private let detector: TextMarkDetector
    private let worker: ObservationWorker

    init(_ detector: TextMarkDetector) throws {
        self.detector = detector
        worker = try ObservationWorker(plan: detector.plan, dropsRepetitions: false)
    }

    func detect(_ documents: [DetectionDocument]) throws -> [DetectionResult] {
        let merger = ObservationMerger(plan: detector.plan, options: detector.deduplication)
        for document in documents { worker.scan(document.text, reasoning: document.reasoning) }
        try merger.merge(worker.takeObservations())
        return detector.results(of: try merger.finish())
    }
}
