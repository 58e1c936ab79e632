import Foundation

/// Rows of likely tokens in base64: 12 digits take 9 bytes where JSON numbers take twenty.
///
///     row = u8(count), then count times i32le(token) f32le(probability)
///
/// Tokens of less than a millionth are left out: they move no statistic, and most rows of a trained model end there.
package struct PackedRows: Hashable, Sendable {
    /// The smallest probability that is kept.
    package static let threshold: Float = 1e-6
    /// The most tokens of a row.
    package static let top = 64

    /// The rows.
    package let rows: [TopTokens]

    /// Cuts rows to what is kept.
    package init(_ rows: [TopTokens]) {
        self.rows = rows.map { row in
            let count = min(row.tokens.count, row.probabilities.count)
            let kept = (0..<count).filter { row.probabilities[$0] >= Self.threshold }.prefix(Self.top)
            return TopTokens(tokens: kept.map { row.tokens[$0] }, probabilities: kept.map { row.probabilities[$0] })
        }
    }

    private init?(bytes: Data) {
        var rows: [TopTokens] = []
        let bytes = [UInt8](bytes)
        var position = 0
        func word() -> UInt32 {
            defer { position += 4 }
            return (0..<4).reduce(0) { $0 | UInt32(bytes[position + $1]) << (8 * UInt32($1)) }
        }
        while position < bytes.count {
            let count = Int(bytes[position])
            position += 1
            guard count <= Self.top, position + 8 * count <= bytes.count else { return nil }
            var row = TopTokens()
            for _ in 0..<count {
                row.tokens.append(Int32(bitPattern: word()))
                row.probabilities.append(Float(bitPattern: word()))
            }
            guard row.probabilities.allSatisfy({ $0 >= 0 && $0 <= 1.001 }) else { return nil }
            rows.append(row)
        }
        self.rows = rows
    }

    private var bytes: Data {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rows.reduce(0) { $0 + 1 + 8 * $1.tokens.count })
        func append(_ word: UInt32) {
            for shift in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: word >> (8 * UInt32(shift)))) }
        }
        for row in rows {
            bytes.append(UInt8(row.tokens.count))
            for (token, probability) in zip(row.tokens, row.probabilities) {
                append(UInt32(bitPattern: token))
                append(probability.bitPattern)
            }
        }
        return Data(bytes)
    }
}

extension PackedRows: Codable {
    /// Reads a base64 string.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let data = Data(base64Encoded: try container.decode(String.self)), let rows = PackedRows(bytes: data)
        else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not packed rows")
        }
        self = rows
    }

    /// Writes a base64 string.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(bytes.base64EncodedString())
    }
}
