/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011), four counters at a time.
///
/// Every 32-bit word is held in a 64-bit lane: SSE2 multiplies 32-bit words to 64-bit products only there.
package enum Philox4x32 {
    /// Four 32-bit words, one in each lane.
    package typealias Lanes = SIMD4<UInt64>

    /// Four counters or four outputs, word by word.
    package struct Block: Hashable, Sendable {
        package var x0: Lanes
        package var x1: Lanes
        package var x2: Lanes
        package var x3: Lanes

        @inline(__always)
        package init(_ x0: Lanes, _ x1: Lanes, _ x2: Lanes, _ x3: Lanes) {
            self.x0 = x0
            self.x1 = x1
            self.x2 = x2
            self.x3 = x3
        }
    }

    /// The ten rounds. All inputs are below 2³² in every lane.
    @inline(__always)
    package static func block(_ counter: Block, key k0: Lanes, _ k1: Lanes) -> Block {
        let mask = Lanes(repeating: 0xFFFF_FFFF)
        var x = counter
        var k0 = k0
        var k1 = k1
        for _ in 0..<10 {
            // The mask tells the compiler that one 32-bit multiplication will do.
            let a = (x.x0 & mask) &* Lanes(repeating: 0xD251_1F53)
            let b = (x.x2 & mask) &* Lanes(repeating: 0xCD9E_8D57)
            x = Block((b &>> 32) ^ x.x1 ^ k0, b & mask, (a &>> 32) ^ x.x3 ^ k1, a & mask)
            k0 = (k0 &+ 0x9E37_79B9) & mask
            k1 = (k1 &+ 0xBB67_AE85) & mask
        }
        return x
    }
}
