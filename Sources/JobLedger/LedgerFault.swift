/// The first row, in the order of the chain, at which a ledger stops being what was written.
public struct LedgerFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of contradiction.
    public enum Kind: String, Sendable, Hashable {
        /// A row's fields do not match its authentication code: edited, moved, or written without the key.
        case altered
        /// A row's sequence number does not occur although later ones do.
        case missing
        /// Rows end before the head row, or before a published head, says they do.
        case truncated
        /// Rows continue after the head row.
        case surplus
        /// The head row itself is missing or was not sealed with the key.
        case head
        /// The identification row is missing or altered.
        case identity
        /// A stored candidate text does not match its digest.
        case text
        /// A candidate text is gone without a recorded deletion, or present in spite of one.
        case deletion
        /// Tables, indices, triggers or views differ from those the program makes.
        case schema
        /// The chain is whole but is not the one whose head was published.
        case published
    }

    /// What sort of contradiction it is.
    public var kind: Kind
    /// The table of the row, where one row can be named.
    public var table: String?
    /// The row's sequence number in the chain, from 1.
    public var sequence: Int64?
    /// The input record the row is about, from 0.
    public var index: Int64?
    /// What was found, in words.
    public var detail: String

    /// Table, row and finding in one line.
    public var description: String {
        var place = table.map { "\($0) " } ?? ""
        if let sequence { place += "row \(sequence) " }
        if let index { place += "(record \(index)) " }
        return place + detail
    }
}
