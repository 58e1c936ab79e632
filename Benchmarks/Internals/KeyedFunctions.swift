import KeyedPRF

/// The keyed functions at the speed at which this package calls them: on buffers, which importers do not see.
public final class KeyedFunctions {
    private let hmac: HMACSHA256
    private let hash: SipHash128
    private let keystream: AES256CTRKeystream

    /// Draws keys.
    ///
    /// - Throws: `KeyedPRFError`.
    public init() throws(KeyedPRFError) {
        hmac = try HMACSHA256(key: .random(count: 32))
        hash = try SipHash128()
        keystream = try AES256CTRKeystream(key: .random(count: 32))
    }

    /// A number below 5, drawn with HMAC-SHA-256 of the message.
    public func draw(_ message: UnsafeRawBufferPointer) -> UInt64 { hmac.authenticate(message).uniform(below: 5) }

    /// The first half of SipHash-128 of the message.
    public func hash(_ message: UnsafeRawBufferPointer) -> UInt64 { hash.hash(message).0 }

    /// A word of the keystream.
    public func word(_ index: UInt64) -> UInt32 { keystream.word32(index) }

    /// Fills a buffer from the keystream.
    public func fill(_ buffer: UnsafeMutableRawBufferPointer, fromByteOffset offset: UInt64) {
        keystream.fill(buffer, fromByteOffset: offset)
    }
}
