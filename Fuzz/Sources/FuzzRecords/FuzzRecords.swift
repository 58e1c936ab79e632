import FuzzSupport
import Traces

/// One line of JSONL in, as its recognised shape and as each shape it could be read as.
///
/// Checked: an unedited record keeps its bytes; an edited one parses to the edit and nothing else; regions, protected
/// spans, invariants and answers of every field; conversion to every shape.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRecord(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    check(bytes, format: nil)
    for format in TraceFormat.allCases where format.isLineBased { check(bytes, format: format) }
    return 0
}

private func check(_ bytes: [UInt8], format: TraceFormat?) {
    let location = SourceLocation(file: "fuzz", line: 1)
    guard let record = try? TraceParser.parse(line: bytes, format: format, location: location) else { return }
    precondition(record.encoded(replacing: []) == bytes, "an unedited record must keep its bytes")
    for (turn, content) in record.turns.enumerated() {
        for (field, value) in content.fields.enumerated() {
            if format == nil { checkText(value.text, role: value.role) }
            check(record, turn: turn, field: field, edited: value.text + "é\u{2028}\"\\\n\u{0}\u{1F600}")
        }
    }
    guard format == nil else { return }
    for target in TraceFormat.allCases { _ = try? TraceConverter.convert(record, to: target) }
}

private func check(_ record: TraceRecord, turn: Int, field: Int, edited: String) {
    let bytes = record.encoded(replacing: [FieldReplacement(turn: turn, field: field, text: edited)])
    let again: TraceRecord
    do {
        again = try TraceParser.parse(line: bytes, format: record.format, location: record.location)
    } catch {
        preconditionFailure("an edited record must parse: \(error)")
    }
    // A copy of a field that was edited is a field of its own.
    guard record.inventory.copies.isEmpty, again.inventory.copies.isEmpty else { return }
    precondition(
        again.turns.map(\.fields.count) == record.turns.map(\.fields.count), "an edit must not change the shape")
    for (index, content) in again.turns.enumerated() {
        for (place, value) in content.fields.enumerated() {
            let expected = index == turn && place == field ? edited : record.turns[index].fields[place].text
            precondition(value.text.utf8.elementsEqual(expected.utf8), "an edit must change its field and no other")
        }
    }
}
