import Safetensors

/// Elements of stored blocks as floats, each by the operations of the reference, in its order: results are the same bits.
enum Dequantization {
    /// The elements of whole blocks.
    static func floats(_ bytes: [UInt8], type: GGUFTensorType) -> [Float] {
        let blocks = bytes.count / type.blockBytes
        let count = blocks * type.blockElements
        return bytes.withUnsafeBytes { source in
            [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
                guard count > 0, let input = source.baseAddress, let output = buffer.baseAddress else { return }
                let decode = decoder(of: type)
                for block in 0..<blocks {
                    decode(input + block * type.blockBytes, output + block * type.blockElements)
                }
                initialized = count
            }
        }
    }

    /// Takes the address of a block and of as many floats as it has elements.
    private typealias Decoder = (UnsafeRawPointer, UnsafeMutablePointer<Float>) -> Void

    private static func decoder(of type: GGUFTensorType) -> Decoder {
        switch type {
        case .float32: { $1[0] = Float(bitPattern: UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self))) }
        case .float16: { $1[0] = half($0) }
        case .bfloat16: { $1[0] = FloatBits.float(bfloat16: word($0)) }
        case .q40: q40
        case .q41: q41
        case .q50: q50
        case .q51: q51
        case .q80: q80
        case .q2K: q2K
        case .q3K: q3K
        case .q4K: q4K
        case .q5K: q5K
        case .q6K: q6K
        }
    }

    private static func word(_ p: UnsafeRawPointer) -> UInt16 {
        UInt16(littleEndian: p.loadUnaligned(as: UInt16.self))
    }

    private static func half(_ p: UnsafeRawPointer) -> Float { FloatBits.float(half: word(p)) }

    private static func byte(_ p: UnsafeRawPointer, _ i: Int) -> UInt8 { p.load(fromByteOffset: i, as: UInt8.self) }

    // MARK: Blocks of 32 elements: the first 16 in the low halves of the bytes, the others in the high ones

    private static func q40(_ p: UnsafeRawPointer, _ out: UnsafeMutablePointer<Float>) {
        let scale = half(p)
        for i in 0..<16 {
            let bits = Int32(byte(p, 2 + i))
            out[i] = scale * Float(bits & 15 - 8)
            out[16 + i] = scale * Float(bits >> 4 - 8)
        }
    }

    private static func q41(_ p: UnsafeRawPointer, _ out: UnsafeMutablePointer<Float>) {
        let (scale, least) = (half(p), half(p + 2))
        for i in 0..<16 {
            let bits = byte(p, 4 + i)
            out[i] = scale * Float(bits & 15) + least
            out[16 + i] = scale * Float(bits >> 4) + least
        }
    }

    private static func q50(_ p: UnsafeRawPointer, _ out: UnsafeMutablePointer<Float>) {
        let scale = half(p)
        let fifth = UInt32(littleEndian: (p + 2).loadUnaligned(as: UInt32.self))
        for i in 0..<16 {
            let bits = Int32(byte(p, 6 + i))
            let (low, high) = (Int32(fifth >> UInt32(i) & 1) << 4, Int32(fifth >> UInt32(16 + i) & 1) << 4)
            out[i] = scale * Float((bits & 15 | low) - 16)
            out[16 + i] = scale * Float((bits >> 4 | high) - 16)
        }
    }

    private static func q51(_ p: UnsafeRawPointer, _ out: UnsafeMutablePointer<Float>) {
        let (scale, least) = (half(p), half(p + 2))
        let fifth = UInt32(littleEndian: (p + 4).loadUnaligned(as: UInt32.self))
        for i in 0..<16 {
            let bits = Int32(byte(p, 8 + i))
            let (low, high) = (Int32(fifth >> UInt32(i) & 1) << 4, Int32(fifth >> UInt32(16 + i) & 1) << 4)
            out[i] = scale * Float(bits & 15 | low) + least
            out[16 + i] = scale * Float(bits >> 4 | high) + least
        }
    }

    private static func q80(_ p: UnsafeRawPointer, _ out: UnsafeMutablePointer<Float>) {
        let scale = half(p)
        for i in 0..<32 { out[i] = Float(Int8(bitPattern: byte(p, 2 + i))) * scale }
    }

    // MARK: Blocks of 256 elements

    /// The 2 bits of element `e`: four elements, 32 apart, share a byte.
    private static func pair(_ p: UnsafeRawPointer, _ e: Int) -> UInt8 {
        byte(p, e / 128 * 32 + e % 32) >> UInt8(e / 32 % 4 * 2) & 3
    }

    private static func q2K(_ p: UnsafeRawPointer, _ out: UnsafeMutablePointer<Float>) {
        let (scale, least) = (half(p + 80), half(p + 82))
        for group in 0..<16 {
            let bits = byte(p, group)
            let (d, m) = (scale * Float(bits & 15), least * Float(bits >> 4))
            for e in group * 16..<group * 16 + 16 { out[e] = d * Float(pair(p + 16, e)) - m }
        }
    }

    private static func q3K(_ p: UnsafeRawPointer, _ out: UnsafeMutablePointer<Float>) {
        let scale = half(p + 108)
        for group in 0..<16 {
            let low = byte(p, 96 + group % 8) >> (group < 8 ? 0 : 4) & 15
            let high = byte(p, 104 + group % 4) >> UInt8(group / 4 * 2) & 3
            let d = scale * Float(Int32(low | high << 4) - 32)
            for e in group * 16..<group * 16 + 16 {
                // The third bit says that nothing is taken off.
                let isKept = byte(p, e % 32) >> UInt8(e / 32) & 1 == 1
                out[e] = d * Float(Int32(pair(p + 32, e)) - (isKept ? 0 : 4))
            }
        }
    }

    /// Scale and least value, 6 bits each, of one of eight groups, packed into 12 bytes.
    private static func packedScales(_ p: UnsafeRawPointer, _ group: Int) -> (scale: UInt8, least: UInt8) {
        if group < 4 { return (byte(p, group) & 63, byte(p, 4 + group) & 63) }
        let k = group - 4
        return (
            byte(p, 8 + k) & 15 | byte(p, k) >> 2 & 0x30, byte(p, 8 + k) >> 4 | byte(p, 4 + k) >> 2 & 0x30
        )
    }

    private static func q4K(_ p: UnsafeRawPointer, _ out: UnsafeMutablePointer<Float>) {
        let (scale, least) = (half(p), half(p + 2))
        for group in 0..<8 {
            let packed = packedScales(p + 4, group)
            let (d, m) = (scale * Float(packed.scale), least * Float(packed.least))
            let (first, shift) = (16 + group / 2 * 32, UInt8(group % 2 * 4))
            for i in 0..<32 { out[group * 32 + i] = d * Float(byte(p, first + i) >> shift & 15) - m }
        }
    }

    private static func q5K(_ p: UnsafeRawPointer, _ out: UnsafeMutablePointer<Float>) {
        let (scale, least) = (half(p), half(p + 2))
        for group in 0..<8 {
            let packed = packedScales(p + 4, group)
            let (d, m) = (scale * Float(packed.scale), least * Float(packed.least))
            let (first, shift) = (48 + group / 2 * 32, UInt8(group % 2 * 4))
            for i in 0..<32 {
                let fifth = byte(p, 16 + i) >> UInt8(group) & 1
                out[group * 32 + i] = d * Float(byte(p, first + i) >> shift & 15 | fifth << 4) - m
            }
        }
    }

    private static func q6K(_ p: UnsafeRawPointer, _ out: UnsafeMutablePointer<Float>) {
        let scale = half(p + 208)
        for group in 0..<16 {
            let d = scale * Float(Int8(bitPattern: byte(p, 192 + group)))
            for e in group * 16..<group * 16 + 16 {
                let low = byte(p, e / 128 * 64 + e % 64) >> UInt8(e / 64 % 2 * 4) & 15
                let high = pair(p + 128, e)
                out[e] = d * Float(Int32(low | high << 4) - 32)
            }
        }
    }
}
