import Auditing
import BenchmarkSupport
import Foundation
import Statistics
import WatermarkDetection

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
        let tokens = try input.map { try read($0, atMost: positions + width) } ?? zipf(positions + width)
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
        let document = TokenDocument(tokens: tokens)
        let corpus = TokenCorpus(configuration)
        corpus.add(document)
        var generator = SeededGenerator(seed: 1)
        let decoys = (0..<keys).map { _ in corpus.randomKey(using: &generator) }
        let clock = ContinuousClock()
        let keyed = try clock.measure { _ = try corpus.totals(keys: decoys, threads: threads) }

        let reference = tokens.map { _ in
            TopTokens(
                tokens: (0..<likely).map { Int32(200_000 + $0) },
                probabilities: (0..<likely).map { _ in Float.random(in: 0..<1 / Float(likely), using: &generator) })
        }
        let weights = TupleWeights(configuration, rule: .observedMinusReference)
        weights.add(document, reference: reference)
        let test = WeightedKeyTest(weights.tuples(), configuration: configuration)
        let drawn = clock.measure { _ = test.decoyScores(count: keys, seed: 1, threads: threads) }
        var score = try test.score(key: decoys[0])
        let realKey = try clock.measure { score = try test.score(key: decoys[0]) }
        score.sum = 10 * test.deviation
        let bound = clock.measure { _ = test.log10Chernoff(score) }
        let name = "\(configuration.mark)"
        return Row(
            scheme: name, scored: corpus.count, keyedSeconds: keyed / .seconds(1), tuples: test.tuples.count,
            drawnSeconds: drawn / .seconds(1), realKeySeconds: realKey / .seconds(1), boundSeconds: bound / .seconds(1))
    }

    private static func read(_ file: String, atMost count: Int) throws -> [Int32] {
        var tokens: [Int32] = []
        for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") where tokens.count < count
        {
            tokens += try TokenLine(parsing: String(line)).tokens
        }
        return Array(tokens.prefix(count))
    }

    private static func zipf(_ count: Int) -> [Int32] {
        var generator = SeededGenerator(seed: 2)
        return (0..<count).map { _ in Int32(pow(50_000, Double.random(in: 0..<1, using: &generator))) - 1 }
    }
}
