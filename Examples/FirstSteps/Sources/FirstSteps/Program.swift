import Denature
import DenatureTorch
import Foundation
import KeyedPRF
import Marks

/// The first program of somebody who had this package's README and documentation and nothing else: sanitise a trace, find out
/// whose it is, let a teacher sample under the penalty.
@main
enum Program {
    static let problem = """
        Bruno has 25 pencils. At the market Bruno buys 14 more. Amina brings 6 boxes with 3 pencils in each box. A cousin then \
        doubles what Bruno has. Half of them are lost on the way home. At the market Bruno buys 12 more. How many pencils does \
        Bruno have now?
        """
    static let trace = """
        Bruno begins with 25 pencils, which is the number we need to keep track of. Because Bruno buys 14 more at the market, \
        the amount grows to 25 + 14 = 39. 6 boxes with 3 pencils each contain 6 * 3 = 18 pencils. Thus, Bruno now has \
        39 + 18 = 57 pencils. Next the number doubles, and we get 57 * 2 = 114 pencils in all. Unfortunately half of the \
        pencils are gone, and thus 114 / 2 = 57 are still there. Then, Bruno buys 12 more pencils, so there are 57 + 12 = 69 \
        pencils in total. Thus, the number of pencils that Bruno has at the end is 69.
        Final Answer: 69
        """

    static func main() async throws {
        guard CommandLine.arguments.count == 2 else { fail("usage: FirstSteps LAB") }
        let lab = CommandLine.arguments[1]

        // 1. A keyring, and one trace sanitised with the lexical mark.
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let keyring = try Keyring.create(at: folder.appending(path: "keyring.json").path, tenants: ["acme", "globex"])

        var sanitizing = SanitizeSettings()
        sanitizing.tenant = "acme"
        sanitizing.watermark = .lexical
        let defence = try Defence(sanitizing, keyring: keyring)
        let released = try await defence.rewrite(problem: problem, trace: trace, solution: "69")
        await defence.shutdown()
        guard let marked = released.text, marked.hasSuffix("Final Answer: 69") else {
            fail("withheld: \(released.state.rawValue) \(released.reason ?? "")")
        }
        print("== sanitised: \(released.state.rawValue)")
        print(marked)

        // 2. The mark, tested for with both customers' keys.
        var testing = DetectSettings()
        testing.scheme = "lexical"
        let detector = try Detector(testing, keyring: keyring)
        var log10P: [String: Double] = [:]
        for (name, text) in [("original", trace), ("marked", marked)] {
            print("== detection in the \(name) trace")
            for result in try detector.detect([DetectionDocument(trace: text)]) {
                print(
                    result.scheme, result.tenant, "epoch \(result.epoch)", "hits \(result.hits)/\(result.scored)",
                    "p = \(pow(10, result.log10P))", result.verdict.rawValue,
                    result.neededObservations.map { "(needs \($0))" } ?? "")
                log10P["\(name) \(result.tenant)"] = result.log10P
            }
        }
        // One trace is little evidence, so that its verdict may be open; what there is must speak for acme.
        guard let acme = log10P["marked acme"], acme < -1 else { fail("the mark is not in the trace") }

        // 3. Traces sampled by a teacher, plainly and with the penalty of a proxy student.
        var sampling = SampleSettings()
        sampling.teacher = lab + "/teacher"
        sampling.prompts = lab + "/prompts.jsonl"
        sampling.limit = 8
        sampling.temperature = 1
        sampling.decoding.seed = 1
        sampling.decoding.maxNewTokens = 80
        let plain = try await TraceSampler(sampling).run(delivering: { _ in }).report()
        sampling.penalty.proxy = lab + "/proxy"
        sampling.penalty.gradient = lab + "/gradient.safetensors"
        sampling.penalty.strength = 0.3
        print("== sampled with the penalty")
        let report = try await TraceSampler(sampling)
            .run(delivering: { traces in
                for trace in traces {
                    print(trace.trace, "| right:", trace.correct.map(String.init) ?? "unknown", "| kl:", trace.kl ?? 0)
                }
            })
            .report()
        print(
            "plain: \(plain.correct) of \(plain.graded) right; penalised: \(report.correct) of \(report.graded),",
            "mean KL \(report.penalty?.meanKl ?? 0)")
        guard report.traces == 8, (report.penalty?.meanKl ?? 0) > 0 else { fail("the penalty changed nothing") }
    }

    private static func fail(_ why: String) -> Never {
        FileHandle.standardError.write(Data("FirstSteps: \(why)\n".utf8))
        exit(1)
    }
}
