import Files

/// Writes a safetensors file: declares every tensor first, then takes their bytes in pieces and in any order.
///
/// The bytes of the file follow from the declarations, the metadata and the contents alone, whatever the order of
/// writing. The file appears under its name when ``finish()`` has put it on the disk; a writer that is let go before
/// leaves nothing.
public final class SafetensorsWriter {
    /// The tensors in the order of the file: by element type, the widest first, then by name.
    public let tensors: [TensorInfo]

    private let indexes: [String: Int]
    private var written: [Int]
    private var file: StagedFile?
    private let path: String

    /// Begins a file.
    /// - Parameters:
    ///   - path: where the file appears in the end; its folder must exist.
    ///   - declarations: what it holds, in any order.
    ///   - metadata: the header's string map. transformers insists on `"format": "pt"`.
    ///   - replacing: whether a file that is there already gives way; otherwise it is an error.
    /// - Throws: ``SafetensorsError``, also where the disk has not enough space for the whole file.
    public init(
        path: String, tensors declarations: [TensorDeclaration], metadata: [String: String] = [:],
        replacing: Bool = false
    ) throws(SafetensorsError) {
        let layout = try SafetensorsLayout(file: path, declarations, metadata: metadata)
        let file: StagedFile
        do throws(FileError) {
            file = try StagedFile(path: path, replacing: replacing)
            try file.reserve(layout.size)
            try file.write(layout.header)
        } catch {
            throw SafetensorsError(error)
        }
        tensors = layout.tensors
        indexes = Dictionary(
            zip(layout.tensors.map(\.name), layout.tensors.indices), uniquingKeysWith: { first, _ in first })
        written = layout.tensors.map { _ in 0 }
        self.file = file
        self.path = path
    }

    /// Adds a tensor's next bytes: little-endian elements in row-major order.
    /// - Throws: ``SafetensorsError``, also for more bytes than declared.
    public func append(_ bytes: UnsafeRawBufferPointer, to name: String) throws(SafetensorsError) {
        guard let file else { throw SafetensorsError(path, tensor: name, .alreadyFinished) }
        guard let index = indexes[name] else { throw SafetensorsError(path, tensor: name, .noSuchTensor) }
        let range = tensors[index].byteRange
        guard bytes.count <= range.count - written[index] else {
            throw SafetensorsError(path, tensor: name, .tooManyBytes(declared: range.count))
        }
        do throws(FileError) {
            try file.write(bytes, at: range.lowerBound + written[index])
        } catch {
            throw SafetensorsError(error)
        }
        written[index] += bytes.count
    }

    /// Adds the elements of an array to a tensor.
    /// - Throws: ``SafetensorsError``, also for more bytes than declared.
    public func append(_ elements: [some BitwiseCopyable], to name: String) throws(SafetensorsError) {
        try elements.withUnsafeBufferPointer { buffer throws(SafetensorsError) in
            try append(UnsafeRawBufferPointer(buffer), to: name)
        }
    }

    /// Puts the file on the disk and in its place.
    /// - Throws: ``SafetensorsError``, also where a tensor lacks bytes; then nothing appears.
    public func finish() throws(SafetensorsError) {
        try complete().place()
    }

    /// The finished file, on the disk but not in its place.
    func complete() throws(SafetensorsError) -> StagedFile {
        guard let file else { throw SafetensorsError(path, .alreadyFinished) }
        for (tensor, count) in zip(tensors, written) where count != tensor.byteRange.count {
            throw SafetensorsError(
                path, tensor: tensor.name, .incomplete(declared: tensor.byteRange.count, written: count))
        }
        do throws(FileError) {
            try file.synchronize()
        } catch {
            throw SafetensorsError(error)
        }
        self.file = nil
        return file
    }

    /// Writes a whole file.
    /// - Parameters:
    ///   - path: where the file appears.
    ///   - declarations: what it holds, in any order.
    ///   - metadata: the header's string map.
    ///   - replacing: whether a file that is there already gives way; otherwise it is an error.
    ///   - contents: called for each tensor in the order of the file; hands the bytes to the closure it is given, in
    ///     one or more pieces.
    /// - Throws: ``SafetensorsError``, or what `contents` throws; then nothing appears.
    public static func write(
        to path: String, tensors declarations: [TensorDeclaration], metadata: [String: String] = [:],
        replacing: Bool = false,
        contents: (TensorInfo, (UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        let writer = try SafetensorsWriter(
            path: path, tensors: declarations, metadata: metadata, replacing: replacing)
        for tensor in writer.tensors {
            try contents(tensor) { bytes in try writer.append(bytes, to: tensor.name) }
        }
        try writer.finish()
    }
}

extension StagedFile {
    /// Puts the file in its place.
    func place() throws(SafetensorsError) {
        do throws(FileError) {
            try publish()
        } catch {
            throw SafetensorsError(error)
        }
    }
}
