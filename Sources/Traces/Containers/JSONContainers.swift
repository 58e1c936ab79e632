import Compression
import StrictJSON

/// One JSON array of records, in one line or many: `[{…}, {…}]`.
public struct JSONArrayContainer: InputContainer {
    /// The container.
    public init() {}

    /// See ``InputContainer``.
    public var name: String { "json-array" }
    /// See ``InputContainer``.
    public var words: String { "a JSON array" }
    /// See ``InputContainer``.
    public var endings: [String] { [] }
    /// See ``InputContainer``.
    public var role: ContainerRole { .records }

    /// See ``InputContainer``. A line that is an array of something else, such as token ids, is a line.
    public func recognises(_ head: [UInt8]) -> Bool {
        var visible = JSONHead.withoutMark(head).lazy.filter { !JSONHead.isSpace($0) }.makeIterator()
        return visible.next() == UInt8(ascii: "[") && visible.next() == UInt8(ascii: "{")
    }

    /// See ``InputContainer``.
    ///
    /// - Throws: ``TraceError``.
    public func open(_ input: ByteInput, maxRecordBytes: Int) throws(TraceError) -> ContainerContent {
        .records(JSONRecords(input, isArray: true, maxRecordBytes: maxRecordBytes))
    }

    /// See ``InputContainer``.
    public func encoder() -> (any StreamEncoder)? { nil }
}

/// JSON objects of several lines each, one after the other, as they are printed for people.
public struct IndentedJSONContainer: InputContainer {
    /// The container.
    public init() {}

    /// See ``InputContainer``.
    public var name: String { "indented-json" }
    /// See ``InputContainer``.
    public var words: String { "JSON objects of several lines" }
    /// See ``InputContainer``.
    public var endings: [String] { [] }
    /// See ``InputContainer``.
    public var role: ContainerRole { .records }

    /// See ``InputContainer``. The first line opens an object, ends behind a bracket, a comma or a colon, and another object
    /// does not begin in the next: that would be a line that was cut off.
    public func recognises(_ head: [UInt8]) -> Bool {
        let text = JSONHead.withoutMark(head).drop(while: JSONHead.isSpace)
        guard text.first == UInt8(ascii: "{"), let end = text.firstIndex(of: 0x0A) else { return false }
        var scan = JSONExtent()
        for byte in text[..<end] {
            if scan.take(byte) { return false }
        }
        guard !scan.isInString, let last = text[..<end].last(where: { !JSONHead.isSpace($0) }) else { return false }
        let next = text[end...].first { !JSONHead.isSpace($0) }
        if next == UInt8(ascii: ",") { return true }
        return "{[,:".utf8.contains(last) && (next == nil || next == UInt8(ascii: "\"") || last != UInt8(ascii: ","))
    }

    /// See ``InputContainer``.
    ///
    /// - Throws: ``TraceError``.
    public func open(_ input: ByteInput, maxRecordBytes: Int) throws(TraceError) -> ContainerContent {
        .records(JSONRecords(input, isArray: false, maxRecordBytes: maxRecordBytes))
    }

    /// See ``InputContainer``.
    public func encoder() -> (any StreamEncoder)? { nil }
}

/// What the first bytes of a JSON text are made of.
enum JSONHead {
    static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    static func withoutMark(_ head: [UInt8]) -> ArraySlice<UInt8> {
        head.starts(with: mark) ? head.dropFirst(mark.count) : head[...]
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
}
