/// Runs every parser of this module on arbitrary bytes; returns when none of them trapped.
package func fuzzTraces(_ bytes: UnsafeRawBufferPointer) {
    let location = SourceLocation(file: "fuzz", line: 1)
    if let record = try? TraceParser.parse(line: bytes, format: nil, location: location) {
        precondition(record.encoded(replacing: []) == [UInt8](bytes), "an unedited record must keep its bytes")
        for (turn, content) in record.turns.enumerated() {
            for (field, value) in content.fields.enumerated() {
                fuzzText(value.text, role: value.role)
                let edited = record.encoded(replacing: [
                    FieldReplacement(turn: turn, field: field, text: value.text + "é")
                ])
                _ = try? TraceParser.parse(line: edited, format: record.format, location: location)
            }
        }
    }
    for format in [TraceFormat.xml, .html, .text] {
        guard let document = try? TraceDocument(bytes: [UInt8](bytes), format: format, file: "fuzz") else { continue }
        let edits = [FieldReplacement(turn: 0, field: 0, text: "x < y & z")]
        if !document.records.isEmpty { _ = try? document.encoded(replacing: [0: edits]) }
    }
    fuzzText(String(decoding: bytes, as: UTF8.self), role: .trace)
}

private func fuzzText(_ text: String, role: TraceField.Role) {
    let regions = TraceRegions.find(in: text, role: role)
    var expected = 0
    for span in regions.spans {
        precondition(span.range.lowerBound == expected && !span.range.isEmpty, "spans must cover the text in order")
        expected = span.range.upperBound
    }
    precondition(expected == text.utf8.count, "spans must cover the text")
    let protected = ProtectedSpans.find(in: text, within: regions.reasoning)
    _ = TextClassifier.classify(text, reasoning: regions.reasoning, protected: protected)
    let invariants = TextInvariants(of: text)
    precondition(invariants.firstDifference(from: invariants) == nil, "a text must equal itself")
}
