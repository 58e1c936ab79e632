/// The set T of values that trigger targets are drawn from; its size decides what one hit is worth (1/|T|).
public enum TriggerTargets: String, CaseIterable, Codable, Sendable {
    /// 100 ... 999: |T| = 900, one token in most vocabularies.
    case threeDigits = "three-digits"
    /// 10-10 ... 99-99: |T| = 8,100, for models that cut numbers into single digits.
    case twoParts = "two-parts"

    /// |T|.
    public var count: Int {
        switch self {
        case .threeDigits: 900
        case .twoParts: 90 * 90
        }
    }

    /// The value with this index as it stands in a text; the index counts modulo |T|.
    public func text(at index: Int) -> String {
        let index = ((index % count) + count) % count
        return switch self {
        case .threeDigits: String(100 + index)
        case .twoParts: "\(10 + index / 90)-\(10 + index % 90)"
        }
    }

    /// The index of the value that the number token at `token` shows, or nil when it is not in T.
    func index(of token: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        func digit(_ offset: Int) -> Int? {
            let value = Int(bytes[token.lowerBound + offset]) - 48
            return 0...9 ~= value ? value : nil
        }
        switch self {
        case .threeDigits:
            guard token.count == 3, let a = digit(0), a > 0, let b = digit(1), let c = digit(2) else { return nil }
            return 100 * a + 10 * b + c - 100
        case .twoParts:
            guard token.count == 5, bytes[token.lowerBound + 2] == UInt8(ascii: "-") else { return nil }
            guard let a = digit(0), a > 0, let b = digit(1), let c = digit(3), c > 0, let d = digit(4) else {
                return nil
            }
            return (10 * a + b - 10) * 90 + 10 * c + d - 10
        }
    }
}
