import KeyedPRF
import TraceRewriting
import Traces

/// A unit's output and what became of its records.
struct UnitResult: Sendable {
    /// The unit's number.
    var number: Int
    /// The released records with what is kept around each, such as a line's terminator, in input order.
    var output: [UInt8] = []
    /// What stands around and between the records in the output; nil where that is nothing.
    var framing: RecordFraming?
    /// One per record; `output` of each is nil here, `span` says where its bytes stand.
    var records: [RecordResult] = []
    /// Per record, its bytes in `output`.
    var spans: [Range<Int>] = []
    /// Bytes of input the unit stood for.
    var inputBytes = 0
}

/// Work on one unit that is the same whichever worker does it.
struct UnitProcessor: Sendable {
    /// The pipeline for each record.
    var pipeline: RecordPipeline
    /// Reads the records.
    var parser: UnitParser
    /// Whether records of a container are written as lines.
    var writesLines = false
    /// Records an attempt before each request; nil for jobs without ledger.
    var willSend: (@Sendable (_ index: Int) async throws -> Void)?

    func process(_ work: WorkUnit) async throws(SanitizeError) -> UnitResult {
        let unit = work.unit
        var result = UnitResult(number: unit.number)
        if !writesLines { result.framing = unit.framing }
        switch unit.content {
        case .lines(let batch):
            result.output.reserveCapacity(batch.bytes.count + batch.bytes.count / 8)
            for (offset, range) in batch.lines.enumerated() {
                let location = batch.location(of: offset, in: parser.file)
                let digest = batch.bytes.withUnsafeBytes { SHA256Digest.of(.init(rebasing: $0[range])) }
                result.inputBytes += range.count + 1
                let index = unit.firstRecord + offset
                guard try !isFinished(index, digest, location, work) else { continue }
                let record: TraceRecord
                do throws(TraceError) {
                    record = try parser.record(at: offset, of: batch)
                } catch {
                    throw SanitizeError.input(error)
                }
                var outcome = try await run(record, index: index, digest: digest)
                let start = result.output.count
                // Part of the first record's bytes, so that it stays first however the records are put together.
                if offset == 0, unit.beginsWithByteOrderMark { result.output += [0xEF, 0xBB, 0xBF] }
                if let bytes = outcome.output {
                    if writesLines, unit.framing != nil {
                        result.output += LineBatch.asLine(bytes)
                    } else {
                        result.output += batch.before(offset)
                        result.output += bytes
                        result.output += batch.behind(offset)
                    }
                }
                outcome.output = nil
                result.records.append(outcome)
                result.spans.append(start..<result.output.count)
            }
        case .record(let record):
            let digest = RecordPipeline.digest(of: record)
            guard try !isFinished(unit.firstRecord, digest, record.location, work) else { return result }
            var outcome = try await run(record, index: unit.firstRecord, digest: digest)
            outcome.output = nil
            result.output = DocumentAssembly.line(outcome.replacements)
            result.records.append(outcome)
            result.spans.append(0..<result.output.count)
        }
        return result
    }

    private func isFinished(
        _ index: Int, _ digest: Digest256, _ location: SourceLocation, _ unit: WorkUnit
    ) throws(SanitizeError) -> Bool {
        guard let recorded = unit.finished[index] else { return false }
        guard recorded == digest else { throw SanitizeError.inputChanged(location) }
        return true
    }

    private func run(_ record: TraceRecord, index: Int, digest: Digest256) async throws(SanitizeError) -> RecordResult {
        var hook: (@Sendable () async throws -> Void)?
        if let willSend { hook = { try await willSend(index) } }
        do throws(RewriteError) {
            return try await pipeline.process(record, index: index, inputDigest: digest, willSend: hook)
        } catch {
            switch error {
            case .cancelled: throw SanitizeError.interrupted(resumable: willSend != nil)
            case .failed(let why), .unavailable(let why): throw SanitizeError.endpoint(why)
            }
        }
    }
}
