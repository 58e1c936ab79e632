import Files
import Foundation
import StrictJSON

/// Why a file could not be read or written.
public struct SafetensorsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Problem: Hashable, Sendable {
        /// The system refused an operation; `code` is its errno.
        case system(operation: String, code: Int32)
        /// The path contains a NUL character.
        case invalidPath
        /// A folder, a pipe or a device.
        case notARegularFile
        /// Fewer bytes than the 8 of the header's length.
        case tooShort(size: Int)
        /// The header's length is above the format's limit of 100 MB.
        case headerTooLarge(length: UInt64)
        /// The header would end behind the end of the file.
        case headerBeyondEnd(length: UInt64, fileSize: Int)
        /// Not the JSON that the format asks for; `offset` counts bytes from the beginning of the JSON text.
        case malformedJSON(offset: Int, reason: String)
        /// A key occurs twice in one object. Names that differ in Unicode normalisation only count as the same.
        case duplicateKey(String, offset: Int)
        /// A tensor's entry lacks a field.
        case missingField(String)
        /// A tensor's entry has a field that the format does not know.
        case unknownField(String)
        /// An element type that this reader does not know.
        case unknownDType(String)
        /// More than 64 dimensions.
        case tooManyDimensions(Int)
        /// A dimension below zero.
        case negativeDimension(Int)
        /// More bytes than a 64-bit integer counts.
        case shapeOverflow([Int])
        /// `data_offsets` is not a pair.
        case offsetsNotAPair(count: Int)
        /// `data_offsets` end before they begin.
        case reversedOffsets(begin: Int, end: Int)
        /// `data_offsets` point behind the file's last byte.
        case offsetsOutOfBounds(begin: Int, end: Int, dataSize: Int)
        /// Type and shape ask for another number of bytes than the offsets give.
        case sizeMismatch(expected: Int, actual: Int)
        /// The tensor's bytes begin inside another tensor's.
        case overlap(begin: Int, previousEnd: Int)
        /// Bytes before the tensor belong to no tensor.
        case hole(begin: Int, previousEnd: Int)
        /// Bytes after the last tensor belong to no tensor.
        case trailingBytes(end: Int, dataSize: Int)
        /// The file was cut, extended or written to after it was opened.
        case changedAfterOpening
        /// No tensor has that name.
        case noSuchTensor
        /// Elements of that type are not floats.
        case notAFloat(SafetensorsDType)
        /// The tensors together have more bytes than a 64-bit integer counts.
        case tooManyBytesAltogether
        /// A name that the format reserves.
        case reservedName
        /// Two declarations of one name.
        case declaredTwice
        /// Something is there already and was not to be replaced.
        case alreadyExists
        /// A tensor got more bytes than declared.
        case tooManyBytes(declared: Int)
        /// The writer was finished before the tensor had all its bytes.
        case incomplete(declared: Int, written: Int)
        /// The writer was finished before.
        case alreadyFinished
        /// The folder has neither a single file nor an index.
        case noCheckpoint(looked: [String])
        /// The index has no usable `weight_map`.
        case invalidIndex(String)
        /// The index names a shard that is not a plain file name ending in `.safetensors`.
        case unsafeShardName(String)
        /// The index says that the tensor is in this shard, and it is not.
        case missingFromShard
        /// The index's `total_size` is not the sum of its tensors' sizes.
        case totalSizeMismatch(index: Int, actual: Int)
    }

    /// The file's path.
    public var file: String
    /// The tensor's name, where the problem has to do with one.
    public var tensor: String?
    /// What is wrong.
    public var problem: Problem

    init(_ file: String, tensor: String? = nil, _ problem: Problem) {
        self.file = file
        self.tensor = tensor
        self.problem = problem
    }

    /// The reason that the system has just given, in `errno`.
    static func system(_ file: String, _ operation: String) -> Self {
        Self(file, .system(operation: operation, code: errno))
    }

    /// What the system, or the state of the disk, did not allow.
    init(_ error: FileError) {
        let problem: Problem =
            switch error.code {
            case .exists: .alreadyExists
            case .invalidPath: .invalidPath
            case .isDirectory, .notRegular: .notARegularFile
            case .truncated: .changedAfterOpening
            case .missing, .sameFile, .inUse, .tooLarge, .system:
                .system(operation: error.operation, code: error.errno)
            }
        self.init(error.path, problem)
    }

    /// What is wrong with the JSON of a header or an index.
    init(_ error: JSONError, file: String) {
        let tensor = error.path.count > 1 && error.path[0] != HeaderLimits.metadataKey ? error.path[0] : nil
        switch error.code {
        case .duplicateMember: self.init(file, tensor: tensor, .duplicateKey(error.name ?? "", offset: error.offset))
        case .invalidUTF8:
            self.init(file, .malformedJSON(offset: error.offset, reason: "a string that is not UTF-8"))
        case .tooDeep: self.init(file, .malformedJSON(offset: error.offset, reason: "nested too deeply"))
        default: self.init(file, tensor: tensor, .malformedJSON(offset: error.offset, reason: error.message))
        }
    }

    /// One line: the file, the tensor, and what is wrong.
    public var description: String {
        let place = tensor.map { "tensor \(quoted($0)): " } ?? ""
        return "\(quoted(file, mark: "")): \(place)\(explanation)"
    }

    private var explanation: String {
        switch problem {
        case .system(let operation, let code): "cannot \(operation): \(String(cString: strerror(code)))"
        case .invalidPath: "the path contains a NUL character"
        case .notARegularFile: "not a regular file"
        case .tooShort(let size): "too short for a safetensors file: \(size) bytes"
        case .headerTooLarge(let length): "a header of \(length) bytes is above the limit of \(HeaderLimits.bytes)"
        case .headerBeyondEnd(let length, let fileSize):
            "truncated: a header of \(length) bytes does not fit in a file of \(fileSize) bytes"
        case .malformedJSON(let offset, let reason): "malformed JSON at byte \(offset): \(reason)"
        case .duplicateKey(let key, let offset): "the key \(quoted(key)) occurs twice (byte \(offset) of the JSON text)"
        case .missingField(let field): "the header lacks the field \(field)"
        case .unknownField(let field): "the header has an unknown field \(quoted(field))"
        case .unknownDType(let name): "the data type \(quoted(name)) is not supported"
        case .tooManyDimensions(let limit): "more than \(limit) dimensions"
        case .negativeDimension(let size): "a dimension of \(size)"
        case .shapeOverflow(let shape): "the shape \(shape) exceeds any address space"
        case .offsetsNotAPair(let count): "data_offsets has \(count) elements instead of 2"
        case .reversedOffsets(let begin, let end): "data_offsets end at \(end), before they begin at \(begin)"
        case .offsetsOutOfBounds(let begin, let end, let dataSize):
            "data_offsets [\(begin), \(end)] are outside the file's \(dataSize) bytes of data; is it truncated?"
        case .sizeMismatch(let expected, let actual):
            "its type and shape need \(expected) bytes, the file gives \(actual)"
        case .overlap(let begin, let end): "its data begin at \(begin), inside the data that end at \(end)"
        case .hole(let begin, let end): "the bytes \(end) to \(begin) before its data belong to no tensor"
        case .trailingBytes(let end, let dataSize): "the bytes \(end) to \(dataSize) of the data belong to no tensor"
        case .changedAfterOpening: "the file was changed after it was opened"
        case .noSuchTensor: "no such tensor"
        case .notAFloat(let dtype): "elements of type \(dtype.rawValue) cannot be read as floats"
        case .tooManyBytesAltogether: "the tensors together exceed any address space"
        case .declaredTwice: "declared twice"
        case .reservedName: "the name is reserved"
        case .alreadyExists: "already exists"
        case .tooManyBytes(let declared): "more than the declared \(declared) bytes"
        case .incomplete(let declared, let written): "only \(written) of \(declared) bytes were written"
        case .alreadyFinished: "written to after it was finished"
        case .noCheckpoint(let looked): "no checkpoint: none of \(looked.joined(separator: ", "))"
        case .invalidIndex(let reason): "not a checkpoint's index: \(reason)"
        case .unsafeShardName(let name): "\(quoted(name)) is not the name of a .safetensors file in the same folder"
        case .missingFromShard: "the index places it here, but it is not in this file"
        case .totalSizeMismatch(let index, let actual): "total_size is \(index), the tensors have \(actual) bytes"
        }
    }
}

/// Text from a file, fit for one line of a terminal: control characters escaped, long text cut.
private func quoted(_ text: String, mark: String = "'") -> String {
    var out = mark
    for (count, scalar) in text.unicodeScalars.enumerated() {
        if count == 300 {
            out += "…"
            break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator:
            out += "\\u{" + String(scalar.value, radix: 16) + "}"
        default: out.unicodeScalars.append(scalar)
        }
    }
    return out + mark
}
