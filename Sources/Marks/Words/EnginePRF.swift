import KeyedPRF

/// The pseudorandom functions of the vLLM serving engine, bit for bit, for detection.
public enum EnginePRFName: String, Codable, CaseIterable, Hashable, Sendable {
    /// Philox4x32-10: fast, not a cryptographic function.
    case philox
    /// HMAC-SHA256, version 1.
    case hmacSHA256 = "hmac_sha256"

    /// - Throws: ``WatermarkError/invalidParameter(name:value:allowed:)`` for a name that is none.
    static func named(_ name: String) throws(WatermarkError) -> EnginePRFName {
        guard let prf = EnginePRFName(rawValue: name) else {
            throw .invalidParameter(
                name: "prf", value: name, allowed: allCases.map(\.rawValue).joined(separator: " or "))
        }
        return prf
    }
}

/// The engine's number for a 32-bit word: (word >> 8) + 1 over 2²⁴ + 1, rounded to a `Float`.
public func engineUniform(_ word: UInt32) -> Float {
    Float(Double((word >> 8) + 1) / 16_777_217)
}

/// 1 − u of ``engineUniform(_:)`` as a `Double`.
@inline(__always)
package func engineComplement(_ word: UInt32) -> Double {
    1 - Double(Float(Double(Int32(truncatingIfNeeded: word >> 8) &+ 1) / 16_777_217))
}

/// The philox words of the vLLM engine. Contexts shorter than the width are filled up with −1 in front by the caller.
public struct EnginePhilox: Sendable {
    /// How many tokens a context has.
    public let width: Int
    private let k0: UInt32
    private let k1: UInt32

    /// - Parameters:
    ///   - key: Below 2⁶⁴.
    ///   - width: 1...64 tokens of context.
    /// - Throws: ``WatermarkError/invalidParameter(name:value:allowed:)``, without the key.
    public init(key: EngineKey, width: Int) throws(WatermarkError) {
        try WatermarkConfiguration.check(width: width, name: "context width")
        guard let value = key.value64 else {
            throw .invalidParameter(name: "key", value: "<redacted>", allowed: "below 2^64 for philox")
        }
        self.width = width
        k0 = UInt32(truncatingIfNeeded: value)
        k1 = UInt32(truncatingIfNeeded: value >> 32)
    }

    /// The word of one token after one context of exactly `width` tokens.
    public func word(_ token: Int32, after context: [Int32]) -> UInt32 {
        let words = words(
            token: { lane in UInt64(UInt32(bitPattern: lane == 0 ? token : 0)) },
            context: { j in
                let word = j < context.count ? UInt32(bitPattern: context[j]) : 0
                return Philox4x32.Lanes(repeating: UInt64(word))
            })
        return UInt32(truncatingIfNeeded: words[0])
    }

    /// Four words at once.
    ///
    /// - Parameters:
    ///   - token: The candidate of each lane, as 32 bits.
    ///   - context: Token j, oldest first, of each lane's context, as 32 bits.
    @inline(__always)
    package func words(
        token: (Int) -> UInt64, context: (Int) -> Philox4x32.Lanes
    ) -> Philox4x32.Lanes {
        typealias Lanes = Philox4x32.Lanes
        let key0 = UInt64(k0)
        let key1 = Lanes(repeating: UInt64(k1))
        var state = Philox4x32.Block(
            Lanes(repeating: 0x574D_4358), Lanes(repeating: UInt64(width)), Lanes(repeating: 0), Lanes(repeating: 0))
        var offset = 0
        while offset < width {
            // A word that is missing in the last block is 2³² − 1 − its place.
            @inline(__always) func word(_ place: Int) -> Lanes {
                offset + place < width
                    ? context(offset + place) : Lanes(repeating: 0xFFFF_FFFF - UInt64(place))
            }
            let counter = Philox4x32.Block(
                state.x0 ^ word(0), state.x1 ^ word(1), state.x2 ^ word(2), state.x3 ^ word(3))
            state = Philox4x32.block(counter, key: Lanes(repeating: key0 ^ UInt64(offset)), key1)
            offset += 4
        }
        let tokens = Lanes(token(0), token(1), token(2), token(3))
        let output = Philox4x32.block(
            Philox4x32.Block(tokens &>> 2, state.x0, state.x1, state.x2), key: Lanes(repeating: key0) ^ state.x3,
            key1 ^ 0x574D_544B)
        let place = tokens & 3
        let low = output.x0.replacing(with: output.x1, where: place .== 1)
        let high = output.x2.replacing(with: output.x3, where: place .== 3)
        return low.replacing(with: high, where: place .> 1)
    }
}

/// The HMAC-SHA256 words of the vLLM engine. Not `Sendable`: every worker has its own.
public final class EngineHMAC {
    /// How many tokens a context has.
    public let width: Int
    private let authenticator: HMACSHA256
    private var message: [UInt8]
    private let prefixCount: Int

    /// - Parameters:
    ///   - key: Any key.
    ///   - width: 1...64 tokens of context.
    /// - Throws: ``WatermarkError``.
    public init(key: EngineKey, width: Int) throws(WatermarkError) {
        try WatermarkConfiguration.check(width: width, name: "context width")
        do {
            authenticator = try HMACSHA256(key: key.bytes)
        } catch {
            throw .key(error)
        }
        self.width = width
        var message = Array("vllm-watermark-hmac-sha256-v1".utf8) + [0]
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: width).littleEndian) { message.append(contentsOf: $0) }
        prefixCount = message.count
        self.message = message + [UInt8](repeating: 0, count: 8 * (width + 1))
    }

    /// The word of one token after one context of exactly `width` tokens, oldest first.
    public func word(_ token: Int32, after context: [Int32]) -> UInt32 {
        word(token) { $0 < context.count ? context[$0] : 0 }
    }

    /// The same; token j, oldest first, of the context is `context(j)`.
    @inline(__always)
    package func word(_ token: Int32, context: (Int) -> Int32) -> UInt32 {
        message.withUnsafeMutableBytes { bytes in
            for j in 0...width {
                let value = Int64(j < width ? context(j) : token).littleEndian
                bytes.storeBytes(of: value, toByteOffset: prefixCount + 8 * j, as: Int64.self)
            }
        }
        let digest = message.withUnsafeBytes { authenticator.authenticate($0) }
        return UInt32(truncatingIfNeeded: digest.littleEndianWord(0))
    }
}
