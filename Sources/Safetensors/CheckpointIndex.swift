import StrictJSON

/// The file that says which shard holds which tensor, `model.safetensors.index.json` in Hugging Face's layout.
struct CheckpointIndex {
    /// An index of a model with a million tensors stays below.
    static let maximumBytes = HeaderLimits.bytes

    /// Shard by tensor name.
    var weightMap: [String: String] = [:]
    /// The tensors' bytes altogether, where the index says it.
    var totalSize: Int?

    init(path: String) throws(SafetensorsError) {
        let file = try OpenedFile(path: path)
        guard file.size <= Self.maximumBytes else {
            throw SafetensorsError(path, .headerTooLarge(length: UInt64(file.size)))
        }
        let json = UnsafeMutableRawBufferPointer.allocate(byteCount: file.size, alignment: 1)
        defer { json.deallocate() }
        try file.read(into: json, at: 0)
        try self.init(json: UnsafeRawBufferPointer(json), path: path)
    }

    init(json: UnsafeRawBufferPointer, path: String) throws(SafetensorsError) {
        var weightMap: [String: String]?
        var totalSize: Int?
        let text = try HeaderText(json, file: path, depth: HeaderLimits.depth)
        try text.forEachMember(of: 0) { key, value throws(SafetensorsError) in
            switch key {
            case "metadata": totalSize = try Self.totalSize(text, value)
            case "weight_map":
                var map: [String: String] = [:]
                try text.forEachMember(of: value) { name, value throws(SafetensorsError) in
                    var entry = text
                    entry.tensor = name
                    let shard = try entry.string(value)
                    guard Self.isPlainName(shard) else { throw entry.problem(.unsafeShardName(shard)) }
                    map[name] = shard
                }
                weightMap = map
            default: break
            }
        }
        guard let weightMap else { throw SafetensorsError(path, .invalidIndex("it has no weight_map")) }
        guard !weightMap.isEmpty else { throw SafetensorsError(path, .invalidIndex("its weight_map is empty")) }
        self.weightMap = weightMap
        self.totalSize = totalSize
    }

    private static func totalSize(_ json: HeaderText, _ value: Int) throws(SafetensorsError) -> Int? {
        var size: Int?
        try json.forEachMember(of: value) { key, value throws(SafetensorsError) in
            guard key == "total_size" else { return }
            // Some tools write it as a float.
            let text = try json.numberText(value)
            guard let value = Int(text) ?? Double(text).flatMap(Int.init(exactly:)), value >= 0 else {
                throw json.problem(.invalidIndex("its total_size is \(text)"))
            }
            size = value
        }
        return size
    }

    /// Whether the name stays in the folder: no separators, no parent folder, and the ending of such files.
    static func isPlainName(_ name: String) -> Bool {
        let ending = ".safetensors"
        return name.utf8.count > ending.utf8.count && name.hasSuffix(ending) && !name.hasPrefix(".")
            && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 < 0x20 }
    }

    /// The text of an index, as Hugging Face's tools write it: sorted, indented by two spaces.
    static func text(weightMap: [String: String], totalSize: Int) -> [UInt8] {
        func quoted(_ text: String) -> String {
            var json: [UInt8] = []
            JSONText.append(text, to: &json)
            return String(decoding: json, as: UTF8.self)
        }
        let entries = weightMap.sorted { $0.key.precedesByBytes($1.key) }
            .map { "    \(quoted($0.key)): \(quoted($0.value))" }
        return Array(
            """
            {
              "metadata": {
                "total_size": \(totalSize)
              },
              "weight_map": {
            \(entries.joined(separator: ",\n"))
              }
            }

            """.utf8)
    }
}
