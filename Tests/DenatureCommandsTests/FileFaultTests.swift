import Foundation
import TestSupport
import Testing

@Suite struct FileFaultTests {
    private func prepared() throws -> Sandbox {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(3))
        return sandbox
    }

    /// Runs a job that must fail with status 1, name `path`, say `word`, and leave all files as they are.
    private func refuses(
        _ sandbox: Sandbox, _ arguments: [String], naming path: String, _ word: String, leaving: Set<String> = [],
        status: Int32 = 1
    ) async throws {
        func snapshot() throws -> [String: [UInt8]?] {
            Dictionary(uniqueKeysWithValues: try sandbox.names().subtracting(leaving).map { ($0, sandbox.bytes($0)) })
        }
        let before = try snapshot()
        let result = try await denature(["sanitize-traces"] + arguments)
        #expect(result.status == status, "\(result.errors) signal \(result.signal ?? 0)")
        #expect(result.errors.contains(path) && result.errors.contains(word), "\(result.errors)")
        #expect(try snapshot() == before)
    }

    @Test func missingInputAndFoldersAreRefused() async throws {
        let sandbox = try prepared()
        let none = sandbox.file("none.jsonl")
        try await refuses(sandbox, [none, "-o", sandbox.file("o")] + sandbox.keys, naming: none, "No such file")
        let folder = sandbox.folder.path
        // A folder is a job over its files; its output cannot be one of them.
        let inside = sandbox.file("o")
        try await refuses(sandbox, [folder, "-o", inside] + sandbox.keys, naming: inside, "different files")
        try await refuses(
            sandbox, [sandbox.file("in.jsonl"), "-o", folder] + sandbox.keys, naming: folder, "directory")
    }

    @Test func outputThatExistsOrIsAnInputIsRefused() async throws {
        let sandbox = try prepared()
        let input = sandbox.file("in.jsonl")
        let keep = try sandbox.write("keep.jsonl", "precious\n")
        try await refuses(sandbox, [input, "-o", keep] + sandbox.keys, naming: keep, "--force")
        for force in [[], ["--force"]] {
            try await refuses(sandbox, [input, "-o", input] + force + sandbox.keys, naming: input, "different files")
            let keyring = sandbox.keyring
            try await refuses(
                sandbox, [input, "-o", keyring] + force + sandbox.keys, naming: keyring, "different files")
            try await refuses(
                sandbox, [input, "-o", sandbox.file("o"), "--ledger", input] + force + sandbox.keys, naming: input,
                "different files")
            try await refuses(
                sandbox, [input, "-o", sandbox.file("o"), "--ledger", sandbox.file("o")] + force + sandbox.keys,
                naming: sandbox.file("o"), "different files")
        }
        try await refuses(
            sandbox, [input, "-o", keep, "--ledger", sandbox.file("job.sqlite")] + sandbox.keys, naming: keep,
            "--force",
            leaving: ["job.sqlite", "job.sqlite.lock"])
        try await refuses(
            sandbox, [input, "-o", sandbox.file("o"), "--ledger", keep] + sandbox.keys, naming: keep,
            "not an SQLite database",
            leaving: ["keep.jsonl.lock"])
    }

    @Test func placesThatCannotBeWrittenAreNamed() async throws {
        let sandbox = try prepared()
        let input = sandbox.file("in.jsonl")
        for (output, word) in [
            (sandbox.file("none/out.jsonl"), "No such file"), ("/proc/denature-out.jsonl", "cannot write"),
            ("/dev/full", "No space left"), (sandbox.file("in.jsonl") + "/out", "Not a directory"),
        ] {
            try await refuses(sandbox, [input, "-o", output] + sandbox.keys, naming: output, word)
            if output == "/dev/full" { continue }
            try await refuses(
                sandbox, [input, "-o", output, "--ledger", sandbox.file("job.sqlite")] + sandbox.keys, naming: output,
                word, leaving: ["job.sqlite", "job.sqlite.lock"])
        }
        try await refuses(
            sandbox, [input, "-o", "/dev/null", "--ledger", sandbox.file("job.sqlite")] + sandbox.keys,
            naming: "--ledger", "regular", leaving: ["job.sqlite", "job.sqlite.lock"])
        try await refuses(
            sandbox, [input, "-o", sandbox.file("o"), "--ledger", sandbox.file("none/job.sqlite")] + sandbox.keys,
            naming: sandbox.file("none/job.sqlite"), "No such file")
    }

    @Test(arguments: [
        ["sanitize-traces", "IN", "-o", "-"], ["detect", "IN"], ["detect", "IN", "--json"],
        ["detect", "IN", "--json", "--per-trace"], ["keys", "list"], ["traces", "inspect", "IN"],
        ["traces", "convert", "IN", "--to", "xml"], ["--help"],
    ])
    func fullStandardOutputIsAFailure(arguments: [String]) async throws {
        let sandbox = try prepared()
        var arguments = arguments.map { $0 == "IN" ? sandbox.file("in.jsonl") : $0 }
        if ["sanitize-traces", "detect"].contains(arguments[0]) { arguments += sandbox.keys }
        if arguments[0] == "keys" { arguments += ["--keyring", sandbox.keyring] }
        let result = try await denature(arguments, output: "/dev/full")
        #expect(result.status == 1, "signal \(result.signal ?? 0) \(result.errors.suffix(300))")
    }

    @Test func fullDiskLeavesTheJobResumable() async throws {
        let sandbox = try prepared()
        let mount = sandbox.file("small")
        try FileManager.default.createDirectory(atPath: mount, withIntermediateDirectories: true)
        guard try await run("mount", ["-t", "tmpfs", "-o", "size=96k", "tmpfs", mount]) == 0 else { return }
        try sandbox.write("big.jsonl", SampleTraces.text(1500))
        let output = mount + "/out.jsonl"
        for ledger in [[], ["--ledger", sandbox.file("job.sqlite")]] {
            let result = try await denature(
                ["sanitize-traces", sandbox.file("big.jsonl"), "-o", output] + ledger + sandbox.keys)
            #expect(result.status == 1)
            #expect(result.errors.contains(mount) && result.errors.contains("No space left"), "\(result.errors)")
            #expect(!FileManager.default.fileExists(atPath: output))
        }
        #expect(try await run("mount", ["-o", "remount,size=4m", mount]) == 0)
        let result = try await denature(
            ["sanitize-traces", sandbox.file("big.jsonl"), "-o", output, "--ledger", sandbox.file("job.sqlite")]
                + sandbox.keys)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try await sandbox.sanitize("big.jsonl", "clean.jsonl").status == 0)
        #expect(FileManager.default.contents(atPath: output).map { [UInt8]($0) } == sandbox.bytes("clean.jsonl"))
        _ = try await run("umount", [mount])
    }

    private func run(_ command: String, _ arguments: [String]) async throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [command] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        while process.isRunning { try await Task.sleep(for: .milliseconds(5)) }
        return process.terminationStatus
    }

    @Test func keyFilesOpenToOthersAreRefused() async throws {
        let sandbox = try prepared()
        let arguments = [sandbox.file("in.jsonl"), "-o", sandbox.file("o")]
        for mode in [0o644, 0o640, 0o604, 0o666] {
            chmod(sandbox.keyring, mode_t(mode))
            try await refuses(sandbox, arguments + sandbox.keys, naming: sandbox.keyring, "chmod 600")
        }
        chmod(sandbox.keyring, 0o600)
        if geteuid() != 0 {
            chmod(sandbox.keyring, 0)
            try await refuses(sandbox, arguments + sandbox.keys, naming: sandbox.keyring, "denied")
            chmod(sandbox.keyring, 0o600)
        }
        let key = try sandbox.write("key.txt", "sk-abcdefgh\n")
        chmod(key, 0o644)
        let endpoint = ["--rewriter", "instruction", "--endpoint", "http://127.0.0.1:9/v1", "--api-key-file", key]
        try await refuses(sandbox, arguments + sandbox.keys + endpoint, naming: key, "chmod 600")
        let none = sandbox.file("none.json")
        try await refuses(sandbox, arguments + ["--keyring", none, "--tenant", "acme"], naming: none, "No such file")
        try sandbox.write("bad.json", "{")
        chmod(sandbox.file("bad.json"), 0o600)
        try await refuses(
            sandbox, arguments + ["--keyring", sandbox.file("bad.json"), "--tenant", "acme"],
            naming: sandbox.file("bad.json"), "ends early")
        try await refuses(
            sandbox, arguments + ["--keyring", sandbox.keyring, "--tenant", "nobody"], naming: "nobody", "no tenant")
    }
}
