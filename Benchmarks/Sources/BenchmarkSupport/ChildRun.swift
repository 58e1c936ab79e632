import Foundation

/// A child process that was run to its end, and what it used.
public struct ChildRun: Sendable {
    /// Exit status, or 128 + the signal that ended it.
    public var status: Int32
    /// Wall-clock time, seconds.
    public var wall: Double
    /// Processor time in the program, seconds over all threads.
    public var user: Double
    /// Processor time in the kernel, seconds over all threads.
    public var system: Double
    /// Peak resident memory, MB (10^6 bytes).
    public var peakMegabytes: Double
    /// What it wrote to standard output.
    public var output: String

    /// A child that could not be started or that failed.
    public struct Failure: Error, CustomStringConvertible {
        /// What happened.
        public var description: String

        /// Creates an error.
        public init(description: String) { self.description = description }
    }

    /// Runs a program; its standard error goes to `log`, its standard input is empty.
    ///
    /// The peak is `ru_maxrss` of wait4. Linux carries a parent's peak over into a child it starts with posix_spawn, so
    /// the figure is never below this process's own: keep this process small.
    public static func run(_ arguments: [String], log: String, discardingOutput: Bool = false) throws -> ChildRun {
        let outputPath = discardingOutput ? "/dev/null" : log + ".out"
        defer { if !discardingOutput { try? FileManager.default.removeItem(atPath: outputPath) } }
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        #if os(Linux)
            var actions = posix_spawn_file_actions_t()
        #else
            var actions: posix_spawn_file_actions_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, outputPath, flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, log, flags, 0o600)
        var list: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in list { free(pointer) } }

        var process: pid_t = 0
        let clock = ContinuousClock()
        let start = clock.now
        let code = posix_spawnp(&process, arguments[0], &actions, nil, &list, environ)
        guard code == 0 else {
            throw Failure(description: "cannot run \(arguments[0]): \(String(cString: strerror(code)))")
        }
        var status: Int32 = 0
        var usage = rusage()
        while wait4(process, &status, 0, &usage) == -1 {
            guard errno == EINTR else { throw Failure(description: "cannot wait for \(arguments[0])") }
        }
        let wall = start.duration(to: clock.now) / .seconds(1)
        let signal = status & 0x7F
        return ChildRun(
            status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, wall: wall, user: seconds(usage.ru_utime),
            system: seconds(usage.ru_stime), peakMegabytes: megabytes(usage.ru_maxrss),
            output: discardingOutput ? "" : (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "")
    }

    /// The same, where anything but exit status 0 is an error that shows the end of the log.
    public static func succeed(
        _ arguments: [String], log: String, discardingOutput: Bool = false
    ) throws -> ChildRun {
        let run = try run(arguments, log: log, discardingOutput: discardingOutput)
        guard run.status == 0 else {
            let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            throw Failure(
                description: "\(arguments.joined(separator: " ")): status \(run.status)\n\(text.suffix(2000))")
        }
        return run
    }

    /// This process's own peak, MB: the floor of what ``peakMegabytes`` can show.
    public static var ownPeakMegabytes: Double {
        var usage = rusage()
        #if os(Linux)
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        #else
            getrusage(RUSAGE_SELF, &usage)
        #endif
        return megabytes(usage.ru_maxrss)
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }

    /// `ru_maxrss` is in KiB on Linux and in bytes elsewhere.
    private static func megabytes(_ maximum: Int) -> Double {
        #if os(Linux)
            Double(maximum) * 1024 / 1e6
        #else
            Double(maximum) / 1e6
        #endif
    }
}
