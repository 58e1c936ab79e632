/// A safetensors file, opened for reading.
///
/// Opening reads and checks the whole header, and nothing else: that the JSON is well-formed without repeated keys,
/// that types and shapes agree with the offsets, and that the tensors' bytes cover the file's data without overlap or
/// gap. What passes can be read without further checks.
///
/// A hostile file cannot make a reader recurse, nor allocate by its claims: the header is at most 100 MB and as long as
/// the file really is, and what is kept of it is at most about 14 times its size (many tiny entries).
///
/// Values of this class may be used from several threads.
///
/// ## A file that changes
///
/// Size and time of modification are compared with those of the opening before each access, and
/// ``SafetensorsError/Problem/changedAfterOpening`` is thrown where they differ. A file that another process cuts
/// *while* mapped bytes are being read cannot be caught so: the system ends this process with SIGBUS. Files that are
/// replaced by renaming, as ``SafetensorsWriter`` does it, are safe, since the mapping keeps the old file. For files
/// that others may cut in place, and for network file systems, open with ``Access/copied``: then each access copies
/// the tensor's bytes, and a cut is an error.
public final class SafetensorsFile: Sendable {
    /// How the bytes of tensors are reached.
    public enum Access: Sendable {
        /// Through a mapping of the file: no copy, pages come from the disk when touched.
        case mapped
        /// By read(2) into memory that lives as long as the access: one copy, but no SIGBUS.
        case copied
    }

    /// The path given at the opening.
    public let path: String
    /// The file's size in bytes.
    public let size: Int
    /// The tensors in the order of their bytes in the file; tensors without bytes by name.
    public let tensors: [TensorInfo]
    /// The header's string map, empty where it has none.
    public let metadata: [String: String]

    private let indexes: [String: Int]
    private let file: OpenedFile
    private let mapping: FileMapping?

    /// Opens a file and checks its header.
    /// - Throws: ``SafetensorsError`` that names the file and, where one is concerned, the tensor.
    public init(path: String, access: Access = .mapped) throws(SafetensorsError) {
        let file = try OpenedFile(path: path)
        let header = try Self.header(of: file)
        self.path = path
        self.file = file
        size = file.size
        tensors = header.tensors
        metadata = header.metadata
        // The scanner has refused repeated names.
        indexes = Dictionary(
            zip(header.tensors.map(\.name), header.tensors.indices), uniquingKeysWith: { first, _ in first })
        mapping = access == .mapped ? try file.map() : nil
    }

    private static func header(of file: OpenedFile) throws(SafetensorsError) -> SafetensorsHeader {
        guard file.size >= HeaderLimits.lengthBytes else {
            throw SafetensorsError(file.path, .tooShort(size: file.size))
        }
        var word: UInt64 = 0
        try withUnsafeMutableBytes(of: &word) { bytes throws(SafetensorsError) in try file.read(into: bytes, at: 0) }
        let length = UInt64(littleEndian: word)
        guard length <= UInt64(HeaderLimits.bytes) else {
            throw SafetensorsError(file.path, .headerTooLarge(length: length))
        }
        let dataStart = HeaderLimits.lengthBytes + Int(length)
        guard dataStart <= file.size else {
            throw SafetensorsError(file.path, .headerBeyondEnd(length: length, fileSize: file.size))
        }
        let json = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(length), alignment: 1)
        defer { json.deallocate() }
        try file.read(into: json, at: HeaderLimits.lengthBytes)
        return try SafetensorsHeader(
            UnsafeRawBufferPointer(json), file: file.path, dataStart: dataStart, dataSize: file.size - dataStart)
    }

    /// The tensors' names in the order of their bytes.
    public var names: [String] {
        tensors.map(\.name)
    }

    /// The tensor of that name, if the file has it.
    public subscript(name: String) -> TensorInfo? {
        indexes[name].map { tensors[$0] }
    }

    /// The tensor of that name.
    /// - Throws: ``SafetensorsError/Problem/noSuchTensor``.
    public func info(_ name: String) throws(SafetensorsError) -> TensorInfo {
        guard let info = self[name] else { throw SafetensorsError(path, tensor: name, .noSuchTensor) }
        return info
    }

    /// Calls `body` with a tensor's bytes: little-endian elements in row-major order.
    ///
    /// The bytes are valid during the call only. They may lie at any address, see ``TensorInfo/isAligned``.
    /// - Throws: ``SafetensorsError``, or what `body` throws.
    public func withTensorBytes<R>(_ name: String, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
        try withBytes(try info(name).byteRange, body)
    }

    /// Calls `body` with the bytes of the whole file in order, in pieces of at most `size` bytes, for digests.
    /// - Throws: ``SafetensorsError``, or what `body` throws.
    public func forEachChunk(ofSize size: Int = 1 << 20, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let step = max(size, 1)
        for start in stride(from: 0, to: self.size, by: step) {
            try withBytes(start..<min(self.size, start + step), body)
        }
    }

    private func withBytes<R>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
        try file.checkUnchanged()
        if let mapping {
            return try withExtendedLifetime(mapping) {
                try body(UnsafeRawBufferPointer(rebasing: mapping.bytes[range]))
            }
        }
        // A cache line's alignment serves every element type and vector loads.
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: range.count, alignment: 64)
        defer { copy.deallocate() }
        try file.read(into: copy, at: range.lowerBound)
        return try body(UnsafeRawBufferPointer(copy))
    }
}
