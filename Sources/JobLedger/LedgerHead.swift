import KeyedPRF

/// The end of a ledger's chain. Published, it fixes everything up to it: later edits and truncation become evident.
public struct LedgerHead: Hashable, Sendable, Codable, CustomStringConvertible {
    /// First 16 hex digits of the ledger's random identifier.
    public var ledger: String
    /// Sequence number of the last row. Rows are numbered from 1 without gaps, so this is also their count.
    public var sequence: Int64
    /// The last row's authentication code, 64 hex digits.
    public var mac: String

    /// Number of rows in the chain.
    public var count: Int64 { sequence }

    init(ledger: String, sequence: Int64, mac: String) {
        self.ledger = ledger
        self.sequence = sequence
        self.mac = mac
    }

    private static let prefix = "denature-ledger-head/v1"

    /// Reads what `description` writes; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, parts[0] == Self.prefix, parts[1].utf8.count == 16,
            let sequence = Int64(parts[2]), sequence >= 0, let mac = Digest256(hex: parts[3])
        else { return nil }
        self.init(ledger: parts[1], sequence: sequence, mac: mac.hex)
    }

    /// `denature-ledger-head/v1:LEDGER:SEQUENCE:MAC`, one line to publish.
    public var description: String { "\(Self.prefix):\(ledger):\(sequence):\(mac)" }
}
