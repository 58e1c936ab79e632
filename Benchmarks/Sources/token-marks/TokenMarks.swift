import BenchmarkSupport
import Foundation
import Generation
import KeyedPRF
import Marks

#if canImport(Glibc)
    import Glibc
#endif

/// Detection of token marks in tokens per second, and embedding in steps per second, on one thread's processor time.
///
///     token-marks --tokens FILE.jsonl [--width N] [--vocabulary N] [--rounds N] [--json]
///
/// The input is JSONL of `{"tokens":[...]}`, best of natural text: how often contexts repeat decides the figures. The best
/// of the rounds counts. Baseline: reading the JSON.
@main
struct TokenMarks {
    struct Report: Codable {
        var conditions: Conditions
        var input: String
        var tokens: Int
        var width: Int
        var vocabulary: Int
        var parsedPerSecond: Double
        var detection: [Row]
        var embedding: [Row]
    }

    struct Row: Codable {
        var name: String
        var perSecond: Double
        var scored: Int?
    }

    static func main() {
        do {
            try run()
        } catch {
            FileHandle.standardError.write(Data("token-marks: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run() throws {
        let options = try Options(names: ["tokens", "width", "vocabulary", "rounds"], flags: ["json"])
        guard let input = options.string("tokens") else { throw Missing() }
        let width = try options.integer("width", default: 4)
        let rounds = try options.integer("rounds", default: 3)
        let conditions = Conditions()
        let data = try Data(contentsOf: URL(fileURLWithPath: input))
        var documents: [TokenDocument] = []
        let parsing = try seconds { documents = try parse(data) }
        let tokens = documents.reduce(0) { $0 + $1.tokens.count }
        let vocabulary = try options.integer("vocabulary", default: 151_936)
        let report = Report(
            conditions: conditions, input: input, tokens: tokens, width: width, vocabulary: vocabulary,
            parsedPerSecond: Double(tokens) / parsing,
            detection: try detection(documents, tokens: tokens, width: width, rounds: rounds),
            embedding: try embedding(vocabulary: vocabulary, width: width, rounds: rounds))
        if options.flag("json") { return try printJSON(report) }
        print("conditions: \(conditions.summary); one thread")
        print("input: \(input), \(tokens) tokens; contexts of \(width)")
        print("baseline: reading the JSON \(column(report.parsedPerSecond / 1e6, width: 0)) M tokens/s")
        print("")
        print(" M tokens/s     scored  detection")
        for row in report.detection {
            print(
                column(row.perSecond / 1e6, width: 11) + column(Double(row.scored ?? 0), digits: 0, width: 11), row.name
            )
        }
        print("")
        print("    steps/s  embedding, \(vocabulary) tokens")
        for row in report.embedding { print(column(row.perSecond, digits: 0, width: 11), row.name) }
    }

    private struct Missing: Error, CustomStringConvertible {
        var description: String { "--tokens FILE.jsonl is needed" }
    }

    private static func parse(_ data: Data) throws -> [TokenDocument] {
        try data.withUnsafeBytes { raw in
            let bytes = raw.bindMemory(to: UInt8.self)
            var documents: [TokenDocument] = []
            var start = 0
            while start < bytes.count {
                let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
                let line = UnsafeBufferPointer(rebasing: bytes[start..<end])
                if !line.isEmpty { documents.append(try TokenLine(parsing: line).document) }
                start = end + 1
            }
            return documents
        }
    }

    private static func detection(
        _ documents: [TokenDocument], tokens: Int, width: Int, rounds: Int
    ) throws -> [Row] {
        let secret = TokenTestKey.secret(try SecretBytes.random(count: 32))
        let engine = TokenTestKey.engine(EngineKey(42))
        var rows: [Row] = []
        func measure(_ scheme: TokenMark, _ key: TokenTestKey, _ name: String, deduplicates: Bool = true) throws {
            var row = Row(name: name, perSecond: 0, scored: 0)
            for _ in 0..<rounds {
                let detector = try TokenDetector(
                    tests: [(TokenTestConfiguration(scheme, width: width, deduplicates: deduplicates), [key])])
                let time = seconds {
                    for document in documents { detector.add(document) }
                    row.scored = detector.results().first?.scored
                }
                row.perSecond = max(row.perSecond, Double(tokens) / time)
            }
            rows.append(row)
        }
        try measure(.engineGumbel(.philox), engine, "vllm-gumbel, philox")
        try measure(.engineDualKeyGumbel(.philox, alpha: 0.1), engine, "vllm-dual-key-gumbel, philox")
        try measure(.engineSynthID(depth: 32), engine, "synthid, philox")
        try measure(.engineGumbel(.hmacSHA256), engine, "vllm-gumbel, hmac_sha256")
        try measure(.green(gamma: 0.25), secret, "green")
        try measure(.green(gamma: 0.25), secret, "green, repetitions counted", deduplicates: false)
        try measure(.fingerprint(gamma: 0.5), secret, "fingerprint")
        try measure(.gumbel, secret, "gumbel")
        try measure(.tournament(layers: 30), secret, "tournament")
        return rows
    }

    private static func embedding(vocabulary: Int, width: Int, rounds: Int) throws -> [Row] {
        let key = try Subkey(
            identity: KeyIdentity(purpose: .token, tenant: "benchmark", epoch: "1"), secret: .random(count: 32))
        var generator = SystemRandomNumberGenerator()
        let row = CandidateScores(scores: (0..<vocabulary).map { _ in Float.random(in: -8...8, using: &generator) })
        let steps = 100
        var rows: [Row] = []
        func measure(_ name: String, _ step: (inout CandidateScores, [Int32]) -> Void) throws {
            var best = 0.0
            for _ in 0..<rounds {
                var time = 0.0
                for number in 0..<steps {
                    var copy = row
                    let context = Array(repeating: Int32(7), count: width - 1) + [Int32(number)]
                    // Copying the row is the model's work, not the mark's.
                    copy.scores[0] += 1
                    time += seconds { step(&copy, context) }
                }
                best = max(best, Double(steps) / time)
            }
            rows.append(Row(name: name, perSecond: best))
        }
        func prf(_ parameters: TokenMark) throws -> TokenPRF {
            try TokenPRF(key: key, configuration: WatermarkConfiguration(parameters, width: width))
        }
        let green = GreenWatermark(prf: try prf(.green(gamma: 0.25, delta: 2)), gamma: 0.25, delta: 2)
        try measure("green") { green.apply(to: &$0, after: $1) }
        let gumbel = GumbelWatermark(prf: try prf(.gumbel))
        try measure("gumbel") { row, context in _ = gumbel.choose(from: row, after: context) }
        let tournament = TournamentWatermark(prf: try prf(.tournament(layers: 30)), layers: 30)
        try measure("tournament, 30 layers") { tournament.apply(to: &$0, after: $1) }
        let fingerprint = FingerprintWatermark(
            prf: try prf(.fingerprint(gamma: 0.5, lambda: 10)), gamma: 0.5, lambda: 10)
        let proxy = [Float](repeating: 1 / Float(vocabulary), count: vocabulary)
        try measure("fingerprint, without the proxy") { row, context in
            proxy.withUnsafeBufferPointer { fingerprint.apply(to: &row, after: context, proxy: $0) }
        }
        return rows
    }

    /// The processor time of this thread.
    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        func now() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
        }
        let start = now()
        try body()
        return now() - start
    }
}
