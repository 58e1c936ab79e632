/// The format's limits.
enum HeaderLimits {
    /// The reference implementation's limit on the JSON text.
    static let bytes = 100_000_000
    /// Bytes of the length before the JSON text.
    static let lengthBytes = 8
    /// The key of the string map, which is no tensor.
    static let metadataKey = "__metadata__"
    /// Levels of nesting, more than any header or index has.
    static let depth = 32
}

/// A file's header, checked against the format's every rule.
struct SafetensorsHeader {
    /// In the order of their bytes.
    var tensors: [TensorInfo] = []
    var metadata: [String: String] = [:]

    /// Reads the JSON text of a header.
    /// - Parameters:
    ///   - dataStart: where the file's data begin, in bytes from the beginning of the file.
    ///   - dataSize: how many bytes of data the file has.
    init(
        _ json: UnsafeRawBufferPointer, file: String, dataStart: Int, dataSize: Int
    ) throws(SafetensorsError) {
        let text = try HeaderText(json, file: file, depth: HeaderLimits.depth)
        guard json.first == UInt8(ascii: "{") else { throw text.malformed(0, "a header begins with '{'") }
        var tensors: [TensorInfo] = []
        var metadata: [String: String] = [:]
        try text.forEachMember(of: 0) { key, value throws(SafetensorsError) in
            if key == HeaderLimits.metadataKey {
                try text.forEachMember(of: value) { key, value throws(SafetensorsError) in
                    metadata[key] = try text.string(value)
                }
                return
            }
            var entry = text
            entry.tensor = key
            tensors.append(
                try HeaderEntry(entry, value).checked(name: key, entry, dataStart: dataStart, dataSize: dataSize))
        }
        self.tensors = tensors.sorted(by: Self.liesBefore)
        self.metadata = metadata
        try checkCoverage(file: file, dataStart: dataStart, dataSize: dataSize)
    }

    /// By place; tensors without bytes by name.
    private static func liesBefore(_ a: TensorInfo, _ b: TensorInfo) -> Bool {
        let (left, right) = (a.byteRange, b.byteRange)
        if left.lowerBound != right.lowerBound { return left.lowerBound < right.lowerBound }
        if left.upperBound != right.upperBound { return left.upperBound < right.upperBound }
        return a.name.precedesByBytes(b.name)
    }

    /// Every byte of the data belongs to exactly one tensor: nothing can hide in a file, and no two names share bytes.
    private func checkCoverage(file: String, dataStart: Int, dataSize: Int) throws(SafetensorsError) {
        var end = 0
        for tensor in tensors {
            let begin = tensor.byteRange.lowerBound - dataStart
            guard begin >= end else {
                throw SafetensorsError(file, tensor: tensor.name, .overlap(begin: begin, previousEnd: end))
            }
            guard begin == end else {
                throw SafetensorsError(file, tensor: tensor.name, .hole(begin: begin, previousEnd: end))
            }
            end = tensor.byteRange.upperBound - dataStart
        }
        guard end == dataSize else { throw SafetensorsError(file, .trailingBytes(end: end, dataSize: dataSize)) }
    }
}

/// One tensor's entry as it stands in the JSON text.
private struct HeaderEntry {
    private var dtype: SafetensorsDType?
    private var shape: [Int]?
    private var offsets: [Int]?

    init(_ text: HeaderText, _ value: Int) throws(SafetensorsError) {
        var entry = (dtype: SafetensorsDType?.none, shape: [Int]?.none, offsets: [Int]?.none)
        try text.forEachMember(of: value) { key, value throws(SafetensorsError) in
            switch key {
            case "dtype":
                let name = try text.string(value)
                guard let known = SafetensorsDType(rawValue: name) else { throw text.problem(.unknownDType(name)) }
                entry.dtype = known
            case "shape":
                entry.shape = try Self.counts(
                    text, value, limit: TensorShape.maximumRank, .tooManyDimensions(TensorShape.maximumRank))
            case "data_offsets":
                entry.offsets = try Self.counts(text, value, limit: 2, .offsetsNotAPair(count: 3))
            default: throw text.problem(.unknownField(key))
            }
        }
        (dtype, shape, offsets) = entry
    }

    private static func counts(
        _ text: HeaderText, _ value: Int, limit: Int, _ excess: SafetensorsError.Problem
    ) throws(SafetensorsError) -> [Int] {
        var counts: [Int] = []
        for element in try text.elements(of: value) {
            counts.append(try text.count(element))
            if counts.count > limit { throw text.problem(excess) }
        }
        return counts
    }

    func checked(
        name: String, _ text: HeaderText, dataStart: Int, dataSize: Int
    ) throws(SafetensorsError) -> TensorInfo {
        guard let dtype else { throw text.problem(.missingField("dtype")) }
        guard let shape else { throw text.problem(.missingField("shape")) }
        guard let offsets else { throw text.problem(.missingField("data_offsets")) }
        guard offsets.count == 2 else { throw text.problem(.offsetsNotAPair(count: offsets.count)) }
        let (begin, end) = (offsets[0], offsets[1])
        guard begin <= end else { throw text.problem(.reversedOffsets(begin: begin, end: end)) }
        guard let expected = TensorShape.byteCount(shape, dtype) else { throw text.problem(.shapeOverflow(shape)) }
        guard expected == end - begin else {
            throw text.problem(.sizeMismatch(expected: expected, actual: end - begin))
        }
        guard end <= dataSize else {
            throw text.problem(.offsetsOutOfBounds(begin: begin, end: end, dataSize: dataSize))
        }
        return TensorInfo(name: name, dtype: dtype, shape: shape, byteRange: dataStart + begin..<dataStart + end)
    }
}
