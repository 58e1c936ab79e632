import KeyedPRF

/// A serving engine's key: a number from 0 to 2²⁵⁶ − 1, secret.
public struct EngineKey: Sendable {
    /// Little-endian, 32 bytes.
    package let bytes: SecretBytes

    /// Reads decimal digits, or hexadecimal ones after `0x`; nil for anything else and for larger numbers.
    public init?(_ text: String) {
        let isHexadecimal = text.hasPrefix("0x") || text.hasPrefix("0X")
        let digits = isHexadecimal ? text.dropFirst(2) : text[...]
        guard !digits.isEmpty, digits.utf8.count <= 80 else { return nil }
        let radix = isHexadecimal ? 16 : 10
        var number = [UInt8](repeating: 0, count: 32)
        for character in digits {
            guard character.isASCII, let digit = character.hexDigitValue, digit < radix else { return nil }
            var carry = digit
            for i in number.indices {
                carry += Int(number[i]) * radix
                number[i] = UInt8(truncatingIfNeeded: carry)
                carry >>= 8
            }
            guard carry == 0 else { return nil }
        }
        bytes = SecretBytes(copying: number)
    }

    /// A key of 64 bits.
    public init(_ value: UInt64) {
        let low = (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
        bytes = SecretBytes(copying: low + [UInt8](repeating: 0, count: 24))
    }

    /// The key as a number, if 64 bits hold it: all that philox takes.
    package var value64: UInt64? {
        bytes.withUnsafeBytes { bytes in
            guard bytes[8...].allSatisfy({ $0 == 0 }) else { return nil }
            return (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << (8 * UInt64($1)) }
        }
    }

    /// One of the two keys of the dual-key scheme: the first 8 bytes, big-endian, of SHA-256(label ‖ key as 8 bytes
    /// big-endian). Nil if 64 bits do not hold the key.
    package func derived(_ label: String) -> EngineKey? {
        guard let value = value64 else { return nil }
        let number = (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * UInt64($0))) }
        return EngineKey(SHA256Digest.of(Array(label.utf8) + number).littleEndianWord(0).byteSwapped)
    }
}

extension EngineKey: CustomStringConvertible {
    /// Always `<redacted>`.
    public var description: String { "<redacted>" }
}
