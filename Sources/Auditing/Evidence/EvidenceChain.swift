import Foundation
import KeyedPRF

/// The authentication codes of evidence.
///
///     mac(line) = HMAC-SHA256(ledger key, "denature/audit/evidence/v1" NUL mac(line before) bytes)
///     line      = {"entry":bytes,"mac":"64 hexadecimal digits"} LF
///
/// `bytes` are those of the entry as they stand in the file. What the first line follows stands in it, see
/// ``EvidenceHeader/start``.
final class EvidenceChain {
    private static let label = Array("denature/audit/evidence/v1".utf8) + [0]
    private static let opening = Array(#"{"entry":"#.utf8)
    private static let middle = Array(#","mac":""#.utf8)
    private static let closing = Array(#""}"#.utf8)
    private static let hexDigits = 64

    private let hmac: HMACSHA256
    /// The code of the line before.
    private(set) var code: Digest256

    /// - Parameters:
    ///   - key: The ledger key.
    ///   - start: What the first line follows.
    init(key: Subkey, start: Digest256) throws(KeyedPRFError) {
        hmac = try HMACSHA256(key: key.secret)
        code = start
    }

    /// The line of an entry, its line feed included; the chain goes on from it.
    func line(_ entry: [UInt8]) -> [UInt8] {
        code = authenticate(entry[...])
        return Self.opening + entry + Self.middle + Array(code.hex.utf8) + Self.closing + [0x0A]
    }

    /// The entry of a line without its line feed, nil unless its code is right; then the chain goes on from it.
    func entry(of line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let tail = Self.middle.count + Self.hexDigits + Self.closing.count
        guard line.count > Self.opening.count + tail, line.starts(with: Self.opening),
            line.suffix(2) == Self.closing[...]
        else { return nil }
        let entry = line.dropFirst(Self.opening.count).dropLast(tail)
        let digits = line.dropLast(Self.closing.count).suffix(Self.hexDigits)
        guard line[entry.endIndex..<digits.startIndex] == Self.middle[...],
            digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
            let stated = Digest256(hex: String(decoding: digits, as: UTF8.self))
        else { return nil }
        let own = authenticate(entry)
        // Digest256 compares in constant time.
        guard own == stated else { return nil }
        code = own
        return entry
    }

    private func authenticate(_ entry: ArraySlice<UInt8>) -> Digest256 {
        hmac.authenticate(Self.label + code.bytes + entry)
    }
}

/// Entries as bytes that are the same on every run.
enum EvidenceCoding {
    static func bytes(_ entry: EvidenceEntry) throws(AuditError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return [UInt8](try encoder.encode(entry))
        } catch {
            throw .analysis("a line of evidence cannot be written: a value is not a number")
        }
    }
}
