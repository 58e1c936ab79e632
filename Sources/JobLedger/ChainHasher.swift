import KeyedPRF

/// Authentication codes of the chain.
///
///     mac(row) = HMAC-SHA256(key, "denature/ledger/v1" NUL mac(previous row) NUL payload)
///     payload  = field(table name) field(seq) field(column) ...
///     field    = 'n' | 'i' i64le | 't' u64le(length) UTF-8 | 'b' u64le(length) bytes
///
/// The encoding is injective: type tags and lengths leave no two rows with the same payload. The row before the first is
/// the identification row. The head row is sealed with its own label, so no row's code can serve as a seal.
final class ChainHasher {
    private let hmac: HMACSHA256
    private var message: [UInt8] = []

    init(key: Subkey) throws(KeyedPRFError) {
        hmac = try HMACSHA256(key: key.secret)
        message.reserveCapacity(1024)
    }

    /// Starts the message of a row that follows the row with code `previous`.
    func beginRow(after previous: Digest256, table: StaticString, sequence: Int64) {
        begin("denature/ledger/v1")
        previous.withUnsafeBytes { message.append(contentsOf: $0) }
        message.append(0)
        appendTagged(UInt8(ascii: "t"), UnsafeRawBufferPointer(start: table.utf8Start, count: table.utf8CodeUnitCount))
        append(sequence)
    }

    func finish() -> Digest256 {
        message.withUnsafeBytes { hmac.authenticate($0) }
    }

    /// The code of the identification row.
    func identity(ledgerID: Digest256, created: Int64, keyID: String) -> Digest256 {
        begin("denature/ledger/identity/v1")
        append(ledgerID)
        append(created)
        append(keyID)
        return finish()
    }

    /// The seal of the head row.
    func seal(sequence: Int64, mac: Digest256) -> Digest256 {
        begin("denature/ledger/head/v1")
        append(sequence)
        append(mac)
        return finish()
    }

    private func begin(_ label: StaticString) {
        message.removeAll(keepingCapacity: true)
        message.append(contentsOf: UnsafeRawBufferPointer(start: label.utf8Start, count: label.utf8CodeUnitCount))
        message.append(0)
    }

    func appendNull() { message.append(UInt8(ascii: "n")) }

    func append(_ value: Int64) {
        message.append(UInt8(ascii: "i"))
        withUnsafeBytes(of: value.littleEndian) { message.append(contentsOf: $0) }
    }

    func append(_ value: String) {
        var value = value
        value.withUTF8 { appendText(UnsafeRawBufferPointer($0)) }
    }

    func append(_ value: Digest256) {
        value.withUnsafeBytes { appendBlob($0) }
    }

    func appendText(_ bytes: UnsafeRawBufferPointer) { appendTagged(UInt8(ascii: "t"), bytes) }

    func appendBlob(_ bytes: UnsafeRawBufferPointer) { appendTagged(UInt8(ascii: "b"), bytes) }

    private func appendTagged(_ tag: UInt8, _ bytes: UnsafeRawBufferPointer) {
        message.append(tag)
        withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { message.append(contentsOf: $0) }
        message.append(contentsOf: bytes)
    }
}

extension ChainedTable {
    /// `rawValue` without an allocation per row.
    var label: StaticString {
        switch self {
        case .jobs: "jobs"
        case .methods: "methods"
        case .attempts: "attempts"
        case .attemptResults: "attempt_results"
        case .candidates: "candidates"
        case .traces: "traces"
        case .commits: "commits"
        case .events: "events"
        }
    }
}
