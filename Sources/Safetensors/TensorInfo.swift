/// What a file's header says of one tensor.
public struct TensorInfo: Hashable, Sendable {
    /// The tensor's name.
    public let name: String
    /// The type of its elements.
    public let dtype: SafetensorsDType
    /// The sizes of its dimensions, outermost first; empty for a scalar. Elements are stored in row-major order.
    public let shape: [Int]
    /// Where its bytes lie, in bytes from the beginning of the file.
    public let byteRange: Range<Int>

    /// The number of elements.
    public var elementCount: Int {
        byteRange.count / dtype.byteCount
    }

    /// Whether the bytes begin at a multiple of the element's size.
    ///
    /// The format does not promise it: files by older writers have headers of any length. Bytes that are not aligned
    /// must be read by `loadUnaligned` or be copied first.
    public var isAligned: Bool {
        byteRange.lowerBound % dtype.byteCount == 0
    }
}

/// A tensor to be written.
public struct TensorDeclaration: Hashable, Sendable {
    /// The tensor's name.
    public var name: String
    /// The type of its elements.
    public var dtype: SafetensorsDType
    /// The sizes of its dimensions, outermost first; empty for a scalar.
    public var shape: [Int]

    /// Declares a tensor.
    public init(name: String, dtype: SafetensorsDType, shape: [Int]) {
        self.name = name
        self.dtype = dtype
        self.shape = shape
    }

    /// Where the tensor's bytes end when they begin at `begin`.
    func end(from begin: Int, file: String) throws(SafetensorsError) -> Int {
        func problem(_ problem: SafetensorsError.Problem) -> SafetensorsError {
            SafetensorsError(file, tensor: name, problem)
        }
        guard shape.count <= TensorShape.maximumRank else { throw problem(.tooManyDimensions(TensorShape.maximumRank)) }
        if let negative = shape.first(where: { $0 < 0 }) { throw problem(.negativeDimension(negative)) }
        guard let size = TensorShape.byteCount(shape, dtype) else { throw problem(.shapeOverflow(shape)) }
        let (end, overflow) = begin.addingReportingOverflow(size)
        guard !overflow else { throw problem(.tooManyBytesAltogether) }
        return end
    }
}

enum TensorShape {
    /// More dimensions than any library handles; bounds what a hostile header can make a reader keep.
    static let maximumRank = 64

    /// The bytes of a tensor of dimensions that are not negative, or nil where they exceed what an `Int` holds.
    ///
    /// Zero-sized dimensions do not excuse the others: their strides must be representable too.
    static func byteCount(_ shape: [Int], _ dtype: SafetensorsDType) -> Int? {
        var strides = dtype.byteCount
        for dimension in shape where dimension != 0 {
            let (product, overflow) = strides.multipliedReportingOverflow(by: dimension)
            if overflow { return nil }
            strides = product
        }
        return shape.contains(0) ? 0 : strides
    }
}

extension String {
    /// Order by UTF-8 bytes. Swift's own compares normalised text, which differs from the format's order.
    func precedesByBytes(_ other: String) -> Bool {
        utf8.lexicographicallyPrecedes(other.utf8)
    }
}
