import Files

/// Bounds of what a header can make a reader keep. The largest in use have vocabularies of some 260,000 tokens and as many
/// merges, about 15 MB.
enum HeaderLimits {
    static let bytes = 1 << 28
    /// Values altogether, elements of lists included.
    static let values = 1 << 23
    static let nameBytes = 1 << 12
    static let listDepth = 4
    static let tensors = 1 << 20
}

/// Reads a header from front to back, through a window so that the file need not be in memory.
struct HeaderReader {
    private let file: Descriptor
    private let size: Int
    private var window: [UInt8] = []
    private var windowStart = 0
    private var valuesLeft = HeaderLimits.values
    /// Where the next byte is.
    private(set) var offset = 0
    /// The key or the tensor that errors name.
    var place: String?
    /// Whether counts have 32 bits, as in the first version.
    var isNarrow = false

    private static let windowBytes = 1 << 18

    init(_ file: Descriptor, size: Int) {
        self.file = file
        self.size = size
    }

    func problem(_ problem: GGUFError.Problem) -> GGUFError { GGUFError(file.path, at: place, problem) }

    /// The next `count` bytes.
    mutating func bytes(_ count: Int) throws(GGUFError) -> ArraySlice<UInt8> {
        guard count <= size - offset else { throw problem(.truncatedHeader) }
        guard count <= HeaderLimits.bytes - offset else { throw problem(.headerTooLarge) }
        if offset + count > windowStart + window.count {
            do throws(FileError) {
                window = try file.bytes(at: Int64(offset), count: max(count, min(Self.windowBytes, size - offset)))
            } catch {
                throw problem(error.code == .truncated ? .changedAfterOpening : .file(error))
            }
            windowStart = offset
        }
        let start = offset - windowStart
        offset += count
        return window[start..<start + count]
    }

    /// The next number.
    mutating func integer<T: FixedWidthInteger>(_ type: T.Type) throws(GGUFError) -> T {
        var value: UInt64 = 0
        for byte in try bytes(T.bitWidth / 8).reversed() { value = value << 8 | UInt64(byte) }
        return T(truncatingIfNeeded: value)
    }

    /// The next count, of things of which each takes at least so many bytes.
    mutating func count(eachOf leastBytes: Int, limit: Int) throws(GGUFError) -> Int {
        let count = isNarrow ? UInt64(try integer(UInt32.self)) : try integer(UInt64.self)
        guard count <= UInt64((size - offset) / max(1, leastBytes)) else { throw problem(.countBeyondEnd(count)) }
        guard count <= UInt64(limit) else { throw problem(.headerTooLarge) }
        return Int(count)
    }

    /// The next text's bytes.
    mutating func string() throws(GGUFError) -> [UInt8] {
        Array(try bytes(try count(eachOf: 1, limit: HeaderLimits.bytes)))
    }

    /// The next text, which names something.
    mutating func name() throws(GGUFError) -> String {
        let utf8 = try string()
        guard !utf8.isEmpty, utf8.count <= HeaderLimits.nameBytes, !utf8.contains(0),
            let name = String(validating: utf8, as: UTF8.self)
        else { throw problem(.invalidName) }
        return name
    }

    /// The next value.
    mutating func value() throws(GGUFError) -> GGUFValue { try value(of: try type(), depth: 0) }

    private mutating func type() throws(GGUFError) -> GGUFValueType {
        let number = try integer(UInt32.self)
        guard let type = GGUFValueType(rawValue: number) else { throw problem(.unknownValueType(number)) }
        return type
    }

    private mutating func value(of type: GGUFValueType, depth: Int) throws(GGUFError) -> GGUFValue {
        switch type {
        case .float32: return .float(Float(bitPattern: try integer(UInt32.self)))
        case .float64: return .double(Double(bitPattern: try integer(UInt64.self)))
        case .string: return .string(try string())
        case .array: return try list(depth: depth)
        case .uint64:
            let value = try integer(UInt64.self)
            return Int(exactly: value).map(GGUFValue.integer) ?? .large(value)
        case .bool:
            let value = try integer(UInt8.self)
            guard value < 2 else { throw problem(.notABool(value)) }
            return .bool(value == 1)
        case .uint8, .int8, .uint16, .int16, .uint32, .int32, .int64: return .integer(try smallInteger(type))
        }
    }

    private mutating func smallInteger(_ type: GGUFValueType) throws(GGUFError) -> Int {
        switch type {
        case .uint8: Int(try integer(UInt8.self))
        case .int8: Int(try integer(Int8.self))
        case .uint16: Int(try integer(UInt16.self))
        case .int16: Int(try integer(Int16.self))
        case .uint32: Int(try integer(UInt32.self))
        case .int32: Int(try integer(Int32.self))
        default: Int(try integer(Int64.self))
        }
    }

    private mutating func list(depth: Int) throws(GGUFError) -> GGUFValue {
        guard depth < HeaderLimits.listDepth else { throw problem(.nestedTooDeeply) }
        let type = try type()
        let count = try count(eachOf: type.leastBytes(narrow: isNarrow), limit: valuesLeft)
        valuesLeft -= count
        switch type {
        case .string:
            var strings: [[UInt8]] = []
            strings.reserveCapacity(count)
            for _ in 0..<count { strings.append(try string()) }
            return .strings(strings)
        case .float32:
            var floats: [Float] = []
            floats.reserveCapacity(count)
            for _ in 0..<count { floats.append(Float(bitPattern: try integer(UInt32.self))) }
            return .floats(floats)
        case .uint8, .int8, .uint16, .int16, .uint32, .int32, .int64:
            var integers: [Int] = []
            integers.reserveCapacity(count)
            for _ in 0..<count { integers.append(try smallInteger(type)) }
            return .integers(integers)
        case .uint64, .float64, .bool, .array:
            var values: [GGUFValue] = []
            for _ in 0..<count { values.append(try value(of: type, depth: depth + 1)) }
            return .list(values)
        }
    }
}
