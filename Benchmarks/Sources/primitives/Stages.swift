import Answers
import Foundation
import KeyedPRF
import Marks
import Traces

/// The stages a trace goes through, each over the whole corpus again and again.
struct Stages {
    /// A text with what the earlier stages found in it.
    private struct Text {
        var text: String
        var role: TraceField.Role
        var reasoning: [Range<Int>]
        var protected: [Range<Int>]
    }

    let lines: [[UInt8]]
    let bytes: Int
    private let texts: [Text]

    init(path: String) throws {
        lines = try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: 0x0A).map(Array.init)
        bytes = lines.reduce(0) { $0 + $1.count + 1 }
        var texts: [Text] = []
        for (index, line) in lines.enumerated() {
            let location = SourceLocation(file: path, line: index + 1)
            let record = try TraceParser.parse(line: line, format: nil, location: location)
            for field in record.turns.flatMap(\.fields) {
                let reasoning = TraceRegions.find(in: field.text, role: field.role).reasoning
                texts.append(
                    Text(
                        text: field.text, role: field.role, reasoning: reasoning,
                        protected: ProtectedSpans.find(in: field.text, within: reasoning)))
            }
        }
        self.texts = texts
    }

    func measure(_ meter: inout Meter) throws {
        let location = SourceLocation(file: "input", line: 1)
        meter.time("Foundation JSONSerialization, for comparison", bytes: bytes) { _ in
            lines.reduce(0) { sum, line in
                sum + ((try? JSONSerialization.jsonObject(with: Data(line))) == nil ? 0 : 1)
            }
        }
        meter.time("parse a JSONL record", bytes: bytes) { _ in
            lines.reduce(0) { sum, line in
                let record = try? TraceParser.parse(line: line, format: nil, location: location)
                return sum + (record?.turns.count ?? 0)
            }
        }
        measureTexts(&meter, "find the regions") { TraceRegions.find(in: $0.text, role: $0.role).spans.count }
        measureTexts(&meter, "find the protected spans") {
            ProtectedSpans.find(in: $0.text, within: $0.reasoning).count
        }
        measureTexts(&meter, "classify the text") {
            TextClassifier.classify($0.text, reasoning: $0.reasoning, protected: $0.protected) == .code ? 1 : 0
        }
        measureTexts(&meter, "take the invariants") {
            TextInvariants(of: $0.text).firstDifference(from: TextInvariants(of: "")) == nil ? 0 : 1
        }
        measureTexts(&meter, "extract the answer") { AnswerExtractor.extract(from: $0.text)?.range.lowerBound ?? 0 }
        let answers = texts.compactMap { AnswerExtractor.extract(from: $0.text)?.text }
        meter.time("compare two answers (calls are corpora of \(answers.count))") { _ in
            zip(answers, answers.dropFirst()).reduce(0) {
                $0 + (AnswerEquivalence.compare($1.0, $1.1) == .equal ? 1 : 0)
            }
        }
        try measureMarks(&meter)
    }

    private func measureMarks(_ meter: inout Meter) throws {
        let identity = KeyIdentity(purpose: .lexical, tenant: "bench", epoch: "1")
        let key = try Subkey(identity: identity, secret: .random(count: 32))
        let scheme = LexicalScheme(lexicon: try Lexicon.bundled())
        let marker = try LexicalMarker(scheme: scheme, key: key)
        measureTexts(&meter, "place the lexical mark") {
            marker.mark($0.text, reasoning: $0.reasoning, protected: $0.protected).replacements
        }
        let detector = TextMarkDetector(schemes: [scheme], keys: [key])
        meter.time("find lexical choices, without repetitions, for one key", bytes: bytes) { _ in
            let documents = texts.lazy.map { DetectionDocument(text: $0.text, reasoning: $0.reasoning) }
            return (try? detector.detect(pooling: documents))?.first?.scored ?? 0
        }
    }

    private func measureTexts(_ meter: inout Meter, _ name: String, _ body: (Text) -> Int) {
        meter.time(name, bytes: bytes) { _ in texts.reduce(0) { $0 + body($1) } }
    }
}
