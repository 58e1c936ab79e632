import CZlib

/// Reads gzip (RFC 1952): one member or several after each other, and zeros that fill a block behind the last.
public final class GzipDecoder: StreamDecoder {
    private enum Place {
        /// In a member; `isBegun` where bytes of it were read.
        case member(isBegun: Bool)
        /// Behind a member.
        case between
        /// In the zeros behind the last.
        case padding
    }

    private let stream: UnsafeMutablePointer<z_stream>
    private var place = Place.member(isBegun: false)
    private var hasMember = false
    /// What is thrown when what came before it has been handed out.
    private var failure: CompressionError?

    /// - Throws: ``CompressionError`` where there is no memory for it.
    public init() throws(CompressionError) {
        // zlib keeps the address.
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard CZlib_beginReading(stream) == Z_OK else {
            stream.deallocate()
            throw CompressionError(.failed, "zlib cannot begin")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Whether the stream may end here.
    public var isComplete: Bool {
        switch place {
        case .member(let isBegun): !isBegun && hasMember
        case .between, .padding: true
        }
    }

    /// See ``StreamDecoder``.
    ///
    /// - Throws: ``CompressionError``.
    public func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(CompressionError) -> (read: Int, written: Int) {
        if let failure { throw failure }
        var step = (read: 0, written: 0)
        do throws(CompressionError) {
            try decode(input, output, &step)
        } catch {
            failure = error
            if step.written == 0 { throw error }
        }
        return step
    }

    private func decode(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer,
        _ step: inout (read: Int, written: Int)
    ) throws(CompressionError) {
        while step.written < output.count {
            switch place {
            case .between:
                guard step.read < input.count else { return }
                if input[step.read] == 0 {
                    place = .padding
                } else {
                    guard inflateReset(stream) == Z_OK else { throw CompressionError(.failed, "zlib cannot go on") }
                    place = .member(isBegun: false)
                }
            case .padding:
                guard input[step.read...].allSatisfy({ $0 == 0 }) else {
                    throw CompressionError(.damaged, "bytes that belong to no member follow the last one")
                }
                step.read = input.count
                return
            case .member:
                let before = step
                let isEnd = try inflate(input, output, &step)
                if isEnd {
                    place = .between
                    hasMember = true
                } else {
                    if step.read > before.read { place = .member(isBegun: true) }
                    if step == before { return }
                }
            }
        }
    }

    private func inflate(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer,
        _ step: inout (read: Int, written: Int)
    ) throws(CompressionError) -> Bool {
        let input = UnsafeRawBufferPointer(rebasing: input[step.read...])
        let output = UnsafeMutableRawBufferPointer(rebasing: output[step.written...])
        // The library counts in 32 bits.
        let given = min(input.count, 1 << 30)
        let room = min(output.count, 1 << 30)
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(given)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(room)
        let status = CZlib.inflate(stream, Z_NO_FLUSH)
        step.read += given - Int(stream.pointee.avail_in)
        step.written += room - Int(stream.pointee.avail_out)
        switch status {
        case Z_OK, Z_BUF_ERROR: return false
        case Z_STREAM_END: return true
        case Z_DATA_ERROR, Z_NEED_DICT:
            throw CompressionError(
                .damaged, stream.pointee.msg.map { String(cString: $0) } ?? "the bytes are not what they should be")
        case Z_MEM_ERROR: throw CompressionError(.failed, "there is no memory")
        default: throw CompressionError(.failed, "zlib reports error \(status)")
        }
    }
}

/// Writes gzip, one member without name and time.
public final class GzipEncoder: StreamEncoder {
    private let stream: UnsafeMutablePointer<z_stream>
    private var pieces = EvenPieces()

    /// - Parameter level: From 1, fast, to 9, small.
    /// - Throws: ``CompressionError`` where there is no memory for it.
    public init(level: Int = 6) throws(CompressionError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard CZlib_beginWriting(stream, Int32(min(max(level, 1), 9))) == Z_OK else {
            stream.deallocate()
            throw CompressionError(.failed, "zlib cannot begin")
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// See ``StreamEncoder``.
    ///
    /// - Throws: ``CompressionError``.
    public func encode(_ bytes: UnsafeRawBufferPointer) throws(CompressionError) -> [UInt8] {
        var output: [UInt8] = []
        try pieces.add(bytes) { piece throws(CompressionError) in try deflate(piece, Z_NO_FLUSH, &output) }
        return output
    }

    /// See ``StreamEncoder``.
    ///
    /// - Throws: ``CompressionError``.
    public func finish() throws(CompressionError) -> [UInt8] {
        var output: [UInt8] = []
        try pieces.finish { piece throws(CompressionError) in try deflate(piece, Z_FINISH, &output) }
        return output
    }

    private func deflate(
        _ piece: UnsafeRawBufferPointer, _ flush: Int32, _ output: inout [UInt8]
    ) throws(CompressionError) {
        let room = 1 << 16
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: piece.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(piece.count)
        var status = Z_OK
        repeat {
            output += [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                stream.pointee.next_out = buffer.baseAddress
                stream.pointee.avail_out = UInt32(room)
                status = CZlib.deflate(stream, flush)
                count = room - Int(stream.pointee.avail_out)
            }
            guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
                throw CompressionError(.failed, "zlib reports error \(status)")
            }
        } while stream.pointee.avail_out == 0 || (flush == Z_FINISH && status == Z_OK)
    }
}
