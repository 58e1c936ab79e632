import CZstandard

/// Reads Zstandard (RFC 8878): frames after each other, those that are to be skipped among them.
public final class ZstandardDecoder: StreamDecoder {
    private let stream: OpaquePointer
    /// What the library last asked for: 0 at the end of a frame.
    private var wanted = 1
    private var hasFrame = false
    /// What is thrown when what came before it has been handed out.
    private var failure: CompressionError?

    /// - Throws: ``CompressionError`` where there is no memory for it.
    public init() throws(CompressionError) {
        guard let stream = ZSTD_createDStream() else { throw CompressionError(.failed, "zstd cannot begin") }
        self.stream = stream
    }

    deinit {
        ZSTD_freeDStream(stream)
    }

    /// Whether the stream may end here.
    public var isComplete: Bool { wanted == 0 && hasFrame }

    /// See ``StreamDecoder``.
    ///
    /// - Throws: ``CompressionError``.
    public func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(CompressionError) -> (read: Int, written: Int) {
        if let failure { throw failure }
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: 0, pos: 0)
        while target.pos < output.count {
            // A block at a time: what the library has written when it fails, it does not tell.
            target.size = min(output.count, target.pos + (1 << 17))
            // Without input at the end of a frame, the library would begin the next.
            if source.pos == source.size, wanted == 0 { break }
            let before = (source.pos, target.pos)
            let status = ZSTD_decompressStream(stream, &target, &source)
            guard ZSTD_isError(status) == 0 else {
                let error = Self.error(status)
                failure = error
                if target.pos == 0 { throw error }
                break
            }
            if (source.pos, target.pos) == before { break }
            wanted = status
            hasFrame = hasFrame || status == 0
        }
        return (source.pos, target.pos)
    }

    private static func error(_ status: Int) -> CompressionError {
        let words = String(cString: ZSTD_getErrorName(status))
        return switch ZSTD_getErrorCode(status) {
        case ZSTD_error_frameParameter_windowTooLarge:
            CompressionError(
                .needsMemory, "its window is larger than 128 MiB; compress it again without --long or --ultra")
        case ZSTD_error_memory_allocation: CompressionError(.failed, words)
        default: CompressionError(.damaged, words)
        }
    }
}

/// Writes Zstandard, one frame with a checksum.
public final class ZstandardEncoder: StreamEncoder {
    private let stream: OpaquePointer
    private var pieces = EvenPieces()

    /// - Parameter level: From 1, fast, to 19, small.
    /// - Throws: ``CompressionError`` where there is no memory for it.
    public init(level: Int = 3) throws(CompressionError) {
        guard let stream = ZSTD_createCStream() else { throw CompressionError(.failed, "zstd cannot begin") }
        self.stream = stream
        for (parameter, value) in [
            (ZSTD_c_compressionLevel, Int32(min(max(level, 1), 19))), (ZSTD_c_checksumFlag, 1),
        ] {
            guard ZSTD_isError(ZSTD_CCtx_setParameter(stream, parameter, value)) == 0 else {
                ZSTD_freeCStream(stream)
                throw CompressionError(.failed, "zstd refuses its parameters")
            }
        }
    }

    deinit {
        ZSTD_freeCStream(stream)
    }

    /// See ``StreamEncoder``.
    ///
    /// - Throws: ``CompressionError``.
    public func encode(_ bytes: UnsafeRawBufferPointer) throws(CompressionError) -> [UInt8] {
        var output: [UInt8] = []
        try pieces.add(bytes) { piece throws(CompressionError) in try compress(piece, ZSTD_e_continue, &output) }
        return output
    }

    /// See ``StreamEncoder``.
    ///
    /// - Throws: ``CompressionError``.
    public func finish() throws(CompressionError) -> [UInt8] {
        var output: [UInt8] = []
        try pieces.finish { piece throws(CompressionError) in
            // A first call that is also the last would name the size, and make another stream of the same bytes.
            try compress(piece, ZSTD_e_continue, &output)
            try compress(UnsafeRawBufferPointer(start: nil, count: 0), ZSTD_e_end, &output)
        }
        return output
    }

    private func compress(
        _ piece: UnsafeRawBufferPointer, _ operation: ZSTD_EndDirective, _ output: inout [UInt8]
    ) throws(CompressionError) {
        var source = ZSTD_inBuffer(src: piece.baseAddress, size: piece.count, pos: 0)
        let room = ZSTD_CStreamOutSize()
        var rest = 0
        repeat {
            output += [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                var target = ZSTD_outBuffer(dst: buffer.baseAddress, size: room, pos: 0)
                rest = ZSTD_compressStream2(stream, &target, &source, operation)
                count = target.pos
            }
            guard ZSTD_isError(rest) == 0 else {
                throw CompressionError(.failed, String(cString: ZSTD_getErrorName(rest)))
            }
        } while source.pos < source.size || (operation == ZSTD_e_end && rest > 0)
    }
}
