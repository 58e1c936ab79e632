import Foundation
import TestSupport
import Testing

@Suite struct KeysTests {
    @Test func generateMakesAndExtendsAPrivateKeyring() async throws {
        let sandbox = try Sandbox()
        try FileManager.default.removeItem(atPath: sandbox.keyring)
        let made = try await denature(["keys", "generate", "--json"] + sandbox.keys)
        #expect(try made.json()["created"] as? Bool == true)
        #expect(try made.json()["epoch"] as? String == "1")
        let mode = try FileManager.default.attributesOfItem(atPath: sandbox.keyring)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        let before = sandbox.bytes("K.json")
        let again = try await denature(["keys", "generate"] + sandbox.keys)
        #expect(again.status == 1 && again.errors.contains("acme"))
        #expect(sandbox.bytes("K.json") == before)
        let other = try await denature(
            ["keys", "generate", "--keyring", sandbox.keyring, "--tenant", "globex", "--json"])
        #expect(try other.json()["created"] as? Bool == false)
        let list = try await denature(["keys", "list", "--keyring", sandbox.keyring, "--json"]).json()
        let epochs = try #require(list["epochs"] as? [[String: Any]])
        #expect(epochs.compactMap { $0["tenant"] as? String } == ["acme", "globex"])
        #expect(try await denature(["keys", "generate", "--keyring", sandbox.keyring]).status == 1)
    }

    @Test func rotationRetiresTheFormerEpoch() async throws {
        let sandbox = try Sandbox()
        let rotate = try await denature(["keys", "rotate", "--json"] + sandbox.keys)
        #expect(try rotate.json()["epoch"] as? String == "2")
        let list = try await denature(["keys", "list", "--keyring", sandbox.keyring, "--json"]).json()
        let epochs = try #require(list["epochs"] as? [[String: Any]])
        #expect(epochs.map { $0["state"] as? String } == ["retired", "active"])
        #expect(try await denature(["keys", "rotate", "--keyring", sandbox.keyring, "--tenant", "nobody"]).status == 1)
    }

    @Test func openingBurnsAndVerifies() async throws {
        let sandbox = try Sandbox()
        let listed = try await denature(["keys", "commitments", "--json"] + sandbox.keys).json()
        let commitments = try #require(listed["commitments"] as? [[String: Any]])
        let lexical = try #require(commitments.first { $0["purpose"] as? String == "lexical" })
        let commitment = try #require(lexical["commitment"] as? String)

        let open = ["keys", "open", "--epoch", "1", "--purpose", "lexical"] + sandbox.keys
        let before = sandbox.bytes("K.json")
        let unconfirmed = try await denature(open)
        #expect(unconfirmed.status == 2 && unconfirmed.errors.contains("--burn") && unconfirmed.output.isEmpty)
        #expect(sandbox.bytes("K.json") == before)
        let opened = try await denature(open + ["--burn"])
        #expect(opened.status == 0)
        #expect(try opened.json()["commitment"] as? String == commitment)
        try sandbox.write("opening.json", opened.output)

        let good = try await denature(["keys", "verify", sandbox.file("opening.json"), "--commitment", commitment])
        #expect(good.status == 0)
        let other = try #require(commitments.first { $0["purpose"] as? String == "trigger" }?["commitment"] as? String)
        let bad = try await denature(["keys", "verify", sandbox.file("opening.json"), "--commitment", other])
        #expect(bad.status == 1 && bad.errors.contains("does not match"))
        let piped = try await denature(["keys", "verify", "-", "--commitment", commitment], input: opened.output)
        #expect(piped.status == 0)
        let garbled = try await denature(["keys", "verify", "-", "--commitment", commitment], input: Array("{}".utf8))
        #expect(garbled.status == 1)

        // A burnt epoch marks nothing any more.
        try sandbox.write("in.jsonl", SampleTraces.text(2))
        let marking = try await sandbox.sanitize("in.jsonl", "out.jsonl")
        #expect(marking.status == 1 && sandbox.bytes("out.jsonl") == nil)
        #expect(try await sandbox.sanitize("in.jsonl", "out.jsonl", ["--epoch", "1"]).status == 1)
        #expect(try await denature(["keys", "rotate"] + sandbox.keys).status == 0)
        #expect(try await sandbox.sanitize("in.jsonl", "out.jsonl").status == 0)
    }
}
