import Files
import Foundation
import KeyedPRF
import StrictJSON

/// Evidence that was read and found to be what its authentication codes say.
package struct AuditEvidence: Sendable {
    /// More than the questions and answers of any audit, in bytes.
    static let largestFile = 4 << 30

    /// The file.
    package let path: String
    /// The first line.
    package let header: EvidenceHeader
    /// Everything between first and last line, in the order of the file.
    package let entries: [EvidenceEntry]
    /// The last line; nil while the audit has not come to its end.
    package let seal: EvidenceSeal?
    /// The code of the last line.
    package let lastCode: Digest256
    /// SHA-256 of the file's bytes, without an unfinished last line.
    package let digest: String
    /// Bytes of whole lines.
    let length: Int
    /// Bytes after the last line feed.
    package let torn: Int

    /// The questions, by name; one that was sent several times stands here once.
    package let questions: [QuestionName: EvidenceQuestion]
    /// The answers, by name.
    package let answers: [QuestionName: EvidenceAnswer]
    /// Questions sent, repeated ones included.
    package let sent: Int

    /// Reads evidence.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - keyring: The keyring that made the plan.
    ///   - plan: Its plan; nil if it is not at hand, as that of a round before.
    /// - Throws: ``AuditError``, naming the line that is not what it was, or `KeyedPRFError`.
    package static func read(path: String, keyring: Keyring, plan: SealedAuditPlan?) throws -> AuditEvidence {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try WholeFile.read(path, limit: largestFile)
        } catch {
            throw AuditError.inputOutput(path: path, reason: "cannot be read: \(error.reason)")
        }
        let key = try keyring.ledgerKey()
        let length = (bytes.lastIndex(of: 0x0A) ?? -1) + 1
        let header = try header(of: bytes[..<length], path: path)
        guard header.ledgerKey == key.keyID else {
            throw AuditError.wrongKeyring(
                path: path, expected: String(header.ledgerKey.prefix(16)), given: key.keyID)
        }
        var expected: String?
        if let plan {
            let digest = try plan.digest
            guard header.plan == digest else {
                throw AuditError.otherPlan(path: path, expected: digest, given: String(header.plan.prefix(64)))
            }
            expected = try EvidenceHeader.start(of: plan.plan, digest: digest).hex
        }
        guard let start = Digest256(hex: header.start), expected == nil || expected == start.hex else {
            throw AuditError.alteredEvidence(path: path, line: 1, reason: "it does not follow what the plan names")
        }
        let chain = try EvidenceChain(key: key, start: start)
        var entries: [EvidenceEntry] = []
        var seal: EvidenceSeal?
        var number = 0
        for line in bytes[..<length].dropLast().split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            func altered(_ reason: String) -> AuditError { .alteredEvidence(path: path, line: number, reason: reason) }
            guard seal == nil else { throw altered("a line after the last one") }
            guard let entryBytes = chain.entry(of: line) else { throw altered("its authentication code does not fit") }
            let entry: EvidenceEntry
            do throws(JSONError) {
                entry = try StrictDecoding.decode(EvidenceEntry.self, from: entryBytes)
            } catch {
                throw altered("it is no line that this program writes: \(error.message)")
            }
            switch entry {
            case .header where number > 1: throw altered("a second first line")
            case .header: break
            case .seal(let value):
                guard value.lines == number - 1 else { throw altered("the last line counts \(value.lines) before it") }
                seal = value
            default: entries.append(entry)
            }
        }
        return AuditEvidence(
            path: path, header: header, entries: entries, seal: seal, lastCode: chain.code,
            digest: SHA256Digest.of(Array(bytes[..<length])).hex, length: length, torn: bytes.count - length)
    }

    /// The first line as it stands, before its code can be judged: it says which key and plan the codes are of.
    private static func header(of bytes: ArraySlice<UInt8>, path: String) throws(AuditError) -> EvidenceHeader {
        struct Line: Decodable { var entry: EvidenceEntry }
        guard !bytes.isEmpty else {
            throw .incompleteEvidence(path: path, reason: "not one whole line")
        }
        let first = bytes.prefix { $0 != 0x0A }
        let line: Line
        do throws(JSONError) {
            line = try StrictDecoding.decode(Line.self, from: first)
        } catch {
            throw .alteredEvidence(path: path, line: 1, reason: "it is no first line of evidence: \(error.message)")
        }
        guard case .header(let header) = line.entry else {
            throw .alteredEvidence(path: path, line: 1, reason: "it is no first line of evidence")
        }
        guard header.schema == EvidenceHeader.currentSchema else {
            throw .inputOutput(path: path, reason: "schema '\(header.schema.prefix(40))' is not known")
        }
        return header
    }

    private init(
        path: String, header: EvidenceHeader, entries: [EvidenceEntry], seal: EvidenceSeal?, lastCode: Digest256,
        digest: String, length: Int, torn: Int
    ) {
        self.path = path
        self.header = header
        self.entries = entries
        self.seal = seal
        self.lastCode = lastCode
        self.digest = digest
        self.length = length
        self.torn = torn
        var questions: [QuestionName: EvidenceQuestion] = [:]
        var answers: [QuestionName: EvidenceAnswer] = [:]
        var sent = 0
        for entry in entries {
            switch entry {
            case .question(let question):
                questions[question.name] = question
                sent += 1
            case .answer(let answer): answers[answer.name] = answer
            default: break
            }
        }
        self.questions = questions
        self.answers = answers
        self.sent = header.suspect.kind == .outputs ? 0 : sent
    }
}
