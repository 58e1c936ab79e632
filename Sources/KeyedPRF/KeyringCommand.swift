import Foundation

/// Runs the command of a `command:` source.
enum KeyringCommand {
    /// What `command` prints. Its standard error passes through; its standard input is empty, because this program's
    /// may carry traces (a password prompt can use the terminal, /dev/tty).
    static func output(of command: String, timeout: Duration) throws(KeyedPRFError) -> SecretText {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        do {
            try process.run()
        } catch {
            throw failure("start", "/bin/sh cannot be run")
        }
        defer { stop(process) }

        let deadline = ContinuousClock.now + timeout
        let text = SecretText()
        var descriptor = pollfd(fd: pipe.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
        while true {
            let milliseconds = (deadline - .now) / .milliseconds(1)
            guard milliseconds > 0 else { throw failure("read", "no complete answer within \(timeout)") }
            let ready = poll(&descriptor, 1, Int32(milliseconds.rounded(.up)))
            guard ready != 0, !(ready < 0 && errno == EINTR) else { continue }
            let received = text.read(from: descriptor.fd)
            guard received >= 0 else { throw failure("read", String(cString: strerror(errno))) }
            if received == 0 { break }
        }
        while process.isRunning {
            guard ContinuousClock.now < deadline else { throw failure("wait", "did not end within \(timeout)") }
            usleep(2000)
        }
        guard process.terminationReason == .exit else { throw failure("run", "ended by a signal") }
        guard process.terminationStatus == 0 else {
            throw failure("run", "exit status \(process.terminationStatus)")
        }
        return text
    }

    private static func stop(_ process: Process) {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    private static func failure(_ operation: String, _ reason: String) -> KeyedPRFError {
        .inputOutput(source: "keyring command", operation: operation, reason: reason)
    }
}
