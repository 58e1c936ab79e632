import FuzzSupport
import Traces

/// A document in, as XML, HTML and text, and as one trace with tags in it.
///
/// Checked: an unedited document keeps its bytes; a well-formed XML document with an edited field reads back as the
/// edit; regions, protected spans, invariants and answers of every field.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDocument(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    for format in TraceFormat.allCases where !format.isLineBased { check(bytes, format: format) }
    checkText(String(decoding: bytes, as: UTF8.self), role: .trace)
    return 0
}

private func check(_ bytes: [UInt8], format: TraceFormat) {
    guard let document = try? TraceDocument(bytes: bytes, format: format, file: "fuzz") else { return }
    precondition((try? document.encoded(replacing: [:])) == bytes, "an unedited document must keep its bytes")
    for (index, record) in document.records.enumerated() {
        _ = try? TraceConverter.convert(record, to: .openaiChat)
        for (turn, content) in record.turns.enumerated() {
            for (field, value) in content.fields.enumerated() {
                if format != .text { checkText(value.text, role: value.role) }
                checkEdit(of: document, record: index, turn: turn, field: field, text: value.text)
            }
        }
    }
    precondition((try? document.encoded(replacing: [:])) == bytes, "edits must not stay in the document")
}

private func checkEdit(of document: TraceDocument, record: Int, turn: Int, field: Int, text: String) {
    let edited = text + " x < y & z &amp; ]]> é"
    let edit = FieldReplacement(turn: turn, field: field, text: edited)
    guard let bytes = try? document.encoded(replacing: [record: [edit]]) else { return }
    // Repair and line-end normalisation may move text, and HTML has its own ideas of nesting.
    guard document.format == .xml, !document.wasRepaired, !text.utf8.contains(0x0D) else { return }
    let again: TraceDocument
    do {
        again = try TraceDocument(bytes: bytes, format: .xml, file: "fuzz")
    } catch {
        preconditionFailure("an edited document must parse: \(error)")
    }
    precondition(again.records.count == document.records.count, "an edit must not change the number of records")
    let value = again.records[record].turns[turn].fields[field].text
    precondition(value.utf8.elementsEqual(edited.utf8), "an edited field must read back")
}
