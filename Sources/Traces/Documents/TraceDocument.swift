import CLibXML2
import StrictJSON

/// An XML or HTML transcript or a plain text, read whole.
///
/// XML: any root with `transcript`, `conversation`, `dialogue` or `record` elements (attributes `id`, `tenant`), each
/// a record; without any, the document is one record. Inside, `<turn>`, `<message>` or `<utterance>` with a `role`,
/// `from` or `speaker` of user/human or assistant/model/gpt; or `<user>`, `<assistant>`; or `<problem>`/`<question>`
/// and `<trace>`/`<response>`; and `<solution>`. Reasoning may stand in `<think>`, `<reasoning>` and other elements that
/// ``ReasoningTable`` names, or in marks written as text; an assistant's text without them is a reply.
///
/// HTML: elements with `data-message-author-role` or `data-role`, or with a class that is or begins with `user`,
/// `human`, `assistant`, `model` or `bot` (`assistant-message`); records by elements with a class from the list
/// above; reasoning also by class. Text in `pre`, `code`, `script` and `style` is left alone.
///
/// Every text node of an assistant turn is a field. Writing back edits those nodes and serialises in the source's
/// encoding: the content is preserved, insignificant details of the markup (quotes, character references) need not
/// be. Entities, DTDs and the network are never used. Not Sendable: one document belongs to one task.
///
/// Plain text: the whole file is one record with one `trace` field.
public final class TraceDocument {
    /// The default bound on a document, in bytes.
    public static let defaultMaxBytes = 64 << 20

    /// The format that was read.
    public let format: TraceFormat
    /// The records of the document, in order.
    public let records: [TraceRecord]
    /// Whether the parser had to repair broken markup: an edited document then holds the repaired form.
    public let wasRepaired: Bool

    /// The document as it was read.
    package let bytes: [UInt8]
    private let file: String
    private let tree: XMLTree?
    private let nodes: [TranscriptReader.Nodes]

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - bytes: The document.
    ///   - format: `xml`, `html` or `text`.
    ///   - file: Its name, for errors.
    ///   - maxBytes: The bound on its size.
    /// - Throws: ``TraceError``.
    public init(
        bytes: [UInt8], format: TraceFormat, file: String, maxBytes: Int = TraceDocument.defaultMaxBytes
    ) throws(TraceError) {
        let location = SourceLocation(file: file, line: 1)
        self.format = format
        self.bytes = bytes
        self.file = file
        if bytes.isEmpty { throw TraceError(.emptyInput, at: location, "the document is empty") }
        guard bytes.count <= min(maxBytes, Int(Int32.max)) else {
            throw TraceError(.recordTooLarge, at: location, "the document is larger than \(maxBytes) bytes")
        }
        switch format {
        case .xml, .html:
            let tree = format == .xml ? try XMLTree.xml(bytes, file: file) : try XMLTree.html(bytes, file: file)
            let reader = try TranscriptReader(tree: tree, format: format, file: file)
            self.tree = tree
            records = reader.records
            nodes = reader.nodes
            wasRepaired = tree.wasRepaired
        case .text:
            tree = nil
            nodes = []
            wasRepaired = false
            records = [try Self.plainText(bytes, file: file)]
        default:
            throw TraceError(.unsupportedConversion, at: location, "\(format.rawValue) is read line by line")
        }
    }

    private static func plainText(_ bytes: [UInt8], file: String) throws(TraceError) -> TraceRecord {
        if let name = TextEncodingMark.unsupported(Array(bytes.prefix(4))) {
            let location = SourceLocation(file: file, line: 1, column: 1)
            throw TraceError(.unsupportedEncoding, at: location, "the input is \(name), only UTF-8 is read")
        }
        if let offset = bytes.withUnsafeBytes({ UTF8Validation.firstInvalidOffset(in: $0) }) {
            let before = bytes[..<offset]
            let line = before.count { $0 == 0x0A } + 1
            let column = offset - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
            throw TraceError(
                .invalidUTF8, at: SourceLocation(file: file, line: line, column: column),
                "the bytes are not UTF-8: \(UTF8Validation.name(bytes[offset])) cannot stand here")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let turn = TraceTurn(problem: nil, fields: [TraceField(role: .trace, text: text)])
        return TraceRecord(
            format: .text, location: SourceLocation(file: file, line: 1), id: nil, tenant: nil, solution: nil,
            metadata: nil, turns: [turn], source: [], slots: [])
    }

    /// The document with the given fields replaced, keyed by index into ``records``; with nothing replaced, the
    /// bytes that were read.
    ///
    /// - Throws: ``TraceError`` with code `unsupportedConversion` for text that XML cannot hold.
    public func encoded(replacing replacements: [Int: [FieldReplacement]]) throws(TraceError) -> [UInt8] {
        var edits: [(record: Int, edit: FieldReplacement)] = []
        for index in replacements.keys.sorted() where records.indices.contains(index) {
            for edit in replacements[index] ?? [] {
                let turns = records[index].turns
                guard turns.indices.contains(edit.turn), turns[edit.turn].fields.indices.contains(edit.field),
                    !turns[edit.turn].fields[edit.field].text.utf8.elementsEqual(edit.text.utf8)
                else { continue }
                edits.append((index, edit))
            }
        }
        guard let last = edits.last else { return bytes }
        guard let tree else { return Array(last.edit.text.utf8) }
        for (record, edit) in edits { try checkCharacters(edit.text, records[record].location) }
        for (record, edit) in edits { set(edit.text, record, edit) }
        defer {
            for (record, edit) in edits { set(records[record].turns[edit.turn].fields[edit.field].text, record, edit) }
        }
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        let body = hasMark ? bytes.dropFirst(3) : bytes[...]
        // A document without declaration is UTF-8; one in UTF-16 always gets its declaration.
        let hasDeclaration =
            body.starts(with: Array("<?xml".utf8)) || TextEncodingMark.unsupported(Array(body.prefix(4))) != nil
        guard let output = tree.serialised(isHTML: format == .html, hasDeclaration: hasDeclaration) else {
            throw TraceError(
                .unsupportedConversion, at: SourceLocation(file: file, line: 1),
                "the edited document cannot be written in its encoding")
        }
        return hasMark ? [0xEF, 0xBB, 0xBF] + output : output
    }

    private func set(_ text: String, _ record: Int, _ edit: FieldReplacement) {
        xmlNodeSetContent(nodes[record][edit.turn][edit.field], text)
    }

    private func checkCharacters(_ text: String, _ location: SourceLocation) throws(TraceError) {
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 && scalar != "\n" && scalar != "\t" && scalar != "\r"
            if isControl || scalar.value == 0xFFFE || scalar.value == 0xFFFF {
                let name = String(scalar.value, radix: 16, uppercase: true)
                throw TraceError(.unsupportedConversion, at: location, "XML cannot hold the character U+\(name)")
            }
        }
    }
}
