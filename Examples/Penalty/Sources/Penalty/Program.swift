import Denature
import DenatureTorch
import Foundation
import KeyedPRF
import Marks
import Synchronization
import TraceGeneration

/// A teacher writes traces under the penalty of a proxy student, with a customer's mark in its tokens; then the mark is looked
/// for.
@main
enum Program {
    static func main() async throws {
        guard CommandLine.arguments.count == 2 else { fail("usage: Penalty LAB") }
        let lab = CommandLine.arguments[1]
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "keyring.json").path
        let keyring = try Keyring.create(at: path, tenants: ["acme", "globex"])

        var settings = SampleSettings()
        settings.teacher = lab + "/teacher"
        settings.prompts = lab + "/prompts.jsonl"
        settings.limit = 150
        settings.decoding.maxNewTokens = 80
        settings.decoding.seed = 1
        settings.withTokenIds = true
        settings.penalty.proxy = lab + "/proxy"
        settings.penalty.gradient = lab + "/gradient.safetensors"
        settings.penalty.strength = 0.3
        settings.mark.watermark = "green"
        settings.key.keyring = path
        settings.key.tenant = "acme"

        let delivered = Delivered()
        let report = try await TraceSampler(settings).run(delivering: delivered.add).report()
        let traces = delivered.traces
        let divergence = traces.compactMap(\.kl).reduce(0, +) / Double(max(1, traces.count))
        print(
            "\(report.traces) traces, \(report.correct) of \(report.graded) right, \(divergence) nats a token from the teacher"
        )
        guard report.traces == 150, traces.count == 150 else { fail("there must be a trace for every problem") }
        guard divergence > 0 else { fail("the penalty did nothing") }

        var test = DetectSettings()
        test.scheme = "green"
        test.level = 1e-4
        let results = try Detector(test, keyring: keyring)
            .detect(traces.map { TokenDocument(tokens: $0.tokenIds ?? []) })
        for result in results { print(result.scheme, result.tenant, "log10 p", result.log10P, result.verdict) }
        guard Set(results.filter { $0.verdict == .marked }.map(\.tenant)) == ["acme"] else {
            fail("the mark of acme, and no other, must be found")
        }
    }

    private static func fail(_ why: String) -> Never {
        FileHandle.standardError.write(Data("Penalty: \(why)\n".utf8))
        exit(1)
    }
}

/// What the sampler handed over so far.
final class Delivered: Sendable {
    private let all = Mutex<[SampledTrace]>([])

    var traces: [SampledTrace] { all.withLock { $0 } }

    @Sendable func add(_ traces: [SampledTrace]) { all.withLock { $0 += traces } }
}
