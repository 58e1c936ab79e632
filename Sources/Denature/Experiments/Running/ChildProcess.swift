import Foundation

#if canImport(Glibc)
    // `environ` is a global variable; it is only read here.
    @preconcurrency import Glibc
#endif

/// A run of a program, with its streams in files.
struct ChildProcess {
    /// How it ended.
    enum Ending: Hashable {
        case exited(Int32)
        case signalled(Int32)
    }

    let identifier: pid_t

    /// Starts `program`. Foundation's `Process` cannot hand on descriptors.
    ///
    /// - Parameters:
    ///   - output: A file that is replaced.
    ///   - errors: A file that is added to.
    ///   - inherited: Descriptors of this process, and what they are in the child.
    ///   - environment: Variables over those of this process.
    /// - Throws: `ExperimentError.cannotStart`.
    init(
        _ program: String, _ arguments: [String], output: String, errors: String,
        inherited: [(from: Int32, to: Int32)], environment: [String: String]
    ) throws(ExperimentError) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        for (from, to) in inherited { posix_spawn_file_actions_adddup2(&actions, from, to) }
        var variables = ProcessInfo.processInfo.environment
        for (name, value) in environment { variables[name] = value }
        var child: pid_t = 0
        let code = Self.withPointers([program] + arguments) { argv in
            Self.withPointers(variables.map { "\($0.key)=\($0.value)" }) { envp in
                posix_spawn(&child, program, &actions, nil, argv, envp)
            }
        }
        guard code == 0 else { throw .cannotStart(reason: String(cString: strerror(code))) }
        identifier = child
    }

    /// Waits for its end.
    func wait() -> Ending {
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        // The low seven bits hold the signal, the next byte the exit status.
        let signal = status & 0x7F
        return signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
    }

    private static func withPointers(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Int32
    ) -> Int32 {
        let pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers)
    }
}
