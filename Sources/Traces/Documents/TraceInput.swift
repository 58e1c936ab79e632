import Files

extension TraceFormat {
    /// The document format of an input by the ending of its name, or by its first bytes when they are markup; nil
    /// when it should be read line by line.
    ///
    /// - Parameters:
    ///   - path: The name; `-` says nothing.
    ///   - head: The first bytes, as far as they are known.
    public static func document(path: String, head: [UInt8] = []) -> TraceFormat? {
        switch FileKind(name: path) ?? FileKind(head: head) {
        case .xml?: .xml
        case .html?: .html
        case .text?: .text
        default: nil
        }
    }
}

extension TraceDocument {
    /// Reads a document from a file or, for `-`, standard input; a compressed one is unpacked.
    ///
    /// - Parameters:
    ///   - path: A file, or `-`.
    ///   - format: `xml`, `html` or `text`.
    ///   - maxBytes: The bound on its size; no more than that is read.
    ///   - containers: The containers that are opened.
    /// - Throws: ``TraceError``.
    public convenience init(
        path: String, format: TraceFormat, maxBytes: Int = TraceDocument.defaultMaxBytes,
        containers: ContainerRegistry = .standard
    ) throws(TraceError) {
        let name = path == "-" ? "<stdin>" : path
        let bytes = try Self.read(path, maxBytes: maxBytes, containers: containers)
        if let kind = FileKind(head: bytes), kind.isBinary {
            throw TraceError(
                .unsupportedEncoding, at: SourceLocation(file: name, line: 1, column: 1),
                "this is \(kind.words), not a document of text")
        }
        try self.init(bytes: bytes, format: format, file: name, maxBytes: maxBytes)
    }

    private static func read(
        _ path: String, maxBytes: Int, containers: ContainerRegistry
    ) throws(TraceError) -> [UInt8] {
        let input = try containers.open(ByteInput(path: path), roles: [.bytes], maxRecordBytes: maxBytes).input
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { chunk.deallocate() }
        var bytes: [UInt8] = []
        while bytes.count <= maxBytes {
            let count = try input.read(into: chunk)
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return bytes
    }
}
