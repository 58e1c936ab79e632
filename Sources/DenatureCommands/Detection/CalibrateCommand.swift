import ArgumentParser
import Denature
import Foundation

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

    @OptionGroup var options: SettingsOptions<CalibrateSettings>
    @OptionGroup var printing: PrintingOptions

    func run() async throws {
        let report = try await Calibrator(options.settings).run().report()
        if printing.json {
            try Console.json(["calibration": report.entries])
        } else {
            for entry in report.entries { try Console.output(Self.line(entry)) }
        }
        if report.entries.contains(where: { !$0.holds }) {
            throw CommandFailure(description: "the p-values do not hold on this corpus")
        }
    }

    private static func line(_ entry: CalibrationReport.Entry) -> String {
        let alarms = entry.falseAlarms.map { "\($0.count) at \($0.level) (at most \($0.allowed))" }
            .joined(separator: ", ")
        let p = String(format: "%.3f", entry.uniformityP)
        return "\(entry.scheme)\t\(entry.keys) keys on \(entry.nScored) observations\tuniformity p \(p)\t"
            + "false alarms \(alarms)\t" + (entry.holds ? "holds" : "FAILS")
    }
}
