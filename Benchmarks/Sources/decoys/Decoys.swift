import BenchmarkInternals
import BenchmarkSupport
import Foundation
import Marks

/// How long many decoy keys take: through the keyed function, and as random draws.
///
///     decoys [--tokens FILE.jsonl] [--positions N] [--keys N] [--threads N] [--width N] [--rows N]
///         [--schemes a,b] [--json]
///
/// Tokens come from JSONL of `{"tokens":[...]}`, or else from Zipf's law; as many count as there are positions. The draws
/// are made for the tuples that a reference with `--rows` likely tokens per position gives; the Chernoff bound of one score
/// is timed beside them.
@main
struct Decoys {
    struct Report: Codable {
        var conditions: Conditions
        var input: String
        var positions: Int
        var keys: Int
        var threads: Int
        var width: Int
        var rows: [Row]
    }

    struct Row: Codable {
        var scheme: String
        var scored: Int
        var keyedSeconds: Double
        var tuples: Int
        var drawnSeconds: Double
        var realKeySeconds: Double
        var boundSeconds: Double
    }

    static func main() {
        do {
            try run()
        } catch {
            FileHandle.standardError.write(Data("decoys: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run() throws {
        let options = try Options(
            names: ["tokens", "positions", "keys", "threads", "width", "rows", "schemes"], flags: ["json"])
        let conditions = Conditions()
        let positions = try options.integer("positions", default: 100_000)
        let keys = try options.integer("keys", default: 10_000)
        let threads = try options.integer("threads", default: conditions.cores)
        let width = try options.integer("width", default: 4)
        let likely = try options.integer("rows", default: 1)
        let input = options.string("tokens")
        let tokens = try input.map { try read($0, atMost: positions + width) } ?? DecoyTimes.zipf(positions + width)
        let wanted = options.string("schemes").map { Set($0.split(separator: ",").map(String.init)) }
        let schemes: [TokenMark] = [
            .green(gamma: 0.25), .green(gamma: 0.3), .fingerprint(gamma: 0.5), .gumbel, .tournament(layers: 30),
            .engineGumbel(.philox), .engineGumbel(.hmacSHA256), .engineDualKeyGumbel(.philox, alpha: 0.1),
            .engineSynthID(depth: 32),
        ]
        var rows: [Row] = []
        for scheme in schemes where wanted?.contains(scheme.name.text) ?? true {
            rows.append(
                try measure(
                    TokenTestConfiguration(scheme, width: width), tokens, keys: keys, threads: threads,
                    likely: likely))
        }
        let report = Report(
            conditions: conditions, input: input ?? "Zipf's law", positions: tokens.count, keys: keys,
            threads: threads, width: width, rows: rows)
        if options.flag("json") { return try printJSON(report) }
        print("conditions: \(conditions.summary)")
        print(
            "\(report.input), \(tokens.count) tokens, contexts of \(width); \(keys) keys, \(threads) threads; seconds")
        print("")
        print("    keyed    scored      drawn    tuples  one key    bound")
        for row in rows {
            print(
                column(row.keyedSeconds) + column(Double(row.scored), digits: 0, width: 10)
                    + column(row.drawnSeconds, width: 11) + column(Double(row.tuples), digits: 0, width: 10)
                    + column(row.realKeySeconds, digits: 3) + column(row.boundSeconds, digits: 3), row.scheme)
        }
    }

    private static func measure(
        _ configuration: TokenTestConfiguration, _ tokens: [Int32], keys: Int, threads: Int, likely: Int
    ) throws -> Row {
        let times = try DecoyTimes(configuration, tokens, keys: keys, threads: threads, likely: likely)
        return Row(
            scheme: "\(configuration.mark)", scored: times.scored, keyedSeconds: times.keyedSeconds,
            tuples: times.tuples, drawnSeconds: times.drawnSeconds, realKeySeconds: times.realKeySeconds,
            boundSeconds: times.boundSeconds)
    }

    private static func read(_ file: String, atMost count: Int) throws -> [Int32] {
        var tokens: [Int32] = []
        for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") where tokens.count < count
        {
            tokens += try TokenLine(parsing: String(line)).tokens
        }
        return Array(tokens.prefix(count))
    }
}
