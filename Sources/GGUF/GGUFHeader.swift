/// A file's header, checked against the format's rules.
struct GGUFHeader {
    static let defaultAlignment = 32
    private static let magic = Array("GGUF".utf8)
    private static let maximumRank = 4

    private(set) var version: UInt32 = 0
    private(set) var keys: [String] = []
    private(set) var values: [String: GGUFValue] = [:]
    private(set) var tensors: [GGUFTensor] = []

    /// One tensor's entry as it stands in the file.
    private struct Entry {
        var name: String
        var type: GGUFTensorType
        var shape: [Int]
        var byteCount: Int
        var offset: UInt64
    }

    init(_ reader: inout HeaderReader, size: Int) throws(GGUFError) {
        guard size >= 8, try reader.bytes(4).elementsEqual(Self.magic) else { throw reader.problem(.notGGUF) }
        version = try reader.integer(UInt32.self)
        guard (1...3).contains(version) else {
            throw reader.problem((1...3).contains(version.byteSwapped) ? .bigEndian : .unsupportedVersion(version))
        }
        reader.isNarrow = version == 1
        // A tensor has a name, dimensions, a type and an offset; a pair a name and a value.
        let tensorCount = try reader.count(eachOf: 20, limit: HeaderLimits.tensors)
        let pairCount = try reader.count(eachOf: 9, limit: HeaderLimits.values)
        for _ in 0..<pairCount {
            reader.place = nil
            let key = try reader.name()
            reader.place = key
            guard values.updateValue(try reader.value(), forKey: key) == nil else { throw reader.problem(.duplicate) }
            keys.append(key)
        }
        let alignment = try alignment(reader)
        var entries: [Entry] = []
        for _ in 0..<tensorCount { entries.append(try Self.entry(&reader, alignment: alignment)) }
        reader.place = nil
        // The data begin at the next multiple of the alignment; without tensors there may be none.
        let dataStart = (reader.offset + alignment - 1) / alignment * alignment
        for entry in entries {
            let (begin, overflow) = entry.offset.addingReportingOverflow(UInt64(dataStart))
            let (end, overflows) = begin.addingReportingOverflow(UInt64(entry.byteCount))
            guard !overflow, !overflows, end <= UInt64(size) else {
                reader.place = entry.name
                throw reader.problem(.dataBeyondEnd(end: overflow || overflows ? .max : end, size: size))
            }
            tensors.append(
                GGUFTensor(
                    name: entry.name, type: entry.type, shape: entry.shape, byteRange: Int(begin)..<Int(end)))
        }
        try checkDistinct(&reader)
    }

    private func alignment(_ reader: HeaderReader) throws(GGUFError) -> Int {
        guard let value = values["general.alignment"] else { return Self.defaultAlignment }
        let number = value.integer ?? 0
        guard number > 0, number <= 1 << 20, number.nonzeroBitCount == 1 else {
            throw reader.problem(.invalidAlignment(number))
        }
        return number
    }

    private static func entry(_ reader: inout HeaderReader, alignment: Int) throws(GGUFError) -> Entry {
        reader.place = nil
        let name = try reader.name()
        reader.place = name
        let rank = try reader.integer(UInt32.self)
        guard rank <= maximumRank else { throw reader.problem(.tooManyDimensions(Int(rank))) }
        var sizes: [Int] = []
        var elements = 1
        for _ in 0..<rank {
            let size = reader.isNarrow ? UInt64(try reader.integer(UInt32.self)) : try reader.integer(UInt64.self)
            guard let size = Int(exactly: size) else { throw reader.problem(.shapeOverflow) }
            let (product, overflow) = elements.multipliedReportingOverflow(by: size)
            if overflow { throw reader.problem(.shapeOverflow) }
            elements = product
            sizes.append(size)
        }
        let number = try reader.integer(UInt32.self)
        guard let type = GGUFTensorType(rawValue: number) else {
            throw reader.problem(.unsupportedType(GGUFTensorType.otherNames[number] ?? "\(number)"))
        }
        let row = sizes.first ?? 1
        guard row % type.blockElements == 0 else {
            throw reader.problem(.unevenRow(elements: row, block: type.blockElements))
        }
        let (bytes, overflow) = (elements / type.blockElements).multipliedReportingOverflow(by: type.blockBytes)
        if overflow { throw reader.problem(.shapeOverflow) }
        let offset = try reader.integer(UInt64.self)
        guard offset % UInt64(alignment) == 0 else { throw reader.problem(.unaligned(offset: offset)) }
        return Entry(name: name, type: type, shape: sizes.reversed(), byteCount: bytes, offset: offset)
    }

    /// No two tensors share their name or bytes: nothing can pass for two things.
    private func checkDistinct(_ reader: inout HeaderReader) throws(GGUFError) {
        var names: Set<String> = []
        for tensor in tensors where !names.insert(tensor.name).inserted {
            reader.place = tensor.name
            throw reader.problem(.duplicate)
        }
        var previous: GGUFTensor?
        for tensor in tensors.filter({ !$0.byteRange.isEmpty }).sorted(by: {
            $0.byteRange.lowerBound < $1.byteRange.lowerBound
        }) {
            if let previous, tensor.byteRange.lowerBound < previous.byteRange.upperBound {
                reader.place = tensor.name
                throw reader.problem(.overlap(with: previous.name))
            }
            previous = tensor
        }
    }
}
