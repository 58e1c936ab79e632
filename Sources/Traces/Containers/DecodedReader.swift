import Compression

/// What a compressed input holds, decoded while it is read: memory does not grow with it.
final class DecodedReader: ByteReader {
    private let input: ByteInput
    private let decoder: any StreamDecoder
    private let words: String
    private let buffer: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    private var isAtEnd = false

    /// - Parameters:
    ///   - input: The compressed bytes.
    ///   - decoder: What decodes them.
    ///   - words: What the input is, for errors: `gzip file`.
    init(_ input: ByteInput, decoder: any StreamDecoder, words: String) {
        self.input = input
        self.decoder = decoder
        self.words = words
        buffer = .allocate(byteCount: 1 << 18, alignment: 16)
    }

    deinit { buffer.deallocate() }

    var isReadable: Bool { start < end || input.isReadable }

    func read(into output: UnsafeMutableRawBufferPointer) throws(TraceError) -> Int {
        guard !output.isEmpty else { return 0 }
        while true {
            if start == end, !isAtEnd {
                // What the decoder still holds comes first: reading may have to wait.
                let count = try decode(into: output)
                if count > 0 { return count }
                end = try input.read(into: buffer)
                start = 0
                isAtEnd = end == 0
            }
            let count = try decode(into: output)
            if count > 0 { return count }
            guard start == end, isAtEnd else { continue }
            guard decoder.isComplete else {
                throw TraceError(.truncated, at: location, "the \(words) ends too early: the end of it is missing")
            }
            return 0
        }
    }

    private func decode(into output: UnsafeMutableRawBufferPointer) throws(TraceError) -> Int {
        do throws(CompressionError) {
            let step = try decoder.decode(UnsafeRawBufferPointer(rebasing: buffer[start..<end]), into: output)
            start += step.read
            return step.written
        } catch {
            let isDamaged = error.code == .damaged
            throw TraceError(
                isDamaged ? .damaged : .unreadable, at: location,
                "the \(words) \(isDamaged ? "is damaged" : "cannot be read"): \(error.description)")
        }
    }

    /// The line is known to whoever splits the bytes into lines.
    private var location: SourceLocation { SourceLocation(file: input.file, line: 1) }
}
