import TestSupport
import Testing
import Traces

@testable import TrainingExamples

@Suite struct TrainingSetTests {
    private static let format = PromptFormat.plain(separator: "\n")

    private func file(_ lines: [String]) throws -> TraceExampleFile {
        let folder = try TemporaryDirectory()
        return try TraceExampleFile(path: folder.write(lines.joined(separator: "\n")))
    }

    @Test func tokensAndLines() throws {
        let tokenizer = try Vocabulary.bytes()
        let set = try TrainingSet(
            file([#"{"problem": "a", "trace": "b one"}"#, "", #"{"problem": "cd", "trace": "e"}"#]),
            tokenizer: tokenizer, format: Self.format)
        #expect(set.examples.map(\.line) == [1, 3])
        #expect(set.examples[0].tokens == tokenizer.encode("a\nb one") + [0])
        #expect(set.examples[0].prompt == tokenizer.encode("a\n"))
        #expect(set.completionTokenCount == 3 + 2)
        #expect(set.largestID == set.examples.flatMap(\.tokens).max())
    }

    @Test(arguments: TooLongPolicy.allCases) func tooLong(_ policy: TooLongPolicy) throws {
        let tokenizer = try Vocabulary.bytes()
        // 2 + 7, 2 + 3 and 7 + 2 tokens.
        let file = try file([
            #"{"problem": "a", "trace": "bcdefg"}"#, #"{"problem": "a", "trace": "bc"}"#,
            #"{"problem": "abcdef", "trace": "b"}"#,
        ])
        func make(_ length: Int) throws -> TrainingSet {
            try TrainingSet(file, tokenizer: tokenizer, format: Self.format, maximumLength: length, tooLong: policy)
        }
        #expect(try make(9).examples.count == 3)
        switch policy {
        case .error:
            let error = #expect(throws: TrainingExamplesError.self) { try make(6) }
            #expect(error?.code == .tooLong)
            #expect(error?.location?.line == 1)
        case .skip:
            let set = try make(6)
            #expect(set.examples.map(\.line) == [2])
            #expect(set.skippedLines == [1, 3])
        case .truncate:
            let set = try make(6)
            #expect(set.examples.map(\.line) == [1, 2])
            #expect(set.examples.map(\.count) == [6, 5])
            #expect(set.examples[0].completion == tokenizer.encode("bcde"))
            #expect(set.truncatedLines == [1])
            #expect(set.skippedLines == [3])
        }
    }

    @Test func emptyCompletionsAreLeftOut() throws {
        let tokenizer = try Vocabulary.bytes()
        let set = try TrainingSet(
            file([#"{"problem": "a", "trace": " \n"}"#, #"{"problem": "a", "trace": "b"}"#]), tokenizer: tokenizer,
            format: Self.format)
        #expect(set.examples.map(\.line) == [2])
        #expect(set.skippedLines == [1])
        let error = #expect(throws: TrainingExamplesError.self) {
            try TrainingSet(file([#"{"problem": "a", "trace": ""}"#]), tokenizer: tokenizer, format: Self.format)
        }
        #expect(error?.code == .noExamples)
    }

    @Test func problemsAreRequiredUnlessToldOtherwise() throws {
        let tokenizer = try Vocabulary.bytes(beginning: "<s>")
        let file = try file([#"{"problem": "a", "trace": "b"}"#, #"{"trace": "b"}"#])
        let error = #expect(throws: TrainingExamplesError.self) {
            try TrainingSet(file, tokenizer: tokenizer, format: Self.format)
        }
        #expect(error?.code == .missingProblem)
        #expect(error?.location?.line == 2)
        let set = try TrainingSet(file, tokenizer: tokenizer, format: Self.format, requiresProblem: false)
        #expect(set.examples[1].prompt == tokenizer.prefixIDs)
    }

    @Test func tokenDigestTellsPromptFromCompletion() throws {
        func digest(_ prompt: [Int32], _ completion: [Int32]) -> String {
            TrainingSet(examples: [.init(prompt: prompt, completion: completion, line: 1)], digest: "").tokenDigest
        }
        #expect(digest([1, 2], [3]) == digest([1, 2], [3]))
        #expect(digest([1, 2], [3]) != digest([1], [2, 3]))
        #expect(digest([1, 2], [3]) != digest([1, 2], [4]))
    }
}
