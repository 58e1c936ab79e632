import StrictJSON

/// Where everything goes in a file, byte for byte as the reference implementation places it.
///
/// Tensors follow each other by element type, 64-bit ones first, then by name, so that each is aligned to its
/// elements; the header is padded by spaces to a multiple of 8 bytes. The string map is sorted by key, which the
/// reference leaves to chance; files without one or with one entry are the same bytes.
struct SafetensorsLayout {
    /// Length and JSON text.
    let header: [UInt8]
    /// In file order, with their places.
    let tensors: [TensorInfo]
    /// Of the whole file.
    let size: Int

    init(file: String, _ declarations: [TensorDeclaration], metadata: [String: String]) throws(SafetensorsError) {
        let sorted = declarations.sorted { a, b in
            a.dtype == b.dtype ? a.name.precedesByBytes(b.name) : a.dtype.rank > b.dtype.rank
        }
        var names: Set<String> = []
        var text = HeaderWriter()
        text.open()
        if !metadata.isEmpty {
            text.key(HeaderLimits.metadataKey)
            text.open()
            for (key, value) in metadata.sorted(by: { $0.key.precedesByBytes($1.key) }) {
                text.key(key)
                text.string(value)
            }
            text.close()
        }
        var ranges: [Range<Int>] = []
        var end = 0
        for tensor in sorted {
            let begin = end
            end = try tensor.end(from: begin, file: file)
            guard tensor.name != HeaderLimits.metadataKey else {
                throw SafetensorsError(file, tensor: tensor.name, .reservedName)
            }
            guard names.insert(tensor.name).inserted else {
                throw SafetensorsError(file, tensor: tensor.name, .declaredTwice)
            }
            ranges.append(begin..<end)
            text.entry(tensor, begin, end)
        }
        text.close()
        let padding = (8 - text.bytes.count % 8) % 8
        let json = text.bytes + [UInt8](repeating: UInt8(ascii: " "), count: padding)
        guard json.count <= HeaderLimits.bytes else {
            throw SafetensorsError(file, .headerTooLarge(length: UInt64(json.count)))
        }
        header = withUnsafeBytes(of: UInt64(json.count).littleEndian, Array.init) + json
        let dataStart = header.count
        let (size, overflow) = end.addingReportingOverflow(dataStart)
        guard !overflow else { throw SafetensorsError(file, .tooManyBytesAltogether) }
        self.size = size
        tensors = zip(sorted, ranges).map { tensor, range in
            TensorInfo(
                name: tensor.name, dtype: tensor.dtype, shape: tensor.shape,
                byteRange: dataStart + range.lowerBound..<dataStart + range.upperBound)
        }
    }
}

/// JSON without spaces, as the reference implementation writes it.
struct HeaderWriter {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    mutating func open() {
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
    }

    mutating func close() {
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    mutating func key(_ key: String) {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        string(key)
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func string(_ text: String) {
        JSONText.append(text, to: &bytes)
        needsComma = true
    }

    mutating func entry(_ tensor: TensorDeclaration, _ begin: Int, _ end: Int) {
        key(tensor.name)
        let shape = tensor.shape.map(String.init).joined(separator: ",")
        append(#"{"dtype":"\#(tensor.dtype.rawValue)","shape":[\#(shape)],"data_offsets":[\#(begin),\#(end)]}"#)
        needsComma = true
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }
}
