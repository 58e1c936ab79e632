import BenchmarkSupport
import Foundation

/// Throughput and peak memory of the real program on a large JSONL file.
///
///     throughput [--denature PROGRAM] [--input FILE] [--megabytes N] [--only NAME,...] [--seed N] [--folder DIR]
///                [--keep] [--json]
@main
struct Throughput {
    struct Report: Codable {
        var conditions: Conditions
        var input: String
        var size: Corpus.Size
        var seed: Int
        var memcpyMegabytesPerSecond: Double
        var readMegabytesPerSecond: Double
        var floorOfPeakMegabytes: Double
        var rows: [Row]
    }

    /// One run of the program.
    struct Row: Codable {
        var name: String
        var wallSeconds: Double
        var userSeconds: Double
        var systemSeconds: Double
        var megabytesPerSecond: Double
        var shareOfRead: Double
        var peakMegabytes: Double
        var note: String
    }

    static func main() {
        do {
            try run()
        } catch {
            FileHandle.standardError.write(Data("throughput: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run() throws {
        let options = try Options(
            names: ["denature", "input", "megabytes", "only", "seed", "folder"], flags: ["keep", "json"])
        let isJSON = options.flag("json")
        let megabytes = try options.integer("megabytes", default: 200)
        let seed = try options.integer("seed", default: 1)
        let input = options.string("input") ?? "fixtures/traces/mixed.jsonl"
        let conditions = Conditions()
        let folder = try WorkFolder(in: options.string("folder"))
        defer { if !options.flag("keep") { folder.remove() } }

        let size = try Corpus(path: input, seed: UInt64(seed)).write(
            to: folder.path("input.jsonl"), bytes: megabytes * 1_000_000)
        let program = options.string("denature") ?? ".build/release/denature"
        let bench = ProgramRuns(program: program, folder: folder, bytes: size.bytes)
        try bench.makeKeys()

        // Once for the page cache, so that every later reader finds the file in memory.
        _ = try Baselines.readRate(folder.path("input.jsonl"))
        let read = try Baselines.readRate(folder.path("input.jsonl"))
        var report = Report(
            conditions: conditions, input: input, size: size, seed: seed,
            memcpyMegabytesPerSecond: 0, readMegabytesPerSecond: read,
            floorOfPeakMegabytes: ChildRun.ownPeakMegabytes, rows: [])
        if !isJSON { printHead(report) }

        var rows: [Row] = []
        let only = options.string("only")?.split(separator: ",").map(String.init)
        for measurement in ProgramRuns.Measurement.allCases
        where only?.contains(where: { measurement.rawValue.contains($0) }) ?? true {
            let row = try bench.measure(measurement, readRate: read)
            rows.append(row)
            if !isJSON { printRow(row) }
        }
        // After the children, because its buffers would count in their peaks.
        report.memcpyMegabytesPerSecond = Baselines.memcpyRate()
        report.rows = rows
        if isJSON {
            try printJSON(report)
        } else {
            print("memcpy: \(Int(report.memcpyMegabytesPerSecond)) MB/s")
        }
    }

    private static func printHead(_ report: Report) {
        print("conditions: \(report.conditions.summary)")
        print(
            "input: \(report.input) varied (seed \(report.seed)) to \(report.size.records) records,"
                + " \(column(Double(report.size.bytes) / 1e6, width: 0)) MB, in the page cache")
        print(
            "baseline: reading the input in 1 MiB pieces, \(Int(report.readMegabytesPerSecond)) MB/s; peaks read at least"
                + " \(Int(report.floorOfPeakMegabytes)) MB by the way they are taken")
        print("MB/s: 10^6 bytes of input per second of wall clock; peak: largest resident size, 10^6 bytes")
        print("")
        print("     wall s    user s     sys s      MB/s   of read   peak MB  run")
    }

    private static func printRow(_ row: Row) {
        print(
            [
                column(row.wallSeconds, digits: 2), column(row.userSeconds, digits: 2),
                column(row.systemSeconds, digits: 2), column(row.megabytesPerSecond),
                column(row.shareOfRead * 100, digits: 2, width: 8) + "%", column(row.peakMegabytes, digits: 0),
            ].joined(separator: " ") + "  \(row.name)\(row.note.isEmpty ? "" : "  [\(row.note)]")")
        fflush(nil)
    }
}
