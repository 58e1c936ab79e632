import CLibCrypto

/// A 32-byte digest. `==` takes the same time whatever the bytes are.
public struct Digest256: Sendable {
    /// The bytes as four little-endian words: byte i is bits 8(i mod 8)... of word i / 8.
    private var words: (UInt64, UInt64, UInt64, UInt64)

    /// Lets `fill` write the 32 bytes.
    init(filledBy fill: (UnsafeMutablePointer<UInt8>) -> Void) {
        words = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { buffer in
            buffer.withMemoryRebound(to: UInt8.self) { bytes in
                if let base = bytes.baseAddress { fill(base) }
            }
        }
    }

    /// The digest with these bytes, or nil unless there are 32.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        words = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
    }

    /// The digest written as 64 hexadecimal digits of either case, or nil for any other text.
    public init?(hex: String) {
        guard let bytes = Hexadecimal.decode(hex) else { return nil }
        self.init(bytes: bytes)
    }

    /// The 32 bytes.
    public var bytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }

    /// 64 lowercase hexadecimal digits.
    public var hex: String { Hexadecimal.encode(bytes) }

    /// Lends the 32 bytes.
    package func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try Swift.withUnsafeBytes(of: words, body)
    }

    /// Bytes 8i ..< 8i + 8 as a little-endian number; `i` counts modulo 4.
    package func littleEndianWord(_ i: Int) -> UInt64 {
        switch i & 3 {
        case 0: UInt64(littleEndian: words.0)
        case 1: UInt64(littleEndian: words.1)
        case 2: UInt64(littleEndian: words.2)
        default: UInt64(littleEndian: words.3)
        }
    }

    /// A number in 0 ..< m, without bias if the digest is a uniformly random string.
    ///
    /// Word 0 mod m; a word at or above the largest multiple of m is rejected and the next one taken. After word 3
    /// the SHA-256 of the digest supplies further words. `m` = 0 gives 0.
    package func uniform(below m: UInt64) -> UInt64 {
        guard m > 1 else { return 0 }
        // Below 2⁶⁴ − m no word can be rejected: the usual case needs one division.
        let first = littleEndianWord(0)
        if first <= UInt64.max - m { return first % m }
        let limit = UInt64.max - (0 &- m) % m  // the largest accepted word: 2⁶⁴ − 1 − (2⁶⁴ mod m)
        var source = self
        while true {
            for i in 0..<4 {
                let word = source.littleEndianWord(i)
                if word <= limit { return word % m }
            }
            source = source.withUnsafeBytes { SHA256Digest.of($0) }
        }
    }
}

extension Digest256: Hashable {
    /// Compares in constant time.
    public static func == (a: Digest256, b: Digest256) -> Bool {
        a.withUnsafeBytes { x in b.withUnsafeBytes { y in CRYPTO_memcmp(x.baseAddress, y.baseAddress, 32) == 0 } }
    }

    /// Feeds all 32 bytes.
    public func hash(into hasher: inout Hasher) {
        withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension Digest256: CustomStringConvertible {
    /// The hexadecimal digits.
    public var description: String { hex }
}
