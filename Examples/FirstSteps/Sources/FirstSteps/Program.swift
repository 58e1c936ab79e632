import Denature
import DenatureTorch
import Foundation
import KeyedPRF
import Marks

/// The way of someone who met the package today: sanitise a trace, find out whose it is, let a teacher sample under the penalty.
@main
enum Program {
    static let problem =
        "Ada has 24 marbles. She buys 33 more, gives away 7, and loses half of what is left. How many are left?"
    static let trace = """
        Ada begins with 24 marbles, which is the number we need to keep track of. Moreover, 33 more marbles are bought, which \
        means that we get 24 + 33 = 57. After that, Ada gives away 7, so only 57 - 7 = 50 marbles are left. Unfortunately half \
        of the marbles are gone, and thus 50 / 2 = 25 are still there. Lastly, we can see that Ada has 25 marbles altogether.
        #### 25
        """

    static func main() async throws {
        guard CommandLine.arguments.count == 2 else { fail("usage: FirstSteps LAB") }
        let lab = CommandLine.arguments[1]
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let keyring = try Keyring.create(at: folder.appending(path: "keyring.json").path, tenants: ["acme", "globex"])

        // Sanitise.
        var sanitizing = SanitizeSettings()
        sanitizing.tenant = "acme"
        let released = try await Defence(sanitizing, keyring: keyring).rewrite(problem: problem, trace: trace)
        guard let text = released.text, text.hasSuffix("#### 25") else { fail("the answer was not kept") }
        print(text)

        // Detect. One trace is little evidence, so that its verdict may be open; what there is must speak for acme.
        let results = try Detector(DetectSettings(), keyring: keyring).detect([DetectionDocument(text: text)])
        for result in results {
            print(
                result.scheme, result.tenant, "\(result.hits) of \(result.scored)", "log10 p", result.log10P,
                result.verdict)
        }
        guard let acme = results.first(where: { $0.scheme == "lexical" && $0.tenant == "acme" }), acme.log10P < -1
        else {
            fail("the mark is not in the trace")
        }

        // Sample, plainly and with the penalty.
        var sampling = SampleSettings()
        sampling.teacher = lab + "/teacher"
        sampling.prompts = lab + "/prompts.jsonl"
        sampling.limit = 10
        sampling.decoding.maxNewTokens = 80
        sampling.output = folder.appending(path: "plain.jsonl").path
        let plain = try await TraceSampler(sampling).run().report()
        sampling.penalty.proxy = lab + "/proxy"
        sampling.penalty.gradient = lab + "/gradient.safetensors"
        sampling.penalty.strength = 0.3
        sampling.output = folder.appending(path: "penalised.jsonl").path
        let penalised = try await TraceSampler(sampling).run().report()
        print(
            "plain: \(plain.correct) of \(plain.graded) right; penalised: \(penalised.correct) of \(penalised.graded)")
        let files = try ["plain", "penalised"].map { name in
            try String(contentsOf: folder.appending(path: name + ".jsonl"), encoding: .utf8)
        }
        guard files.allSatisfy({ $0.split(separator: "\n").count == 10 }), files[0] != files[1] else {
            fail("the penalty changed nothing")
        }
    }

    private static func fail(_ why: String) -> Never {
        FileHandle.standardError.write(Data("FirstSteps: \(why)\n".utf8))
        exit(1)
    }
}
