import Files

/// Why a file could not be read.
public struct GGUFError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Problem: Hashable, Sendable {
        /// The system refused, or the file is none.
        case file(FileError)
        /// The first four bytes are not `GGUF`.
        case notGGUF
        /// A version that this reader does not know.
        case unsupportedVersion(UInt32)
        /// The numbers are written with the highest byte first.
        case bigEndian
        /// The file ends inside its header.
        case truncatedHeader
        /// The header has more bytes or elements than any model's.
        case headerTooLarge
        /// More of something than the rest of the file can hold.
        case countBeyondEnd(UInt64)
        /// A value type that the format does not know.
        case unknownValueType(UInt32)
        /// Lists within lists within lists.
        case nestedTooDeeply
        /// A truth value that is neither 0 nor 1.
        case notABool(UInt8)
        /// A key or a tensor that is there twice.
        case duplicate
        /// A name that is empty, too long or not UTF-8.
        case invalidName
        /// An alignment that is no power of two up to 2^20.
        case invalidAlignment(Int)
        /// An element type that this reader does not know.
        case unsupportedType(String)
        /// More than four dimensions.
        case tooManyDimensions(Int)
        /// Dimensions whose product no file can hold.
        case shapeOverflow
        /// A row that is not a whole number of blocks.
        case unevenRow(elements: Int, block: Int)
        /// The tensor's bytes begin where the alignment does not allow it.
        case unaligned(offset: UInt64)
        /// The tensor's bytes end behind the end of the file.
        case dataBeyondEnd(end: UInt64, size: Int)
        /// The tensor's bytes begin inside another tensor's.
        case overlap(with: String)
        /// The file was cut, extended or written to after it was opened.
        case changedAfterOpening
        /// No tensor has that name.
        case noSuchTensor
        /// Rows that the tensor does not have.
        case noSuchRows(Range<Int>, of: Int)
    }

    /// The file's path.
    public var file: String
    /// The key or the tensor concerned, where there is one.
    public var place: String?
    /// What is wrong.
    public var problem: Problem

    init(_ file: String, at place: String? = nil, _ problem: Problem) {
        self.file = file
        self.place = place
        self.problem = problem
    }

    /// One line: the file, the place in it, and what is wrong.
    public var description: String {
        Self.shown(file) + ": " + (place.map { "'" + Self.shown($0) + "': " } ?? "") + explanation
    }

    private var explanation: String {
        switch problem {
        case .file(let error): "cannot \(error.operation): \(error.reason)"
        case .notGGUF: "not a GGUF file"
        case .unsupportedVersion(let version): "version \(version) of GGUF is not supported; 1 to 3 are"
        case .bigEndian: "a GGUF file in big-endian order, which is not supported"
        case .truncatedHeader: "truncated: it ends inside its header"
        case .headerTooLarge: "a header larger than any model's"
        case .countBeyondEnd(let count): "says that \(count) elements follow, more than the file has bytes for"
        case .unknownValueType(let type): "a value of the unknown type \(type)"
        case .nestedTooDeeply: "lists nested too deeply"
        case .notABool(let value): "a truth value of \(value)"
        case .duplicate: "is there twice"
        case .invalidName: "a name that is empty, too long or not UTF-8"
        case .invalidAlignment(let value): "an alignment of \(value)"
        case .unsupportedType(let name):
            "tensors of type \(name) are not supported (supported: "
                + GGUFTensorType.allCases.map(\.name).joined(separator: ", ") + ")"
        case .tooManyDimensions(let count): "\(count) dimensions; four is the format's limit"
        case .shapeOverflow: "its shape exceeds any address space"
        case .unevenRow(let elements, let block):
            "a row of \(elements) elements is no multiple of the block of \(block)"
        case .unaligned(let offset): "its data begin at \(offset), which the alignment does not allow"
        case .dataBeyondEnd(let end, let size): "truncated: its data end at byte \(end) of \(size)"
        case .overlap(let other): "its data lie over those of '\(Self.shown(other))'"
        case .changedAfterOpening: "the file was changed after it was opened"
        case .noSuchTensor: "no such tensor"
        case .noSuchRows(let range, let count): "rows \(range.lowerBound) to \(range.upperBound) of \(count)"
        }
    }

    /// Text from a file, fit for one line of a terminal.
    private static func shown(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars.prefix(300) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                out += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
