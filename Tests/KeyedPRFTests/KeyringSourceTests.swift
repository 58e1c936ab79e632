import Foundation
import KeyedPRF
import TestSupport
import Testing

@Suite("Keyring sources: files, variables, commands")
struct KeyringSourceTests {
    let folder: TemporaryDirectory
    let path: String

    init() throws {
        folder = try TemporaryDirectory()
        path = folder.file("K.json")
    }

    @Test("the argument's forms")
    func arguments() {
        #expect(Keyring.Source(argument: "K.json") == .file("K.json"))
        #expect(Keyring.Source(argument: "env:KEYS") == .environment("KEYS"))
        #expect(Keyring.Source(argument: "command:vault read x") == .command("vault read x"))
    }

    @Test("a new keyring has mode 0600, also after a change, whatever the umask lets through")
    func mode() throws {
        try Keyring.create(at: path, tenants: ["acme"])
        #expect(try mode(of: path) == 0o600)
        try Keyring.update(.file(path)) { (keyring) throws(KeyedPRFError) in _ = try keyring.rotate(tenant: "acme") }
        #expect(try mode(of: path) == 0o600)
    }

    @Test("a keyring is never overwritten")
    func exclusive() throws {
        try Keyring.create(at: path, tenants: ["acme"])
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(throws: KeyedPRFError.fileExists(path: path)) { try Keyring.create(at: path) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test(
        "permissions of group and others are refused, for reading and for changing",
        arguments: [0o644, 0o640, 0o604, 0o620, 0o602, 0o666, 0o610])
    func permissions(mode: Int) throws {
        try Keyring.create(at: path, tenants: ["acme"])
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        let expected = KeyedPRFError.insecurePermissions(path: path, mode: UInt16(mode))
        #expect(throws: expected) { try Keyring.load(.file(path)) }
        #expect(throws: expected) {
            try Keyring.update(.file(path)) { (keyring) throws(KeyedPRFError) in _ = try keyring.rotate(tenant: "acme")
            }
        }
        #expect(expected.description.contains("chmod 600"))
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path)
        #expect(try Keyring.load(.file(path)).tenants.count == 1)
    }

    @Test("folders, missing files, symbolic links and named pipes are refused")
    func kinds() throws {
        try Keyring.create(at: path, tenants: ["acme"])
        let link = folder.file("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        let pipe = folder.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        for (path, reason) in [
            (folder.path, "is a folder"), (folder.file("none"), "No such file"), (link, "is a symbolic link"),
            (pipe, "is not a regular file"), (folder.file("none/K.json"), "No such file"),
        ] {
            let error = #expect(throws: KeyedPRFError.self) { try Keyring.load(.file(path)) }
            #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
            #expect(error?.description.hasPrefix(path) == true)
        }
        #expect(throws: KeyedPRFError.self) { try Keyring.create(at: folder.file("none/K.json")) }
        #expect(throws: KeyedPRFError.self) { try Keyring.create(at: link) }
    }

    @Test("a variable holds the keyring's JSON; its name is checked")
    func environment() throws {
        try Keyring.create(at: path, tenants: ["acme"])
        let name = "DENATURE_TEST_KEYRING"
        setenv(name, try String(contentsOfFile: path, encoding: .utf8), 1)
        defer { unsetenv(name) }
        #expect(try Keyring.load(.environment(name)).tenants.map(\.name) == ["acme"])
        #expect(throws: KeyedPRFError.readOnlySource(source: "env:" + name)) {
            try Keyring.update(.environment(name)) { (keyring) throws(KeyedPRFError) in
                _ = try keyring.rotate(tenant: "acme")
            }
        }
        #expect(throws: KeyedPRFError.self) { try Keyring.load(.environment("DENATURE_TEST_NOT_SET")) }
        let error = #expect(throws: KeyedPRFError.self) { try Keyring.load(.environment(#"{"master_secret":"c2Vj"}"#)) }
        #expect(error?.description.contains("c2Vj") == false)
    }

    @Test("a command prints the keyring's JSON; its standard input is empty")
    func command() throws {
        try Keyring.create(at: path, tenants: ["acme"])
        #expect(try Keyring.load(.command("cat; cat '\(path)'")).tenants.map(\.name) == ["acme"])
    }

    @Test(
        "commands that fail; the error does not show the command",
        arguments: [
            ("echo hunter2; exit 3", "exit status 3"), ("kill -9 $$ # hunter2", "signal"),
            ("echo hunter2", "JSON value"), ("true # hunter2", "empty"),
        ])
    func failedCommand(command: String, reason: String) {
        let error = #expect(throws: KeyedPRFError.self) { try Keyring.load(.command(command)) }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test(
        "a command that hangs is stopped",
        arguments: ["sleep 20 2>&-", "exec >&-; sleep 20 2>&-", "echo x; sleep 20 2>&-"])
    func hangingCommand(command: String) {
        let clock = ContinuousClock()
        let elapsed = clock.measure {
            let error = #expect(throws: KeyedPRFError.self) {
                try Keyring.load(.command(command), commandTimeout: .milliseconds(200))
            }
            #expect(error?.description.contains("within") == true)
        }
        #expect(elapsed < .seconds(15))
    }

    private func mode(of path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }
}
