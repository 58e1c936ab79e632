import Foundation
import Generation

/// Decodes with and without the processor, before and after a truncation.
@main
enum Program {
    static func main() throws {
        let requests = (0..<8).map { GenerationRequest(prompt: [$0], seed: UInt64($0), maxNewTokens: 60) }

        func repetitions(_ label: String, _ processors: [any LogitsProcessor]) throws -> Int {
            let loop = try GenerationLoop(model: DigitModel(), processors: processors, slots: 3)
            var count = 0
            for result in try loop.generate(requests) {
                let digits = requests[result.index].prompt + result.tokens
                count += zip(digits, digits.dropFirst()).filter { $0 == $1 }.count
                if result.index == 0 { print(label, digits.map(String.init).joined()) }
            }
            print("    \(count) repetitions")
            return count
        }
        guard try repetitions("without", []) > 100 else { fail("this model repeats itself") }
        guard try repetitions("with", [NoRepetitionLogitsProcessor()]) == 0 else { fail("a digit was repeated") }
        let truncated: [any LogitsProcessor] = [try TopKLogitsWarper(5), NoRepetitionLogitsProcessor()]
        guard try repetitions("top 5", truncated) == 0 else { fail("a digit was repeated after the truncation") }
    }

    private static func fail(_ why: String) -> Never {
        FileHandle.standardError.write(Data("OwnLogitsProcessor: \(why)\n".utf8))
        exit(1)
    }
}
