#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension TraceFormat {
    /// The document format of an input by the ending of its name, or by its first bytes when they are markup; nil
    /// when it should be read line by line.
    ///
    /// - Parameters:
    ///   - path: The name; `-` says nothing.
    ///   - head: The first bytes, as far as they are known.
    public static func document(path: String, head: [UInt8] = []) -> TraceFormat? {
        let name = path.lowercased()
        if name.hasSuffix(".xml") { return .xml }
        if name.hasSuffix(".html") || name.hasSuffix(".htm") || name.hasSuffix(".xhtml") { return .html }
        if name.hasSuffix(".txt") || name.hasSuffix(".md") { return .text }
        let isMarked = head.starts(with: [0xEF, 0xBB, 0xBF])
        let text = String(decoding: (isMarked ? head.dropFirst(3) : head[...]).prefix(256), as: UTF8.self).lowercased()
        let start = text.drop { $0.isWhitespace }
        guard start.first == "<" else { return nil }
        return start.hasPrefix("<!doctype html") || start.hasPrefix("<html") ? .html : .xml
    }
}

extension TraceDocument {
    /// Reads a document from a file or, for `-`, standard input.
    ///
    /// - Parameters:
    ///   - path: A file, or `-`.
    ///   - format: `xml`, `html` or `text`.
    ///   - maxBytes: The bound on its size; no more than that is read.
    /// - Throws: ``TraceError``.
    public convenience init(
        path: String, format: TraceFormat, maxBytes: Int = TraceDocument.defaultMaxBytes
    ) throws(TraceError) {
        let bytes = try Self.read(path, maxBytes: maxBytes)
        try self.init(bytes: bytes, format: format, file: path, maxBytes: maxBytes)
    }

    private static func read(_ path: String, maxBytes: Int) throws(TraceError) -> [UInt8] {
        let location = SourceLocation(file: path, line: 1)
        func failure(_ code: Int32) -> TraceError {
            TraceError(.unreadable, at: location, "cannot be read: \(String(cString: strerror(code)))")
        }
        var number: Int32 = 0
        if path != "-" {
            repeat { number = open(path, O_RDONLY | O_CLOEXEC) } while number < 0 && errno == EINTR
            guard number >= 0 else { throw failure(errno) }
        }
        defer { if path != "-" { close(number) } }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while bytes.count <= maxBytes {
            let count = chunk.withUnsafeMutableBytes { readBytes(number, $0) }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(errno)
            }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return bytes
    }
}

private func readBytes(_ number: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    read(number, buffer.baseAddress, buffer.count)
}
