import Files
import StrictJSON

/// Cuts a JSON array, or JSON values one after the other, into records, holding no more than a batch and one record.
struct JSONRecords: RecordBatches {
    private static let chunkBytes = 1 << 20

    private let input: ByteInput
    private let isArray: Bool
    private let maxRecordBytes: Int

    /// Bytes read; what lies before `start` has been handed out, what lies before `position` was looked at.
    private var buffer: [UInt8] = []
    private var start = 0
    private var position = 0
    private var isAtEnd = false
    /// The line of `position`, from 1, and the place in `buffer` where it begins; negative where that is gone.
    private var line = 1
    private var lineStart = 0

    private var hasBegun = false
    private var isClosed = false
    private var recordCount = 0
    private var failure: TraceError?
    private(set) var framing = RecordFraming()

    init(_ input: ByteInput, isArray: Bool, maxRecordBytes: Int) {
        self.input = input
        self.isArray = isArray
        self.maxRecordBytes = maxRecordBytes
        if isArray { framing.separator = [UInt8(ascii: ",")] }
    }

    mutating func nextBatch(maxBytes: Int, maxLines: Int) throws(TraceError) -> LineBatch? {
        if let failure { throw failure }
        var batch = LineBatch()
        do throws(TraceError) {
            if !hasBegun { try begin() }
            while !isClosed {
                try takeRecord(into: &batch)
                if batch.bytes.count >= maxBytes || batch.lines.count >= max(maxLines, 1) { break }
                if position == buffer.count, !batch.lines.isEmpty, !isAtEnd, !input.isReadable { break }
            }
        } catch {
            // What was complete before is not lost by what comes after it.
            guard !batch.lines.isEmpty else { throw error }
            failure = error
        }
        if batch.lines.isEmpty, recordCount == 0 {
            throw TraceError(.emptyInput, at: here, "the input holds no records")
        }
        return batch.lines.isEmpty ? nil : batch
    }

    // MARK: Parts

    /// Everything before the first record.
    private mutating func begin() throws(TraceError) {
        while buffer.count < JSONHead.mark.count, try fill() {}
        if buffer.starts(with: JSONHead.mark) {
            position = JSONHead.mark.count
            lineStart = position
        }
        // An array was recognised by its bracket.
        if try skipSpace() != nil, isArray { position += 1 }
        hasBegun = true
        framing.opening = Array(buffer[..<position])
        start = position
    }

    /// One record with the white space around it, and the comma or bracket behind it.
    private mutating func takeRecord(into batch: inout LineBatch) throws(TraceError) {
        let next = try skipSpace()
        guard let next else {
            if isArray { throw endsEarly("the JSON array ends before its closing bracket") }
            framing.closing = Array(buffer[start...])
            isClosed = true
            return
        }
        if isArray, next == UInt8(ascii: "]"), recordCount == 0 { return try close() }
        if isArray, next == UInt8(ascii: "]") || next == UInt8(ascii: ",") {
            throw TraceError(
                .malformedJSON, at: here, "a record is missing before '\(Character(Unicode.Scalar(next)))'")
        }
        let place = here
        // Offsets from `start`: filling the buffer moves what is in it.
        let recordStart = position - start
        try goBehindValue(next)
        let recordEnd = position - start
        let behind = try skipSpace()
        let itemEnd = position - start

        let offset = batch.bytes.count
        batch.bytes.append(contentsOf: buffer[start..<start + itemEnd])
        batch.lines.append(offset + recordStart..<offset + recordEnd)
        batch.items.append(offset..<offset + itemEnd)
        batch.lineNumbers.append(place.line)
        batch.columns.append(place.column ?? 1)
        batch.endings.append(.none)
        recordCount += 1
        start = position
        guard isArray else { return }
        switch behind {
        case UInt8(ascii: ","):
            position += 1
            start = position
        case UInt8(ascii: "]"): try close()
        case nil: throw endsEarly("the JSON array ends before its closing bracket")
        default: throw TraceError(.malformedJSON, at: here, "a comma or the array's closing bracket is missing")
        }
    }

    /// The closing bracket and what is left, which must be white space.
    private mutating func close() throws(TraceError) {
        // White space before the bracket of an array without records.
        let from = start
        position += 1
        let kept = Array(buffer[from..<position])
        start = position
        guard try skipSpace() == nil else {
            throw TraceError(.malformedJSON, at: here, "something follows the JSON array")
        }
        framing.closing = kept + buffer[start...]
        isClosed = true
    }

    /// Goes behind a value; `first` is its first byte.
    private mutating func goBehindValue(_ first: UInt8) throws(TraceError) {
        let isNested = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        var extent = JSONExtent()
        var isFirst = true
        while true {
            let (begin, end) = (position, buffer.count)
            var lines = 0
            var lastLine = lineStart
            let found = buffer.withUnsafeBufferPointer { bytes -> Int? in
                for index in begin..<end {
                    let byte = bytes[index]
                    if byte == 0x0A {
                        lines += 1
                        lastLine = index + 1
                    }
                    if isNested {
                        if extent.take(byte) { return index + 1 }
                    } else {
                        // A number, a word or a text is no record; its end is enough to say so.
                        if !isFirst, !extent.isInString,
                            byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") || JSONHead.isSpace(byte)
                        {
                            return index
                        }
                        _ = extent.take(byte)
                        isFirst = false
                    }
                }
                return nil
            }
            line += lines
            lineStart = lastLine
            position = found ?? end
            if found != nil {
                if position - start > maxRecordBytes { throw tooLarge() }
                return
            }
            if try !fill() {
                // A word at the end of the input has ended; its parser says what it is.
                if !isNested { return }
                throw endsEarly("the record ends inside a value")
            }
        }
    }

    /// Goes behind white space; the byte that stands there, nil at the end of the input.
    private mutating func skipSpace() throws(TraceError) -> UInt8? {
        while true {
            while position < buffer.count {
                let byte = buffer[position]
                guard JSONHead.isSpace(byte) else { return byte }
                position += 1
                if byte == 0x0A {
                    line += 1
                    lineStart = position
                }
            }
            if try !fill() { return nil }
        }
    }

    // MARK: Bytes

    /// Reads on; false at the end of the input.
    private mutating func fill() throws(TraceError) -> Bool {
        if isAtEnd { return false }
        if position - start > maxRecordBytes { throw tooLarge() }
        if start > 0 {
            buffer.removeFirst(start)
            position -= start
            lineStart -= start
            start = 0
        }
        let before = buffer.count
        buffer.appendZeros(Self.chunkBytes)
        var count = 0
        do throws(TraceError) {
            let input = input
            count = try buffer.withUnsafeMutableBufferPointer { bytes throws(TraceError) in
                try input.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(bytes)[before...]))
            }
        } catch {
            buffer.removeLast(buffer.count - before)
            throw TraceError(error.code, at: SourceLocation(file: input.file, line: line), error.message)
        }
        buffer.removeLast(buffer.count - before - count)
        isAtEnd = count == 0
        return !isAtEnd
    }

    private var here: SourceLocation {
        SourceLocation(file: input.file, line: line, column: position - lineStart + 1)
    }

    private func endsEarly(_ message: String) -> TraceError { TraceError(.truncated, at: here, message) }

    private func tooLarge() -> TraceError {
        TraceError(
            .recordTooLarge, at: SourceLocation(file: input.file, line: line),
            "the record is larger than \(maxRecordBytes) bytes")
    }
}
