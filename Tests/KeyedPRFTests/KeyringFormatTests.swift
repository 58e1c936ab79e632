import Foundation
import KeyedPRF
import TestSupport
import Testing

/// 32 bytes, in base64.
private let secret = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="
private let epoch = #"{"name":"1","created_at":"2026-01-01T00:00:00Z","state":"active"}"#

private func keyring(secret: String = secret, tenants: String) -> String {
    #"{"version":1,"master_secret":"\#(secret)","tenants":[\#(tenants)]}"#
}

struct FaultyKeyring: Sendable {
    var name: String
    var json: String
    var reason: String
    var line = 1
    var column: Int?
}

@Suite("Keyring format: faults and what errors and dumps may show")
struct KeyringFormatTests {
    static let faults: [FaultyKeyring] = [
        .init(name: "empty", json: "", reason: "the keyring is empty", column: 1),
        .init(name: "spaces", json: " \n ", reason: "the keyring is empty", line: 2, column: 2),
        .init(name: "one byte", json: "{", reason: "ends early", column: 2),
        .init(name: "no object", json: "[]", reason: "object is expected", column: 1),
        .init(name: "no JSON", json: secret, reason: "JSON value is expected", column: 1),
        .init(name: "after the end", json: keyring(tenants: "") + "\n" + secret, reason: "unexpected text", line: 2),
        .init(
            name: "version", json: #"{"version":2,"master_secret":"","tenants":[]}"#, reason: "version 1", column: 12),
        .init(name: "missing member", json: #"{"version":1,"tenants":[]}"#, reason: "master_secret is missing"),
        .init(
            name: "short secret", json: keyring(secret: "q83vEjRWeJCrze8SNFZ4kA==", tenants: ""), reason: "has 16 bytes"
        ),
        .init(name: "no base64", json: keyring(secret: secret + "!", tenants: ""), reason: "not padded base64"),
        .init(name: "no padding", json: keyring(secret: String(secret.dropLast()), tenants: ""), reason: "base64"),
        .init(
            name: "stray bits", json: keyring(secret: secret.replacing("JA=", with: "JB="), tenants: ""),
            reason: "base64"),
        .init(
            name: "secret as an array", json: #"{"version":1,"master_secret":["\#(secret)"],"tenants":[]}"#,
            reason: "base64", column: 30),
        .init(
            name: "unknown member", json: #"{"version":1,"\#(secret)":1,"master_secret":"","tenants":[]}"#,
            reason: "unknown member"),
        .init(
            name: "member twice", json: #"{"version":1,"version":1,"master_secret":"\#(secret)","tenants":[]}"#,
            reason: "occurs twice", column: 14),
        .init(
            name: "tenant twice",
            json: keyring(
                tenants: #"{"name":"a","epochs":[\#(epoch)]},"# + "\n" + #"{"name":"a","epochs":[\#(epoch)]}"#),
            reason: "same name", line: 2, column: 1),
        .init(
            name: "epoch twice", json: keyring(tenants: #"{"name":"a","epochs":[\#(epoch),\#(epoch)]}"#),
            reason: "same name"),
        .init(
            name: "two active epochs",
            json: keyring(
                tenants: #"{"name":"a","epochs":[\#(epoch),\#(epoch.replacing(#""1""#, with: #""2""#))]}"#),
            reason: "second active"),
        .init(name: "no epoch", json: keyring(tenants: #"{"name":"a","epochs":[]}"#), reason: "no epoch"),
        .init(
            name: "NUL in a name", json: keyring(tenants: #"{"name":"a\u0000","epochs":[\#(epoch)]}"#),
            reason: "control"),
        .init(name: "empty name", json: keyring(tenants: #"{"name":"","epochs":[\#(epoch)]}"#), reason: "is empty"),
        .init(
            name: "half a surrogate pair", json: keyring(tenants: #"{"name":"\ud83d","epochs":[\#(epoch)]}"#),
            reason: "invalid \\u escape"),
        .init(
            name: "bad state",
            json: keyring(tenants: #"{"name":"a","epochs":[\#(epoch.replacing("active", with: secret))]}"#),
            reason: "none of active"),
        .init(
            name: "bad date",
            json: keyring(tenants: #"{"name":"a","epochs":[\#(epoch.replacing("2026-01", with: secret))]}"#),
            reason: "not a date"),
        .init(
            name: "opened, yet active",
            json: keyring(
                tenants: #"{"name":"a","epochs":[\#(epoch.dropLast()),"opened":{"lexical":"2026-01-01T00:00:00Z"}}]}"#),
            reason: "another state"),
        .init(name: "deep", json: String(repeating: "[", count: 100_000), reason: "too deeply"),
        .init(
            name: "line feed in a string", json: #"{"master_secret":"\#(secret)"# + "\n\"}", reason: "control character"
        ),
    ]

    @Test("each fault has a place and a reason, and no content", arguments: faults)
    func fault(fault: FaultyKeyring) throws {
        let error = try #require(throws: KeyedPRFError.self) { try load(Array(fault.json.utf8)) }
        guard case .malformedKeyring(let source, let line, let column, let reason) = error else {
            Issue.record("\(fault.name): \(error)")
            return
        }
        #expect(source.hasSuffix("K.json"))
        #expect(reason.contains(fault.reason), "\(fault.name): \(error)")
        #expect(line == fault.line, "\(fault.name): \(error)")
        if let expected = fault.column { #expect(column == expected, "\(fault.name): \(error)") }
        #expect(!String(reflecting: error).contains(secret.prefix(8)), "\(fault.name)")
        #expect(!error.description.contains(secret.prefix(8)), "\(fault.name)")
    }

    @Test("a keyring cut or damaged anywhere is an error, never a trap, never a quotation")
    func damage() throws {
        let whole = Array(keyring(tenants: #"{"name":"caf\u00e9","epochs":[\#(epoch)]}"#).utf8)
        #expect(try load(whole).tenants.map(\.name) == ["café"])
        for count in stride(from: 0, to: whole.count, by: 2) {
            let error = #expect(throws: KeyedPRFError.self) { try load(Array(whole[..<count])) }
            #expect(error?.description.contains(secret.prefix(8)) == false, "\(count) bytes")
        }
        let seed: UInt64 = 41
        var random = SplitMix64(seed: seed)
        for round in 0..<200 {
            var bytes = whole
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            do {
                _ = try load(bytes)
            } catch {
                #expect(!"\(error)".contains(secret.prefix(8)), "seed \(seed), round \(round)")
            }
        }
    }

    @Test("descriptions, dumps and mirrors of keys and keyrings show no secret")
    func redaction() throws {
        let master = try #require(Data(base64Encoded: secret))
        let ring = try load(Array(keyring(tenants: #"{"name":"a","epochs":[\#(epoch)]}"#).utf8))
        let subkey = try ring.subkey(.lexical, tenant: "a", epoch: "1")
        let key = subkey.secret.withUnsafeBytes { [UInt8]($0) }
        var shown = ""
        for value in [ring, subkey, subkey.secret, SecretBytes(copying: master)] as [Any] {
            shown += String(describing: value) + String(reflecting: value) + "\(value)"
            dump(value, to: &shown)
        }
        let forbidden = [
            secret, hex(key), hex(master), Data(key).base64EncodedString(), "\(key)", "\(key[0]), \(key[1])",
            "\(Array(master))", key.map { "- \($0)" }.prefix(2).joined(separator: "\n"), "0x", "pointer",
        ]
        for text in forbidden { #expect(!shown.contains(text), "\(text.prefix(4))…") }
        #expect(Mirror(reflecting: subkey.secret).children.isEmpty)
        #expect(Mirror(reflecting: ring).children.map(\.label) == ["tenants"])
        #expect(shown.contains("redacted"))
        #expect(shown.contains(subkey.keyID))
    }

    private func load(_ bytes: [UInt8]) throws -> Keyring {
        let folder = try TemporaryDirectory()
        let path = folder.file("K.json")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        return try Keyring.load(.file(path))
    }
}
