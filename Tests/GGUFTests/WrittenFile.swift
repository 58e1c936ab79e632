import Foundation

/// A GGUF file written by hand, byte for byte, so that anything in it can be wrong.
struct WrittenFile {
    struct Tensor {
        var name = "t"
        /// In the file's order, innermost first.
        var sizes: [UInt64] = [4]
        var type: UInt32 = 0
        var offset: UInt64 = 0
    }

    var magic = Array("GGUF".utf8)
    var version: UInt32 = 3
    var tensorCount: UInt64?
    var pairCount: UInt64?
    /// Keys and what follows them: the type's number and the value's bytes.
    var pairs: [(key: [UInt8], value: [UInt8])] = []
    var tensors = [Tensor()]
    var alignment = 32
    var data = [UInt8](repeating: 0, count: 16)

    private var isNarrow: Bool { version == 1 }

    static func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian, Array.init)
    }

    func count(_ value: UInt64) -> [UInt8] {
        isNarrow ? Self.little(UInt32(truncatingIfNeeded: value)) : Self.little(value)
    }

    func string(_ bytes: [UInt8]) -> [UInt8] { count(UInt64(bytes.count)) + bytes }

    mutating func add(_ key: String, type: UInt32, _ value: [UInt8]) {
        pairs.append((Array(key.utf8), Self.little(type) + value))
    }

    var bytes: [UInt8] {
        var out = magic + Self.little(version)
        out += count(tensorCount ?? UInt64(tensors.count)) + count(pairCount ?? UInt64(pairs.count))
        for pair in pairs { out += string(pair.key) + pair.value }
        for tensor in tensors {
            out += string(Array(tensor.name.utf8)) + Self.little(UInt32(tensor.sizes.count))
            for size in tensor.sizes { out += count(size) }
            out += Self.little(tensor.type) + Self.little(tensor.offset)
        }
        out += [UInt8](repeating: 0, count: (alignment - out.count % alignment) % alignment)
        return out + data
    }

    func write(to path: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }
}
