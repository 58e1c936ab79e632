import Answers
import BenchmarkInternals
import BenchmarkSupport
import Foundation
import Marks
import Traces

/// What the parts cost on one thread: keyed functions per call, the stages of a trace per byte.
///
///     primitives [--input FILE] [--seconds N] [--json]
///
/// Bytes are those of the JSONL lines, also where a stage sees only the text in them, so that the stages' times add up.
@main
struct Primitives {
    struct Report: Codable {
        var conditions: Conditions
        var input: String
        var records: Int
        var megabytes: Double
        var memcpyMegabytesPerSecond: Double
        var rows: [Row]
    }

    struct Row: Codable {
        var name: String
        var callsPerSecond: Double
        /// For stages that work through bytes.
        var megabytesPerSecond: Double?
    }

    static func main() {
        do {
            try run()
        } catch {
            FileHandle.standardError.write(Data("primitives: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run() throws {
        let options = try Options(names: ["input", "seconds"], flags: ["json"])
        let input = options.string("input") ?? "fixtures/traces/mixed.jsonl"
        let seconds = Double(try options.integer("seconds", default: 1))
        let conditions = Conditions()
        let corpus = try Stages(path: input)
        var meter = Meter(seconds: seconds)
        try measureKeyedFunctions(&meter)
        try corpus.measure(&meter)
        let report = Report(
            conditions: conditions, input: input, records: corpus.lines.count,
            megabytes: Double(corpus.bytes) / 1e6, memcpyMegabytesPerSecond: Baselines.memcpyRate(),
            rows: meter.rows)
        if options.flag("json") { return try printJSON(report) }
        print("conditions: \(conditions.summary); one thread, \(seconds) s a row")
        print("input: \(input), \(report.records) records, \(column(report.megabytes, digits: 3, width: 0)) MB")
        print("baseline: memcpy \(Int(report.memcpyMegabytesPerSecond)) MB/s")
        print("")
        print("      calls/s       MB/s  of memcpy")
        for row in report.rows {
            let rate = row.megabytesPerSecond
            print(
                column(row.callsPerSecond, digits: 0, width: 13)
                    + (rate.map { column($0, width: 11) } ?? String(repeating: " ", count: 11))
                    + (rate.map { column($0 / report.memcpyMegabytesPerSecond * 100, digits: 3, width: 9) + " %" }
                        ?? String(repeating: " ", count: 11)) + "  \(row.name)")
        }
    }

    private static func measureKeyedFunctions(_ meter: inout Meter) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        buffer.initializeMemory(as: UInt8.self, repeating: 7)
        let functions = try KeyedFunctions()
        for count in [16, 40, 100] {
            let message = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            meter.time("HMAC-SHA-256 of \(count) bytes, drawn below 5", bytes: count) { index in
                buffer.storeBytes(of: UInt64(index), as: UInt64.self)
                return Int(truncatingIfNeeded: functions.draw(message))
            }
        }
        let message = UnsafeRawBufferPointer(rebasing: buffer[..<40])
        meter.time("SipHash-128 of 40 bytes", bytes: 40) { index in
            buffer.storeBytes(of: UInt64(index), as: UInt64.self)
            return Int(truncatingIfNeeded: functions.hash(message))
        }
        meter.time("AES-256-CTR, one 32-bit word in order") { Int(functions.word(UInt64($0))) }
        meter.time("AES-256-CTR, one 32-bit word anywhere") { Int(functions.word(UInt64($0) &* 7919 & 0xFFFFF)) }
        meter.time("AES-256-CTR, 1 MiB at a time", bytes: buffer.count) { index in
            functions.fill(buffer, fromByteOffset: UInt64(index) << 20)
            return Int(buffer[0])
        }
    }
}
