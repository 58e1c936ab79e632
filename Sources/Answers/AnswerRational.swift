import BigInt

/// An exact rational number of bounded size: machine integers while they suffice, big integers beyond.
///
/// The fraction is not reduced. Two numbers are compared by cross-multiplication.
package struct AnswerRational: Sendable {
    /// Decimal digits of one numeral, and the magnitude of one exponent, beyond which a number is not read.
    static let maximumDigits = 4096
    /// Bits of numerator or denominator beyond which arithmetic gives up, so that no input costs much time.
    static let maximumBits = 65_536

    private enum Storage: Sendable {
        case small(Int64, Int64)
        case big(BigInt, BigInt)
    }

    /// The denominator is positive.
    private var storage: Storage

    private init(_ storage: Storage) { self.storage = storage }

    /// The whole number.
    package init(_ value: Int64) { storage = .small(value, 1) }

    init(_ numerator: Int64, over denominator: Int64) {
        precondition(denominator > 0, "only for constants of this module")
        storage = .small(numerator, denominator)
    }

    private var big: (numerator: BigInt, denominator: BigInt) {
        switch storage {
        case .small(let numerator, let denominator): (BigInt(numerator), BigInt(denominator))
        case .big(let numerator, let denominator): (numerator, denominator)
        }
    }

    private static func bounded(_ numerator: BigInt, _ denominator: BigInt) -> AnswerRational? {
        guard numerator.bitWidth <= maximumBits, denominator.bitWidth <= maximumBits else { return nil }
        return AnswerRational(.big(numerator, denominator))
    }

    /// `digits` × 10^-`fractionDigits`; nil beyond `maximumDigits`.
    package init?(digits: some Collection<UInt8>, fractionDigits: Int) {
        var significant = digits.drop { $0 == UInt8(ascii: "0") }[...]
        guard fractionDigits <= Self.maximumDigits, significant.count <= Self.maximumDigits else { return nil }
        if significant.count <= 18, fractionDigits <= 18 {
            var value: Int64 = 0
            while let digit = significant.popFirst() { value = value * 10 + Int64(digit & 0x0F) }
            storage = .small(value, Self.smallPowerOfTen(fractionDigits))
            return
        }
        if significant.isEmpty {
            storage = .small(0, 1)
            return
        }
        guard let value = BigInt(String(decoding: significant, as: UTF8.self), radix: 10) else { return nil }
        storage = .big(value, BigInt(10).power(fractionDigits))
    }

    private static func smallPowerOfTen(_ exponent: Int) -> Int64 {
        var result: Int64 = 1
        for _ in 0..<exponent { result *= 10 }
        return result
    }

    var isZero: Bool { isSign { $0 == 0 } }

    /// Whether it is below 0.
    package var isNegative: Bool { isSign { $0 < 0 } }

    private func isSign(_ test: (Int) -> Bool) -> Bool {
        switch storage {
        case .small(let numerator, _): test(Int(numerator.signum()))
        case .big(let numerator, _): test(Int(numerator.signum()))
        }
    }

    /// The value as an integer, when it is written as one and is small.
    var smallInteger: Int? {
        guard case .small(let numerator, 1) = storage else { return nil }
        return Int(exactly: numerator)
    }

    /// The number with the other sign.
    package var negated: AnswerRational {
        if case .small(let numerator, let denominator) = storage, numerator != .min {
            return AnswerRational(.small(-numerator, denominator))
        }
        let (numerator, denominator) = big
        return AnswerRational(.big(-numerator, denominator))
    }

    /// Nil for zero.
    package var inverse: AnswerRational? {
        guard !isZero else { return nil }
        if case .small(let numerator, let denominator) = storage, numerator != .min {
            return AnswerRational(numerator < 0 ? .small(-denominator, -numerator) : .small(denominator, numerator))
        }
        let (numerator, denominator) = big
        return AnswerRational(numerator.sign == .minus ? .big(-denominator, -numerator) : .big(denominator, numerator))
    }

    /// The product; nil beyond `maximumBits`.
    package func multiplied(by other: AnswerRational) -> AnswerRational? {
        if case .small(let a, let b) = storage, case .small(let c, let d) = other.storage {
            let (numerator, overflow) = a.multipliedReportingOverflow(by: c)
            let (denominator, overflow2) = b.multipliedReportingOverflow(by: d)
            if !overflow, !overflow2 { return AnswerRational(.small(numerator, denominator)) }
        }
        let (a, b) = big
        let (c, d) = other.big
        return Self.bounded(a * c, b * d)
    }

    /// The sum; nil beyond `maximumBits`.
    package func adding(_ other: AnswerRational) -> AnswerRational? {
        let (a, b) = big
        let (c, d) = other.big
        guard let sum = Self.bounded(a * d + b * c, b * d) else { return nil }
        guard case .big(let numerator, let denominator) = sum.storage, let n = Int64(exactly: numerator),
            let m = Int64(exactly: denominator)
        else { return sum }
        return AnswerRational(.small(n, m))
    }

    /// `self` to an integral power; nil when the result would be too large, and for 0 to a power that is not positive.
    func power(_ exponent: Int) -> AnswerRational? {
        guard exponent.magnitude <= UInt(Self.maximumDigits) else { return nil }
        if exponent == 0 { return isZero ? nil : AnswerRational(1) }
        guard let base = exponent < 0 ? inverse : self else { return nil }
        let (numerator, denominator) = base.big
        let magnitude = Int(exponent.magnitude)
        guard max(numerator.bitWidth, denominator.bitWidth) * magnitude <= Self.maximumBits else { return nil }
        return AnswerRational(.big(numerator.power(magnitude), denominator.power(magnitude)))
    }

    /// Whether both are the same number.
    package func isEqual(to other: AnswerRational) -> Bool {
        if case .small(let a, let b) = storage, case .small(let c, let d) = other.storage {
            return Int128(a) * Int128(d) == Int128(c) * Int128(b)
        }
        let (a, b) = big
        let (c, d) = other.big
        return a * d == c * b
    }
}
