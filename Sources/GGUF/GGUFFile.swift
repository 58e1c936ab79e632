import Files
import Foundation

/// A GGUF file, opened for reading: metadata, and tensors as single-precision floats.
///
/// Opening reads and checks the whole header: that counts fit the bytes there are, that names are distinct, that shapes and
/// types agree and that the tensors' bytes lie in the file without overlap. A hostile file cannot make the reader recurse
/// deeply nor allocate by its claims. Tensors are read with read(2), row by row if wanted, so that a tensor larger than
/// memory can be handled and a file that is cut meanwhile is an error.
///
/// Values of this class may be used from several threads.
public final class GGUFFile: Sendable {
    /// The path given at the opening.
    public let path: String
    /// The file's size in bytes.
    public let size: Int
    /// The version of the format, 1 to 3.
    public let version: Int
    /// The metadata's keys in the order of the file.
    public let keys: [String]
    /// The tensors in the order of the header.
    public let tensors: [GGUFTensor]

    private let values: [String: GGUFValue]
    private let indexes: [String: Int]
    private let file: Descriptor
    private let modified: timespec

    /// Opens a file and checks its header.
    ///
    /// - Throws: ``GGUFError`` that names the file and, where one is concerned, the key or the tensor.
    public init(path: String) throws(GGUFError) {
        do throws(FileError) {
            // Without O_NONBLOCK a named pipe would keep `open` waiting.
            file = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK)
            try file.requireRegular()
            let status = try file.status()
            size = Int(status.st_size)
            modified = status.st_mtim
        } catch {
            throw GGUFError(path, .file(error))
        }
        var reader = HeaderReader(file, size: size)
        let header = try GGUFHeader(&reader, size: size)
        self.path = path
        version = Int(header.version)
        keys = header.keys
        values = header.values
        tensors = header.tensors
        indexes = Dictionary(
            zip(header.tensors.map(\.name), header.tensors.indices), uniquingKeysWith: { first, _ in first })
    }

    /// The value of a key of the metadata, if the file has it.
    public subscript(key: String) -> GGUFValue? { values[key] }

    /// The tensor of that name, if the file has it.
    public func tensor(_ name: String) -> GGUFTensor? { indexes[name].map { tensors[$0] } }

    /// The elements of a tensor's rows, dequantised, in row-major order.
    ///
    /// - Parameters:
    ///   - name: The tensor's name.
    ///   - rows: Which rows; all where it is nil.
    /// - Throws: ``GGUFError`` for a tensor or rows that are not there, or a file that was changed.
    public func floats(_ name: String, rows: Range<Int>? = nil) throws(GGUFError) -> [Float] {
        guard let tensor = tensor(name) else { throw GGUFError(path, at: name, .noSuchTensor) }
        let rows = rows ?? 0..<tensor.rowCount
        guard rows.lowerBound >= 0, rows.upperBound <= tensor.rowCount else {
            throw GGUFError(path, at: name, .noSuchRows(rows, of: tensor.rowCount))
        }
        try checkUnchanged()
        let start = tensor.byteRange.lowerBound + rows.lowerBound * tensor.rowBytes
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try file.bytes(at: Int64(start), count: rows.count * tensor.rowBytes)
        } catch {
            throw GGUFError(path, at: name, error.code == .truncated ? .changedAfterOpening : .file(error))
        }
        return Dequantization.floats(bytes, type: tensor.type)
    }

    private func checkUnchanged() throws(GGUFError) {
        let status: stat
        do throws(FileError) {
            status = try file.status()
        } catch {
            throw GGUFError(path, .file(error))
        }
        guard Int(status.st_size) == size, status.st_mtim.tv_sec == modified.tv_sec,
            status.st_mtim.tv_nsec == modified.tv_nsec
        else { throw GGUFError(path, .changedAfterOpening) }
    }
}
