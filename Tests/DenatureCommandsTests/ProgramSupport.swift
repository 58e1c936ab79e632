import Foundation
import KeyedPRF
import Synchronization
import TestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// How the program ended and what it wrote.
struct ProgramResult: Sendable {
    /// The exit status; nil when a signal ended it.
    var status: Int32?
    /// The signal that ended it.
    var signal: Int32?
    var output: [UInt8]
    var errors: String

    var text: String { String(decoding: output, as: UTF8.self) }

    /// Standard output as one JSON object.
    func json() throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(output)) as? [String: Any] ?? [:]
    }
}

/// A running `denature`. Its streams are files: nothing blocks, however much it writes.
final class RunningProgram: Sendable {
    let process: pid_t
    private let folder: TemporaryDirectory

    init(
        _ arguments: [String], input: [UInt8]? = nil, environment: [String: String] = [:], output: String? = nil
    ) throws {
        folder = try TemporaryDirectory()
        try Data(input ?? []).write(to: URL(fileURLWithPath: folder.file("in")))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, folder.file("in"), O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output ?? folder.file("out"), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, folder.file("err"), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var variables = ProcessInfo.processInfo.environment
        for (name, value) in environment { variables[name] = value }
        let program = Self.path
        var process: pid_t = 0
        let code = Self.withPointers([program] + arguments) { argv in
            Self.withPointers(variables.map { "\($0.key)=\($0.value)" }) { envp in
                posix_spawn(&process, program, &actions, nil, argv, envp)
            }
        }
        guard code == 0 else { throw CocoaError(.executableLoad, userInfo: ["path": program]) }
        self.process = process
    }

    /// The program that was built together with the tests, in the folder of the test program, or the one that the
    /// environment names: the program built without libtorch is put to the same tests.
    private static let path: String = {
        if let named = ProcessInfo.processInfo.environment["DENATURE_TEST_PROGRAM"], !named.isEmpty { return named }
        let candidates = [
            URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath(),
            URL(fileURLWithPath: CommandLine.arguments.first ?? ""),
        ].map { $0.deletingLastPathComponent().appendingPathComponent("denature").path }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) } ?? "denature"
    }()

    private static func withPointers<R>(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> R
    ) -> R {
        var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { buffer in
            // Never empty: it ends with nil.
            buffer.baseAddress.map(body) ?? body(UnsafeMutablePointer.allocate(capacity: 1))
        }
    }

    func send(_ signal: Int32) { kill(process, signal) }

    /// Waits for the end, on a thread of its own.
    func wait() async throws -> ProgramResult {
        let process = process
        let status: Int32 = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var status: Int32 = 0
                while waitpid(process, &status, 0) < 0, errno == EINTR {}
                continuation.resume(returning: status)
            }
        }
        let signal = status & 0x7F
        return ProgramResult(
            status: signal == 0 ? (status >> 8) & 0xFF : nil, signal: signal == 0 ? nil : signal,
            output: [UInt8](FileManager.default.contents(atPath: folder.file("out")) ?? Data()),
            errors: String(decoding: FileManager.default.contents(atPath: folder.file("err")) ?? Data(), as: UTF8.self))
    }
}

/// Runs `denature` to its end.
@discardableResult
func denature(
    _ arguments: [String], input: [UInt8]? = nil, environment: [String: String] = [:], output: String? = nil
) async throws -> ProgramResult {
    try await RunningProgram(arguments, input: input, environment: environment, output: output).wait()
}

/// A folder with a keyring of tenant `acme`.
final class Sandbox: Sendable {
    let folder: TemporaryDirectory

    /// - Parameter secret: What the master secret follows from.
    init(secret: String = "the tests' keyring") throws {
        folder = try TemporaryDirectory()
        try FixedKeyring.create(at: folder.file("K.json"), tenants: ["acme"], secret: secret)
    }

    var keyring: String { folder.file("K.json") }

    /// The options every marking run needs.
    var keys: [String] { ["--keyring", keyring, "--tenant", "acme"] }

    func file(_ name: String) -> String { folder.file(name) }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    func bytes(_ name: String) -> [UInt8]? { FileManager.default.contents(atPath: file(name)).map { [UInt8]($0) } }

    /// The names of all files.
    func names() throws -> Set<String> { Set(try FileManager.default.contentsOfDirectory(atPath: folder.path)) }

    func sanitize(
        _ input: String, _ output: String, _ more: [String] = [], environment: [String: String] = [:]
    ) async throws -> ProgramResult {
        try await denature(
            ["sanitize-traces", file(input), "-o", file(output)] + keys + more, environment: environment)
    }
}

enum SampleTraces {
    static func reasoning(_ i: Int) -> String {
        "First, Anna takes \(i + 3) apples out of crate \(1000 + i). Then she needs to buy \(i + 5) apples and adds "
            + "them to the others. Therefore, she now has \(i + 3) + \(i + 5) = \(2 * i + 8) apples in total."
    }

    static func line(_ i: Int) -> String {
        #"{"id":\#(i),"problem":"How many apples from crate \#(1000 + i)?","trace":"\#(reasoning(i))\n#### \#(2 * i + 8)"}"#
    }

    static func text(_ count: Int) -> String { (0..<count).map { line($0) + "\n" }.joined() }
}
