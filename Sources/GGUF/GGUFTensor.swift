/// What a file's header says of one tensor.
public struct GGUFTensor: Hashable, Sendable {
    /// The tensor's name.
    public let name: String
    /// How its elements are stored.
    public let type: GGUFTensorType
    /// The sizes of its dimensions, outermost first, so that elements lie in row-major order. (The file has them the other
    /// way round.) Empty for a single element.
    public let shape: [Int]
    /// Where its bytes lie, in bytes from the beginning of the file.
    public let byteRange: Range<Int>

    /// The number of elements.
    public var elementCount: Int { byteRange.count / type.blockBytes * type.blockElements }
    /// Elements of the innermost dimension.
    public var rowElements: Int { shape.last ?? 1 }
    /// How many rows there are: the product of all dimensions but the innermost.
    public var rowCount: Int { rowElements == 0 ? 0 : elementCount / rowElements }
    /// Bytes of one row.
    var rowBytes: Int { rowElements / type.blockElements * type.blockBytes }
}
