import Foundation
import KeyedPRF
import TestSupport
import Testing
import Traces

@testable import TrainingExamples

@Suite struct TraceExampleFileTests {
    struct Shape: Sendable {
        var line: String
        var problem: String?
        var completion: String
    }

    @Test(arguments: [
        Shape(line: #"{"problem": "1 + 1?", "trace": "It is 2."}"#, problem: "1 + 1?", completion: "It is 2."),
        Shape(line: #"{"prompt": "1 + 1?", "completion": "2"}"#, problem: "1 + 1?", completion: "2"),
        Shape(line: #"{"question": "1 + 1?", "answer": "1+1 #### 2"}"#, problem: "1 + 1?", completion: "1+1 #### 2"),
        Shape(
            line: #"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}"#,
            problem: "a", completion: "b"),
        Shape(
            line:
                #"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "reasoning_content": "r", "content": "b"}]}"#,
            problem: "a", completion: "<think>\nr\n</think>\n\nb"),
        Shape(line: #"{"trace": "no problem here"}"#, problem: nil, completion: "no problem here"),
    ])
    func readsEveryShape(_ shape: Shape) throws {
        let folder = try TemporaryDirectory()
        let file = try TraceExampleFile(path: folder.write(shape.line + "\n"))
        #expect(file.examples.map(\.problem) == [shape.problem])
        #expect(file.examples.map(\.completion) == [shape.completion])
    }

    @Test func oneExampleForEachTurn() throws {
        let folder = try TemporaryDirectory()
        let line =
            #"{"id": "c", "conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}, "#
            + #"{"from": "human", "value": "c"}, {"from": "gpt", "value": "d"}]}"#
        let examples = try TraceExampleFile(path: folder.write("\n" + line)).examples
        #expect(examples.map(\.problem) == ["a", "c"])
        #expect(examples.map(\.completion) == ["b", "d"])
        #expect(examples.map(\.location.line) == [2, 2])
        #expect(examples.map(\.id) == ["c", "c"])
    }

    @Test func digestIsTheFiles() throws {
        let folder = try TemporaryDirectory()
        let text = #"{"problem": "a", "trace": "b"}"# + "\n" + #"{"problem": "c", "trace": "d"}"# + "\n"
        let file = try TraceExampleFile(path: folder.write(text))
        #expect(file.digest == SHA256Digest.of(text).hex)
        // Blank lines and carriage returns carry no example.
        let spaced = try TraceExampleFile(path: folder.write("\n" + text.replacing("\n", with: "\r\n"), as: "b.jsonl"))
        #expect(spaced.digest == file.digest)
    }

    @Test func documentsAreReadWhole() throws {
        let folder = try TemporaryDirectory()
        let text = "<t><record><user>a</user><assistant>b</assistant></record></t>"
        let file = try TraceExampleFile(path: folder.write(text, as: "data.xml"))
        #expect(file.examples.map(\.problem) == ["a"])
        #expect(file.examples.map(\.completion) == ["b"])
        #expect(file.digest == SHA256Digest.of(text).hex)
    }

    @Test(arguments: [#"{"prompt": "a"}"#, #"{"prompt": "a", "completion": 3}"#, "[1]", "{", #"{"a": 1, "a": 2}"#])
    func errorsNameTheLine(_ line: String) throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write(#"{"problem": "a", "trace": "b"}"# + "\n\n" + line + "\n")
        let error = #expect(throws: TraceError.self) { try TraceExampleFile(path: path) }
        #expect(error?.location.line == 3)
        #expect(error?.location.file == path)
    }
}
