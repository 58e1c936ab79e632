import ArgumentParser
import Foundation
import KeyedPRF
import Marks
import Sanitizing
import Statistics
import Traces

/// `denature calibrate`.
struct CalibrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Try the detector with thousands of random keys on your own texts: do its p-values hold?",
        discussion: """
            Random keys have marked nothing, so their p-values must be uniform. Exact p-values of a count are discrete
            and conservative; uniformity is therefore tested (Kolmogorov-Smirnov) on the randomised p-value, and the
            reported p-value from one side: no more false alarms at 1 % and 0.1 % than the 99 % interval of the
            binomial distribution allows. Works on marked and unmarked texts alike; no keyring is needed.

              denature calibrate corpus.jsonl --keys 2000 --json

            Exit status: 0 all checks hold; 1 a check failed, or the input is unusable; 2 wrong usage.
            """)

    @Argument(help: "The texts, or - for standard input.") var file = "-"
    @Option(help: "Random keys to try.") var keys = 2000
    @Option(help: ArgumentHelp("Marks to try (default: lexical,trigger,selection).", valueName: "list"))
    var scheme: String?
    @Option(help: "Seed of the random keys.") var seed: UInt64 = 1
    @Option(help: ArgumentHelp("Shape of the input: \(TraceFormat.list).", valueName: "format"))
    var format: TraceFormat?
    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        if !(1...10_000_000).contains(keys) { throw ValidationError("--keys must be from 1 to 10000000") }
    }

    mutating func run() async throws {
        let order = try scheme.map { try SanitizePlan.order($0) } ?? [.lexical, .trigger, .selection]
        var entries: [CalibrationEntry] = []
        do {
            var corpora: [(name: String, corpus: ObservationCorpus)] = []
            for scheme in try DetectionKeys.schemes(order) {
                corpora.append((scheme.name, try ObservationCorpus(scheme: scheme)))
            }
            let input = TraceInput(file: file, format: format)
            try input.forEachRecord { record in
                for document in DetectionRun.documents(of: record) {
                    for index in corpora.indices { corpora[index].corpus.add(document) }
                }
            }
            for (name, corpus) in corpora {
                var generator = SeededGenerator(seed: seed)
                let calibration = try Calibration(of: corpus, keys: keys, using: &generator)
                entries.append(CalibrationEntry(name, calibration))
            }
        } catch {
            throw error is CommandFailure ? error : CommandFailure(description: "\(error)")
        }
        if json {
            try Console.json(["calibration": entries])
        } else {
            for entry in entries { try Console.output(entry.line) }
        }
        if entries.contains(where: { !$0.holds }) {
            throw CommandFailure(description: "the p-values do not hold on this corpus")
        }
    }
}

private struct CalibrationEntry: Encodable {
    struct Alarms: Encodable {
        var level: Double
        var count: Int
        var allowed: Int
    }

    var scheme: String
    var keys: Int
    var nScored: Int
    var uniformityP: Double
    var uniformityStatistic: Double
    var falseAlarms: [Alarms]
    var holds: Bool

    init(_ name: String, _ calibration: Calibration) {
        scheme = name
        keys = calibration.keys
        nScored = calibration.observations
        uniformityP = calibration.uniformityP
        uniformityStatistic = calibration.uniformityStatistic
        falseAlarms = calibration.alarms.map { Alarms(level: $0.level, count: $0.count, allowed: $0.allowed) }
        // One in ten thousand: calibration is run often, and a false alarm about false alarms helps nobody.
        holds = calibration.uniformityP > 1e-4 && calibration.alarms.allSatisfy(\.isValid)
    }

    var line: String {
        let alarms = falseAlarms.map { "\($0.count) at \($0.level) (at most \($0.allowed))" }.joined(separator: ", ")
        let p = String(format: "%.3f", uniformityP)
        return "\(scheme)\t\(keys) keys on \(nScored) observations\tuniformity p \(p)\tfalse alarms \(alarms)\t"
            + (holds ? "holds" : "FAILS")
    }
}
