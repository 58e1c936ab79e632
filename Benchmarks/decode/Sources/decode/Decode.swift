import BenchmarkSupport
import Foundation
import Generation
import Torch
import TorchAntidistillation
import TorchModels

/// Decoding with and without the penalty, beside the bare matrix products of the same shapes.
///
///     decode --teacher DIR --proxy DIR --gradient FILE --prompts FILE [--count N] [--batch N] [--threads N]
///            [--new-tokens N] [--rounds N] [--top-k N] [--top-p P] [--only NAME,...] [--floor-seconds S] [--stop]
///            [--json]
///
/// The prompts are a JSON array of arrays of token ids, of which the first `count` are continued. Without `--stop` every
/// sequence gets all its new tokens. `--floor-seconds 0` times the bare products as briefly as can be, for a profile of
/// the rest.
@main
struct Decode {
    struct Report: Codable {
        var conditions: Conditions
        var torch: String
        var threads: Int
        var batch: Int
        var prompts: Int
        var newTokens: Int
        /// Seconds to put the teacher's weights into the order of the products, once per job.
        var preparationSeconds: Double
        var floorMicroseconds: Floor.Timing
        var libraryFloorMicroseconds: LibraryFloor.Timing
        var rows: [Row]
    }

    /// Medians over the rounds.
    struct Row: Codable {
        var name: String
        var timing: Workload.Timing
        /// Step over this decoder's own products with the weights, each round's own.
        var ofFloor: Double
        /// Step over libtorch's products, with weights and caches, each round's own.
        var ofLibraryFloor: Double
    }

    struct MissingOption: Error, CustomStringConvertible {
        var description: String
    }

    static func main() {
        do {
            try run()
        } catch {
            FileHandle.standardError.write(Data("decode: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run() throws {
        let options = try Options(
            names: [
                "teacher", "proxy", "gradient", "prompts", "count", "batch", "threads", "new-tokens", "rounds", "top-k",
                "top-p", "only", "floor-seconds",
            ], flags: ["stop", "json"])
        let conditions = Conditions()
        let threads = try options.integer("threads", default: 1)
        TorchRuntime.setThreads(threads)
        let workload = try load(options)
        let batch = try options.integer("batch", default: 1)
        let rounds = try options.integer("rounds", default: 3)
        let floorSeconds = options.string("floor-seconds").flatMap(Double.init) ?? 0.3
        let only = options.string("only")?.split(separator: ",").map(String.init)

        let start = ContinuousClock.now
        let session = try ReusedSession(workload.teacher, slots: batch, capacity: workload.capacity)
        let preparation = (ContinuousClock.now - start).seconds
        let variants = ([nil] + ProxyVariant.allCases).filter { only?.contains($0?.rawValue ?? "plain") ?? true }
        let proxies = try variants.map {
            try $0?.makeSession(workload.pair, slots: batch, capacity: workload.capacity)
        }
        let floor = try Floor(workload, batch: batch)
        let libraryFloor = try LibraryFloor(workload, batch: batch)

        var timings = variants.map { _ in [Workload.Timing]() }
        var ratios = variants.map { _ in [Double]() }
        var libraryRatios = ratios
        var floors: [Floor.Timing] = []
        var libraryFloors: [LibraryFloor.Timing] = []
        // The first round warms up.
        for round in 0...rounds {
            let bare = try floor.measure(seconds: floorSeconds)
            let library = try libraryFloor.measure(seconds: floorSeconds)
            for (i, variant) in variants.enumerated() {
                let timing = try workload.decode(
                    session: session, proxies: proxies[i], isLazy: variant?.isLazy ?? true, batch: batch,
                    newTokens: round == 0 ? min(8, workload.newTokens) : workload.newTokens)
                if round == 0 { continue }
                timings[i].append(timing)
                ratios[i].append(timing.stepMicroseconds / (variant == nil ? bare.teacher : bare.sum))
                libraryRatios[i].append(timing.stepMicroseconds / (variant == nil ? library.teacher : library.sum))
            }
            if round == 0 { continue }
            floors.append(bare)
            libraryFloors.append(library)
        }
        let report = Report(
            conditions: conditions, torch: TorchRuntime.version, threads: threads, batch: batch,
            prompts: workload.prompts.count, newTokens: workload.newTokens, preparationSeconds: preparation,
            floorMicroseconds: median(floors),
            libraryFloorMicroseconds: .init(
                weights: median(libraryFloors.map(\.weights)), caches: median(libraryFloors.map(\.caches))),
            rows: variants.indices.map { i in
                Row(
                    name: variants[i]?.rawValue ?? "plain",
                    timing: Workload.Timing(
                        tokensPerSecond: decode.median(timings[i].map(\.tokensPerSecond)),
                        stepMicroseconds: decode.median(timings[i].map(\.stepMicroseconds)),
                        proxyRunsPerToken: decode.median(timings[i].map(\.proxyRunsPerToken))),
                    ofFloor: decode.median(ratios[i]), ofLibraryFloor: decode.median(libraryRatios[i]))
            })
        if options.flag("json") { try printJSON(report) } else { print(report) }
    }

    private static func load(_ options: Options) throws -> Workload {
        func path(_ name: String) throws -> String {
            guard let value = options.string(name) else {
                throw MissingOption(description: "--\(name) is missing")
            }
            return value
        }
        let teacher = try DecoderModel.load(path("teacher"))
        let proxy = try DecoderModel.load(path("proxy"))
        let gradient = try GradientFile.load(path("gradient"), for: proxy, modelDigest: nil)
        let prompts = try JSONDecoder().decode(
            [[Int32]].self, from: Data(contentsOf: URL(fileURLWithPath: path("prompts"))))
        let count = try options.integer("count", default: max(1, prompts.count))
        return Workload(
            teacher: teacher, pair: try PerturbedPair(proxy, gradient: gradient), gradientNorm: gradient.norm,
            prompts: Array(prompts.prefix(count)), newTokens: try options.integer("new-tokens", default: 64),
            stopTokens: options.flag("stop") ? Set(teacher.configuration.endIDs) : [], strength: 1,
            topK: try options.integer("top-k", default: 50), topP: options.string("top-p").flatMap(Double.init))
    }

    private static func median(_ timings: [Floor.Timing]) -> Floor.Timing {
        Floor.Timing(
            teacher: decode.median(timings.map(\.teacher)), copies: decode.median(timings.map(\.copies)))
    }

    private static func print(_ report: Report) {
        Swift.print("conditions: \(report.conditions.summary); libtorch \(report.torch)")
        Swift.print(
            "batch \(report.batch), threads \(report.threads), \(report.prompts) prompts, \(report.newTokens) new tokens"
                + " each; weights made ready in \(column(report.preparationSeconds, digits: 2, width: 0)) s")
        for (name, floor) in [
            ("own, with the weights", report.floorMicroseconds),
            ("libtorch's, with the weights", report.libraryFloorMicroseconds.weights),
            ("libtorch's, with the caches", report.libraryFloorMicroseconds.caches),
        ] {
            Swift.print(
                "products, \(name): of the teacher \(column(floor.teacher, width: 0)) µs, of both copies"
                    + " \(column(floor.copies, width: 0)) µs")
        }
        Swift.print(" tokens/s    step µs   of own  of libtorch's  runs/tok  ")
        for row in report.rows {
            Swift.print(
                [
                    column(row.timing.tokensPerSecond), column(row.timing.stepMicroseconds, width: 10),
                    column(row.ofFloor, digits: 3), column(row.ofLibraryFloor, digits: 3, width: 14),
                    column(row.timing.proxyRunsPerToken, digits: 3),
                ].joined(separator: " ") + "  \(row.name)")
        }
    }
}
