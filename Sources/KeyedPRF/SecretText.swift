import CLibCrypto
import Foundation

/// A growing byte buffer for text that contains a secret: erased when it grows and when it is released.
final class SecretText {
    /// The longest keyring that is read, in bytes.
    static let maximumCount = 16 << 20

    private var storage: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(capacity: Int = 4096) {
        storage = .allocate(byteCount: max(capacity, 1), alignment: 16)
    }

    deinit {
        OPENSSL_cleanse(storage.baseAddress, storage.count)
        storage.deallocate()
    }

    /// Lends the bytes so far; the closure must not append.
    func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        // Keeps the buffer alive through the closure, which a property could not.
        try withExtendedLifetime(self) { () throws(E) in
            try body(UnsafeRawBufferPointer(rebasing: storage[0..<count]))
        }
    }

    /// The text, or nil unless it is valid UTF-8. The copy is not erased: for names, not for secrets.
    var string: String? { withBytes { String(validating: $0, as: UTF8.self) } }

    func append(_ byte: UInt8) {
        reserve(1)
        storage[count] = byte
        count += 1
    }

    func append(_ more: some Collection<UInt8>) {
        reserve(more.count)
        UnsafeMutableRawBufferPointer(rebasing: storage[count..<count + more.count]).copyBytes(from: more)
        count += more.count
    }

    func append(_ text: String) {
        append(text.utf8)
    }

    /// Appends what `body` writes into an erased place of so many bytes; it returns how many it wrote.
    func append(capacity: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Int) {
        reserve(capacity)
        let place = UnsafeMutableRawBufferPointer(rebasing: storage[count..<count + capacity])
        count += body(place.bindMemory(to: UInt8.self))
    }

    /// Reads up to 64 KiB: the number of bytes, 0 at the end, or −1 with `errno` set (`EFBIG` beyond the limit).
    func read(from descriptor: Int32) -> Int {
        guard count < Self.maximumCount else {
            errno = EFBIG
            return -1
        }
        reserve(1 << 16)
        while true {
            let received = Foundation.read(descriptor, storage.baseAddress.map { $0 + count }, 1 << 16)
            if received < 0, errno == EINTR { continue }
            count += max(received, 0)
            return received
        }
    }

    private func reserve(_ more: Int) {
        guard storage.count - count < more else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(2 * storage.count, count + more), alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[0..<count]))
        OPENSSL_cleanse(storage.baseAddress, storage.count)
        storage.deallocate()
        storage = larger
    }
}

/// Base64 (RFC 4648, section 4) between erased buffers.
enum SecretBase64 {
    /// Appends the padded encoding of `bytes`.
    static func encode(_ bytes: UnsafeRawBufferPointer, into text: SecretText) {
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for (i, byte) in group.enumerated() { bits |= UInt32(byte) << UInt32(16 - 8 * i) }
            for i in 0..<4 {
                text.append(i <= group.count ? digit(UInt8(truncatingIfNeeded: bits >> UInt32(18 - 6 * i)) & 63) : 0x3D)
            }
        }
    }

    /// The bytes of a padded encoding; nil for any other text.
    static func decode(_ text: UnsafeRawBufferPointer) -> SecretBytes? {
        guard text.count % 4 == 0 else { return nil }
        let padding = text.suffix(2).reversed().prefix { $0 == 0x3D }.count
        let digits = text.dropLast(padding)
        let output = SecretText(capacity: 3 * text.count / 4)
        var bits: UInt32 = 0
        var pending: UInt32 = 0
        defer { bits = 0 }
        for character in digits {
            guard let value = value(character) else { return nil }
            bits = (bits << 6 | UInt32(value)) & 0xFFFFFF
            pending += 6
            if pending >= 8 {
                pending -= 8
                output.append(UInt8(truncatingIfNeeded: bits >> pending))
            }
        }
        // The bits beyond the last byte are zero in a proper encoding.
        guard bits & ((1 << pending) - 1) == 0 else { return nil }
        return output.withBytes { SecretBytes(copying: $0) }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }

    private static func value(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
