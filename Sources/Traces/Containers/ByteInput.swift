import Files

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Bytes from front to back: a file, or what was compressed in one.
public protocol ByteReader: AnyObject {
    /// Fills a buffer as far as the next bytes go: 0 at the end.
    ///
    /// - Throws: ``TraceError``.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(TraceError) -> Int
    /// Whether a read would return at once.
    var isReadable: Bool { get }
}

/// Bytes from front to back, of which the first can be looked at before they are read.
public final class ByteInput: ByteReader {
    /// The input's name in errors.
    public let file: String
    private let reader: any ByteReader
    /// Bytes that were looked at and not read yet are `held[start...]`.
    private var held: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    /// - Parameters:
    ///   - reader: Where the bytes come from.
    ///   - file: The input's name in errors.
    public init(_ reader: any ByteReader, file: String) {
        self.reader = reader
        self.file = file
    }

    /// Opens a file, or standard input for `-`.
    ///
    /// - Throws: ``TraceError`` with code `unreadable`.
    convenience init(path: String) throws(TraceError) {
        self.init(try FileReader(path: path), file: path)
    }

    /// Whether a read would return at once.
    public var isReadable: Bool { start < held.count || isAtEnd || reader.isReadable }

    /// See ``ByteReader``.
    ///
    /// - Throws: ``TraceError``.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(TraceError) -> Int {
        guard start < held.count else {
            if isAtEnd { return 0 }
            return try reader.read(into: buffer)
        }
        let count = min(buffer.count, held.count - start)
        held.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<start + count])) }
        start += count
        if start == held.count {
            held = []
            start = 0
        }
        return count
    }

    /// The first bytes, which stay to be read: ``ContainerRegistry/headBytes`` of them, or what there is up to the end of a
    /// line that is not blank. Who writes into a pipe line by line is not kept waiting for the next.
    func head() throws(TraceError) -> [UInt8] {
        while !isAtEnd, held.count - start < ContainerRegistry.headBytes, !saysEnough {
            let chunk = UnsafeMutableRawBufferPointer.allocate(
                byteCount: ContainerRegistry.headBytes, alignment: 16)
            defer { chunk.deallocate() }
            let count = try reader.read(into: chunk)
            if count == 0 { isAtEnd = true }
            held.append(contentsOf: chunk[..<count])
        }
        return Array(held[start...].prefix(ContainerRegistry.headBytes))
    }

    /// Whether a line that is not blank has ended, and there are two bytes that are no white space.
    private var saysEnough: Bool {
        var visible = 0
        var hasLine = false
        for byte in held[start...] {
            switch byte {
            case 0x0A: hasLine = hasLine || visible > 0
            case 0x20, 0x09, 0x0D: break
            default: visible += 1
            }
            if hasLine, visible > 1 { return true }
        }
        return false
    }
}

/// A file, or standard input.
final class FileReader: ByteReader {
    private let descriptor: Descriptor
    private let file: String

    init(path: String) throws(TraceError) {
        file = path
        if path == "-" {
            descriptor = Descriptor(borrowing: 0, name: path)
            return
        }
        let location = SourceLocation(file: path, line: 1)
        do throws(FileError) {
            descriptor = try Descriptor(opening: path, O_RDONLY)
        } catch {
            throw TraceError(.unreadable, at: location, "cannot be opened: \(error.reason)")
        }
        if FilePath.isFolder(path) { throw TraceError(.unreadable, at: location, "is a folder, not a file") }
    }

    var isRegular: Bool { descriptor.isRegular }

    var isReadable: Bool {
        var request = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, 0) != 0
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(TraceError) -> Int {
        do throws(FileError) {
            return try descriptor.read(into: buffer)
        } catch {
            throw TraceError(
                .unreadable, at: SourceLocation(file: file, line: 1), "cannot be read: \(error.reason)")
        }
    }
}
