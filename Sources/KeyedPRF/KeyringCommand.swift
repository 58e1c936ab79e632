import Foundation

#if canImport(Glibc)
    // `environ` is a global variable; it is only read here.
    @preconcurrency import Glibc
#endif

/// Runs the command of a `command:` source.
enum KeyringCommand {
    /// What `command` prints. Its standard error passes through; its standard input is empty, because this program's
    /// may carry traces (a password prompt can use the terminal, /dev/tty).
    static func output(of command: String, timeout: Duration) throws(KeyedPRFError) -> SecretText {
        let deadline = ContinuousClock.now + timeout
        let (child, output) = try spawn(command)
        defer { close(output) }
        do throws(KeyedPRFError) {
            let text = try readAll(output, until: deadline, timeout: timeout)
            let status = try wait(for: child, until: deadline, timeout: timeout)
            // The low seven bits hold the signal, the next byte the exit status.
            guard status & 0x7F == 0 else { throw failure("run", "ended by a signal") }
            guard status == 0 else { throw failure("run", "exit status \(status >> 8 & 0xFF)") }
            return text
        } catch {
            // Already reaped where the exit status is the fault: then there is no child to wait for, and no kill.
            var status: Int32 = 0
            if waitpid(child, &status, WNOHANG) == 0 {
                kill(child, SIGKILL)
                while waitpid(child, &status, 0) < 0, errno == EINTR {}
            }
            throw error
        }
    }

    /// Starts the shell in this process's group, so that it can talk to the terminal; gives its standard output.
    /// Foundation's `Process` is no use here: it counts a shell as running while any descendant is.
    private static func spawn(_ command: String) throws(KeyedPRFError) -> (child: pid_t, output: Int32) {
        var ends: (output: Int32, input: Int32) = (-1, -1)
        let piped = withUnsafeMutableBytes(of: &ends) { ends in
            ends.withMemoryRebound(to: Int32.self) { $0.baseAddress.map { pipe($0) } ?? -1 }
        }
        guard piped == 0 else { throw failure("start", String(cString: strerror(errno))) }
        defer { close(ends.input) }
        for end in [ends.output, ends.input] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }

        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            let environment = _NSGetEnviron().pointee
        #else
            var actions = posix_spawn_file_actions_t()
            let environment = environ
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends.input, STDOUT_FILENO)

        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("/bin/sh"), strdup("-c"), strdup(command), nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, "/bin/sh", &actions, nil, &arguments, environment)
        guard code == 0 else {
            close(ends.output)
            throw failure("start", String(cString: strerror(code)))
        }
        return (child, ends.output)
    }

    private static func readAll(
        _ descriptor: Int32, until deadline: ContinuousClock.Instant, timeout: Duration
    ) throws(KeyedPRFError) -> SecretText {
        let text = SecretText()
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            let milliseconds = (deadline - .now) / .milliseconds(1)
            guard milliseconds > 0 else { throw failure("read", "no complete answer within \(timeout)") }
            guard poll(&request, 1, Int32(milliseconds.rounded(.up))) > 0 else { continue }
            let received = text.read(from: descriptor)
            guard received >= 0 else { throw failure("read", String(cString: strerror(errno))) }
            if received == 0 { return text }
        }
    }

    private static func wait(
        for child: pid_t, until deadline: ContinuousClock.Instant, timeout: Duration
    ) throws(KeyedPRFError) -> Int32 {
        var status: Int32 = 0
        while true {
            let reaped = waitpid(child, &status, WNOHANG)
            if reaped == child { return status }
            guard reaped == 0 || errno == EINTR else { throw failure("wait", String(cString: strerror(errno))) }
            guard ContinuousClock.now < deadline else { throw failure("wait", "did not end within \(timeout)") }
            usleep(1000)
        }
    }

    private static func failure(_ operation: String, _ reason: String) -> KeyedPRFError {
        .inputOutput(source: "keyring command", operation: operation, reason: reason)
    }
}
