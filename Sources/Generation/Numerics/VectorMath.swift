import Foundation

/// Sums of exponentials over long rows, eight numbers at a time. Written out here because the system's `expf` takes 5 ns per
/// number and differs in the last bit between systems; these results are the same everywhere.
package enum VectorMath {
    private typealias Lanes = SIMD8<Float>

    /// eˣ in each lane: the range reduction and polynomial of Cephes' expf (Moshier), relative error below 2e-7.
    /// 0 below −87.3; the largest value above 88.
    @inline(__always)
    package static func exponential(_ x: SIMD8<Float>) -> SIMD8<Float> {
        var c = x
        c.replace(with: -87.3, where: x .< -87.3)
        c.replace(with: 88, where: x .> 88)
        // Adding 1.5 · 2²³ rounds to an integer and leaves it in the low bits; SSE2 has no instruction for rounding.
        let shifted = c * 1.442_695_04 + 12_582_912
        let n = shifted - 12_582_912
        var r = c - n * 0.693_359_375
        r -= n * -2.121_944_40e-4
        var p = r * 1.987_569_15e-4 + 1.398_199_950_7e-3
        p = p * r + 8.333_451_907_3e-3
        p = p * r + 4.166_579_589_4e-2
        p = p * r + 1.666_666_545_9e-1
        p = p * r + 5.000_000_120_1e-1
        let mantissa = p * (r * r) + r + 1
        let exponent = (unsafeBitCast(shifted, to: SIMD8<UInt32>.self) &<< 23) &+ 0x3F80_0000
        var y = mantissa * unsafeBitCast(exponent, to: SIMD8<Float>.self)
        y.replace(with: 0, where: x .< -87.3)
        return y
    }

    /// The same for one number.
    @inline(__always)
    package static func exponential(_ x: Float) -> Float {
        exponential(SIMD8<Float>(repeating: x))[0]
    }

    /// The largest number, −∞ of none; nil when one is NaN or +∞.
    package static func maximum(_ values: UnsafeBufferPointer<Float>) -> Float? {
        guard let base = values.baseAddress else { return -.infinity }
        var best = Lanes(repeating: -.infinity)
        var other = best
        // NaN fails every comparison and would go unnoticed; only NaN differs from itself.
        var isNaN = SIMDMask<SIMD8<Int32>>(repeating: false)
        var i = 0
        let raw = UnsafeRawPointer(base)
        while i + 16 <= values.count {
            let a = raw.loadUnaligned(fromByteOffset: i * 4, as: Lanes.self)
            let b = raw.loadUnaligned(fromByteOffset: i * 4 + 32, as: Lanes.self)
            isNaN .|= (a .!= a) .| (b .!= b)
            best.replace(with: a, where: a .> best)
            other.replace(with: b, where: b .> other)
            i += 16
        }
        best.replace(with: other, where: other .> best)
        var result = best.max()
        var isInvalid = any(isNaN)
        while i < values.count {
            isInvalid = isInvalid || values[i].isNaN
            result = values[i] > result ? values[i] : result
            i += 1
        }
        return isInvalid || result == .infinity ? nil : result
    }

    /// Σ e^(value − shift). Float inside blocks of 128 numbers, double between them.
    package static func sumOfExponentials(_ values: UnsafeBufferPointer<Float>, shift: Float) -> Double {
        guard let base = values.baseAddress else { return 0 }
        let raw = UnsafeRawPointer(base)
        var total = 0.0
        var i = 0
        while i + 8 <= values.count {
            var sum = Lanes(repeating: 0)
            let end = min(values.count, i + 128)
            while i + 8 <= end {
                sum += exponential(raw.loadUnaligned(fromByteOffset: i * 4, as: Lanes.self) - shift)
                i += 8
            }
            total += Double(sum.sum())
        }
        if i < values.count {
            total += Double(exponential(tail(values, from: i, shift: shift)).sum())
        }
        return total
    }

    /// log Σ e^value; −∞ if no value is finite, NaN if one is NaN or +∞.
    package static func logSumOfExponentials(_ values: UnsafeBufferPointer<Float>) -> Double {
        guard let maximum = maximum(values) else { return .nan }
        guard maximum > -.infinity else { return -.infinity }
        return Double(maximum) + log(sumOfExponentials(values, shift: maximum))
    }

    /// Writes e^(value − shift) for every value and gives their sum, added up in double from the first to the last.
    package static func exponentials(
        _ values: UnsafeBufferPointer<Float>, shift: Float, into weights: UnsafeMutableBufferPointer<Float>
    ) -> Double {
        guard let base = values.baseAddress, let output = weights.baseAddress, weights.count >= values.count else {
            return 0
        }
        let raw = UnsafeRawPointer(base)
        let rawOutput = UnsafeMutableRawPointer(output)
        var i = 0
        while i + 8 <= values.count {
            let e = exponential(raw.loadUnaligned(fromByteOffset: i * 4, as: Lanes.self) - shift)
            rawOutput.storeBytes(of: e, toByteOffset: i * 4, as: Lanes.self)
            i += 8
        }
        if i < values.count {
            let e = exponential(tail(values, from: i, shift: shift))
            for lane in 0..<(values.count - i) { weights[i + lane] = e[lane] }
        }
        var total = 0.0
        for i in 0..<values.count { total += Double(weights[i]) }
        return total
    }

    /// The last fewer than eight numbers, padded so that the exponentials of the padding are 0.
    @inline(__always)
    private static func tail(_ values: UnsafeBufferPointer<Float>, from start: Int, shift: Float) -> SIMD8<Float> {
        var lanes = Lanes(repeating: -.infinity)
        for lane in 0..<(values.count - start) { lanes[lane] = values[start + lane] - shift }
        return lanes
    }
}
