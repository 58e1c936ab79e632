import Foundation
import KeyedPRF
import TestSupport
import Testing

let someDay = Date(timeIntervalSince1970: 1_767_225_600.75)  // 2026-01-01T00:00:00.75Z

@Suite("Keyring: tenants, epochs, commitments")
struct KeyringTests {
    let folder: TemporaryDirectory
    let path: String

    init() throws {
        folder = try TemporaryDirectory()
        path = folder.file("K.json")
    }

    @Test("a created keyring loads again and gives the same keys")
    func roundTrip() throws {
        let names = ["acme", #"quote " backslash \ slash /"#, "Söhne 東京"]
        let created = try Keyring.create(at: path, tenants: names, now: someDay)
        let loaded = try Keyring.load(.file(path))
        #expect(loaded.tenants == created.tenants)
        #expect(loaded.tenants.map(\.name) == names)
        for name in names {
            #expect(try loaded.activeEpoch(of: name) == "1")
            let key = try loaded.subkey(.lexical, tenant: name, epoch: "1")
            #expect(try key.commitment == created.subkey(.lexical, tenant: name, epoch: "1").commitment)
        }
        #expect(loaded.tenants[0].epochs[0].createdAt == Date(timeIntervalSince1970: 1_767_225_600))
        #expect(try loaded.ledgerKey().identity == KeyIdentity(purpose: .ledger, tenant: "", epoch: ""))
    }

    @Test("two keyrings have different master secrets")
    func freshSecrets() throws {
        let a = try Keyring.create(at: path, tenants: ["acme"])
        let b = try Keyring.create(at: folder.file("L.json"), tenants: ["acme"])
        #expect(
            try a.subkey(.token, tenant: "acme", epoch: "1").keyID != b.subkey(.token, tenant: "acme", epoch: "1").keyID
        )
    }

    @Test("a known master secret gives the golden file's keys")
    func goldenSubkeys() throws {
        for entry in try Golden.load().subkeys where entry.tenant == "acme" && entry.epoch == "1" {
            let secret = Data(bytes(hex: entry.master)).base64EncodedString().replacing("/", with: "\\/")
            try write(
                #"{"version":1,"master_secret":"\#(secret)","tenants":[{"name":"\u0061cme","epochs":["#
                    + #"{"name":"1","created_at":"2026-01-01T00:00:00Z","state":"active"}]}]}"#)
            let purpose = try #require(KeyPurpose(rawValue: entry.purpose))
            let key = try Keyring.load(.file(path)).subkey(purpose, tenant: "acme", epoch: "1")
            #expect(key.commitment.hex == entry.commitment)
        }
    }

    @Test("rotation starts the next epoch and retires the former")
    func rotation() throws {
        try Keyring.create(at: path, tenants: ["acme", "other"], now: someDay)
        for expected in ["2", "3"] {
            let epoch = try Keyring.update(.file(path)) { (keyring) throws(KeyedPRFError) in
                try keyring.rotate(tenant: "acme", now: someDay)
            }
            #expect(epoch.name == expected)
        }
        let keyring = try Keyring.load(.file(path))
        #expect(try keyring.tenant(named: "acme").epochs.map(\.state) == [.retired, .retired, .active])
        #expect(try keyring.activeEpoch(of: "acme") == "3")
        #expect(try keyring.activeEpoch(of: "other") == "1")
        let keys = try ["1", "2", "3"].map { try keyring.subkey(.lexical, tenant: "acme", epoch: $0).keyID }
        #expect(Set(keys).count == 3)
    }

    @Test("rotations at the same time lose nothing")
    func concurrentRotation() async throws {
        try Keyring.create(at: path, tenants: ["acme"], now: someDay)
        let path = path
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<24 {
                group.addTask {
                    try Keyring.update(.file(path)) { (keyring) throws(KeyedPRFError) in
                        try keyring.rotate(tenant: "acme", now: someDay).name
                    }
                }
            }
            let names = try await group.reduce(into: Set<String>()) { $0.insert($1) }
            #expect(names.count == 24)
        }
        let epochs = try Keyring.load(.file(path)).tenant(named: "acme").epochs
        #expect(epochs.map(\.name) == (1...25).map { String($0) })
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["K.json"], "no temporary file stays")
    }

    @Test("a change that fails leaves the file as it was")
    func failedUpdate() throws {
        try Keyring.create(at: path, tenants: ["acme"], now: someDay)
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(throws: KeyedPRFError.tenantExists("acme")) {
            try Keyring.update(.file(path)) { (keyring) throws(KeyedPRFError) in
                try keyring.rotate(tenant: "acme")
                try keyring.addTenant("acme")
            }
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test("unknown names are errors")
    func unknownNames() throws {
        var keyring = try Keyring.create(at: path, tenants: ["acme"])
        #expect(throws: KeyedPRFError.unknownTenant("nobody")) { try keyring.activeEpoch(of: "nobody") }
        #expect(throws: KeyedPRFError.unknownTenant("nobody")) { try keyring.rotate(tenant: "nobody") }
        #expect(throws: KeyedPRFError.unknownEpoch(tenant: "acme", epoch: "9")) {
            try keyring.subkey(.lexical, tenant: "acme", epoch: "9")
        }
        #expect(throws: KeyedPRFError.self) { try keyring.subkey(.ledger, tenant: "acme", epoch: "1") }
        #expect(throws: KeyedPRFError.self) { try keyring.addTenant("a\0b") }
    }

    @Test("opening proves the commitment and burns the epoch")
    func opening() throws {
        let created = try Keyring.create(at: path, tenants: ["acme"], now: someDay)
        let published = try #require(try created.commitments(for: "acme").first { $0.identity.purpose == .lexical })
        #expect(published.state == .active)
        let opened = try Keyring.update(.file(path)) { (keyring) throws(KeyedPRFError) in
            try keyring.open(.lexical, tenant: "acme", epoch: "1", now: someDay)
        }
        #expect(opened.commitment == published.commitment.hex)
        #expect(opened.identity == published.identity)
        #expect(try Keyring.verifyOpening(subkeyHex: opened.subkey, commitmentHex: opened.commitment))

        var keyring = try Keyring.load(.file(path))
        #expect(throws: KeyedPRFError.noActiveEpoch(tenant: "acme")) { try keyring.activeEpoch(of: "acme") }
        let again = try keyring.open(.lexical, tenant: "acme", epoch: "1", now: someDay + 1000)
        #expect(again == opened)
        try keyring.rotate(tenant: "acme", now: someDay)
        #expect(try keyring.activeEpoch(of: "acme") == "2")
        let epoch = try keyring.tenant(named: "acme").epochs[0]
        #expect(epoch.state == .opened)
        #expect(epoch.opened == [.lexical: Date(timeIntervalSince1970: 1_767_225_600)], "the first date stays")
        let states = try keyring.commitments(for: "acme").filter { $0.identity.epoch == "1" }
        #expect(states.filter { $0.openedAt != nil }.map(\.identity.purpose) == [.lexical])
        #expect(states.count == 4)
        #expect(throws: KeyedPRFError.ledgerKeyNotOpenable) { try keyring.open(.ledger, tenant: "", epoch: "") }
    }

    @Test("a false opening is refused")
    func falseOpening() throws {
        var keyring = try Keyring.create(at: path, tenants: ["acme"])
        let opened = try keyring.open(.trigger, tenant: "acme", epoch: "1")
        let other = try keyring.open(.lexical, tenant: "acme", epoch: "1")
        #expect(try !Keyring.verifyOpening(subkeyHex: other.subkey, commitmentHex: opened.commitment))
        #expect(try !Keyring.verifyOpening(subkeyHex: "", commitmentHex: opened.commitment))
        #expect(try !Keyring.verifyOpening(subkeyHex: opened.subkey, commitmentHex: "not hexadecimal"))
    }

    private func write(_ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }
}
