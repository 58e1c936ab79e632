import Foundation

/// Ends this process when the one that started it for a stage of an experiment has gone, however it went: nobody is left to
/// use what it makes, and the next run must not meet it at work.
enum Lifeline {
    /// The variable that names a descriptor whose other end the starting process holds open.
    static let variable = "DENATURE_LIFELINE"

    /// Watches the descriptor that the environment names, if it names one.
    static func watch() {
        guard let text = ProcessInfo.processInfo.environment[variable], let descriptor = Int32(text),
            fcntl(descriptor, F_GETFD) >= 0
        else { return }
        // Programs that this one starts are not meant.
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unsetenv(variable)
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while true {
                let count = read(descriptor, &byte, 1)
                if count == 0 { _exit(ExitStatus.interrupted) }
                if count < 0, errno != EINTR { return }
            }
        }
    }
}
