import Testing

@testable import Traces

@Test func locationNamesFileLineAndColumn() {
    #expect(SourceLocation(file: "a.jsonl", line: 3, column: 7).description == "a.jsonl:3:7")
    #expect(SourceLocation(file: "-", line: 3).description == "<stdin>:3")
}
