import Foundation
import Testing
import Traces

@testable import PromptSearch

@Suite struct SearchSampleTests {
    private func record(_ line: String) throws -> TraceRecord {
        try TraceParser.parse(line: Array(line.utf8), format: nil, location: SourceLocation(file: "t", line: 1))
    }

    @Test func theDrawIsFixedBySeedAndKeepsTheOrder() throws {
        let records = try (0..<40).map(SearchFixture.record)
        let first = try SearchSample(records: records, count: 10, seed: 1, heldOut: [])
        let again = try SearchSample(records: records, count: 10, seed: 1, heldOut: [])
        let other = try SearchSample(records: records, count: 10, seed: 2, heldOut: [])
        let lines = first.traces.map(\.record.location.line)
        #expect(lines.count == 10 && lines == lines.sorted())
        #expect(first.digest == again.digest && first.digest != other.digest)
        #expect(try SearchSample(records: records, count: 99, seed: 1, heldOut: []).traces.count == 40)
    }

    @Test func unfitRecordsAreLeftOutAndCounted() throws {
        var records = try (0..<4).map(SearchFixture.record)
        records.append(try record(#"{"problem":"P","trace":"x = 1\n#### 1"}"#))
        records.append(
            try record(
                #"{"problem":"P","trace":"The first of these words says nothing of any use to whoever would want it."}"#
            ))
        records.append(
            try record(
                #"{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},"#
                    + #"{"role":"user","content":"c"},{"role":"assistant","content":"d"}]}"#))
        let heldOut: Set<String> = [ProblemKey.of("how many  apples ARE there in case 2?")]
        let sample = try SearchSample(records: records, count: 99, seed: 0, heldOut: heldOut)
        #expect(sample.traces.map(\.record.id) == ["0", "1", "3"])
        #expect(sample.unfit == [.heldOut: 1, .prose: 1, .answer: 1, .turns: 1])
        let error = #expect(throws: PromptSearchError.self) {
            try SearchSample(records: [records[4]], count: 1, seed: 0, heldOut: [])
        }
        #expect(error?.code == .options && error?.message.contains("not_prose 1") == true)
    }

    @Test func releasedRecordsChangeNothingButTheTrace() throws {
        let sample = try SearchSample(records: [try SearchFixture.record(1)], count: 1, seed: 0, heldOut: [])
        let released = sample.traces[0].released(["New words.\n#### 10"])
        #expect(
            String(decoding: released, as: UTF8.self)
                == #"{"id":1,"problem":"How many apples are there in case 1?","trace":"New words.\n#### 10"}"#)
        #expect(
            sample.traces[0].released(sample.traces[0].turn.fields.map(\.text)) == Array(SearchFixture.line(1).utf8))
    }
}
