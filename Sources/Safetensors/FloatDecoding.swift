/// Single-precision values of the narrower formats, from their bits.
public enum FloatBits {
    /// The value of a bfloat16, exactly.
    @inlinable
    public static func float(bfloat16 bits: UInt16) -> Float {
        Float(bitPattern: UInt32(bits) << 16)
    }

    /// The nearest bfloat16, of two as near the one whose last bit is 0; NaN stays NaN.
    @inlinable
    public static func bfloat16(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
        return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
    }

    /// The value of an IEEE 754 half, exactly. (Swift's Float16 does not exist on every platform.)
    @inlinable
    public static func float(half bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let exponent = UInt32(bits >> 10 & 0x1F)
        let fraction = UInt32(bits & 0x3FF)
        switch exponent {
        case 0:
            // Subnormal: a multiple of 2^-24.
            return Float(bitPattern: sign | (Float(fraction) * 0x1p-24).bitPattern)
        case 0x1F: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
        default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}

extension SafetensorsFile {
    /// A tensor's elements as single-precision floats, in row-major order. Doubles are rounded to nearest, the
    /// narrower formats are exact.
    /// - Throws: ``SafetensorsError``; ``SafetensorsError/Problem/notAFloat(_:)`` for other types than F64, F32, F16
    ///   and BF16.
    public func floats(_ name: String) throws -> [Float] {
        let dtype = try info(name).dtype
        return try withTensorBytes(name) { bytes in
            switch dtype {
            case .float64: Self.decode(bytes) { Float(Double(bitPattern: $0)) }
            case .float32: Self.decode(bytes) { Float(bitPattern: $0) }
            case .float16: Self.decode(bytes) { FloatBits.float(half: $0) }
            case .bfloat16: Self.decode(bytes) { FloatBits.float(bfloat16: $0) }
            default: throw SafetensorsError(path, tensor: name, .notAFloat(dtype))
            }
        }
    }

    private static func decode<Bits: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: UnsafeRawBufferPointer, _ value: (Bits) -> Float
    ) -> [Float] {
        let width = MemoryLayout<Bits>.size
        let count = bytes.count / width
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            for i in 0..<count {
                let bits = bytes.loadUnaligned(fromByteOffset: i * width, as: Bits.self)
                buffer.initializeElement(at: i, to: value(Bits(littleEndian: bits)))
            }
            initialized = count
        }
    }
}
