import Antidistillation
import ChatTemplates
import Foundation
import Generation
import TestSupport
import Tokenizers
import Traces
import TrainingExamples

@testable import TraceGeneration

/// Problems for `StoryModel`.
enum Stories {
    static func problems(_ count: Int, withAnswers: Bool = true) -> [Problem] {
        (0..<count).map { index in
            let (a, b) = (index % 17 + 1, index % 11 + 2)
            return Problem(
                text: "Sum of \(a) and \(b) ?", id: .number(index), solution: withAnswers ? "#### \(a + b)" : nil,
                location: SourceLocation(file: "problems.jsonl", line: index + 1))
        }
    }
}

/// Derivatives that depend on the token alone: the same on every run, and different between words.
final class TokenDerivatives: DirectionalDerivativeSession, DerivativeScorer {
    private let vocabularySize: Int32
    private(set) var scoredSequences = 0

    init(vocabularySize: Int) {
        self.vocabularySize = Int32(vocabularySize)
    }

    static func value(_ token: Int32) -> Float {
        Float((UInt64(bitPattern: Int64(token)) &* 0x9E37_79B9_7F4A_7C15) >> 40) / Float(1 << 24) - 0.5
    }

    func extend(_ chunks: [DecodingChunk], candidates: [[Int32]]) throws -> [[Float]] {
        candidates.map { $0.isEmpty ? (0..<vocabularySize).map(Self.value) : $0.map(Self.value) }
    }

    func reset(slot: Int) {}

    func score(_ batch: [TeacherForcedSequence]) throws -> [[Float]] {
        scoredSequences += batch.count
        return batch.map { $0.completion.map(Self.value) }
    }
}

/// A run with everything it needs.
struct Setting {
    var model: StoryModel
    var problems: [Problem]
    var decoding = DecodingOptions()
    var options = SampleOptions()
    var companions = SampleJob.Companions()
    let format = PromptFormat.plain(separator: "\n")

    init(_ problems: [Problem], contextLength: Int = 64) throws {
        model = try StoryModel(contextLength: contextLength)
        self.problems = problems
        options.slots = 4
        options.maxNewTokens = 40
        options.seed = 7
    }

    var prompts: TokenizedProblems {
        get throws {
            try TokenizedProblems(
                problems, tokenizer: model.tokenizer, format: format, vocabularySize: model.vocabularySize,
                contextLength: model.contextLength)
        }
    }

    var job: SampleJob {
        get throws {
            try SampleJob(
                model: model, tokenizer: model.tokenizer, format: format, problems: prompts, decoding: decoding,
                options: options, companions: companions)
        }
    }

    /// Adds derivatives, and a penalty if a λ is given.
    mutating func addProxy(
        lambda: Double? = nil, budget: Double? = nil, order: PenaltyOrder = .truncated
    ) throws -> TokenDerivatives {
        let derivatives = TokenDerivatives(vocabularySize: model.vocabularySize)
        let vocabulary = VocabularyMap.identity(size: model.vocabularySize)
        companions.scorer = derivatives
        companions.vocabulary = vocabulary
        companions.penalty = try lambda.map {
            try AntidistillationLogitsProcessor(
                session: derivatives, gradientNorm: 1, vocabulary: vocabulary,
                options: .init(
                    strength: .raw($0), budget: budget, order: order, exempt: Set([model.tokenizer.endID ?? 0])))
        }
        return derivatives
    }

    /// Runs into a fresh file and gives its lines.
    func lines() throws -> (lines: [[String: Any]], tally: SampleTally, bytes: [UInt8]) {
        let folder = try TemporaryDirectory()
        let output = try TraceOutput(
            path: folder.file("out.jsonl"), force: false, inputs: [], settings: [:], empty: SampleTally())
        let tally = try job.run(into: output)
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder.file("out.jsonl"))))
        return (try Self.parsed(bytes), tally, bytes)
    }

    static func parsed(_ bytes: [UInt8]) throws -> [[String: Any]] {
        try bytes.split(separator: 0x0A).map { line in
            try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] ?? [:]
        }
    }
}

extension TemporaryDirectory {
    func write(_ text: String, as name: String = "problems.jsonl") throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    func bytes(_ name: String) -> [UInt8]? { FileManager.default.contents(atPath: file(name)).map { [UInt8]($0) } }

    func names() throws -> Set<String> { Set(try FileManager.default.contentsOfDirectory(atPath: path)) }
}

enum PromptFormatFixture {
    /// A format whose prompt opens the reasoning.
    static func reasoning() throws -> PromptFormat {
        .chat(
            ChatFormat(
                try ChatTemplate("{{ messages[0].content }}{% if add_generation_prompt %}{{ '<think>\\n' }}{% endif %}")
            ))
    }
}
