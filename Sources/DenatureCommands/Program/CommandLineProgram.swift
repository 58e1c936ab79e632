import ArgumentParser
import Denature
import Foundation

/// The `denature` command.
struct RootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "denature",
        abstract: "Make reasoning traces unfit for unauthorised distillation, and prove afterwards who drank.",
        discussion: """
            Results go to standard output, everything else to standard error. '-' means standard input or output.

            Exit status: 0 done; 1 failed; 2 wrong usage; 3 finished, with traces withheld, failed or left
            unmarked; 130 interrupted.
            """,
        version: DenatureVersion.string,
        subcommands: [
            KeysCommand.self, SanitizeTracesCommand.self, DetectCommand.self, CalibrateCommand.self, TracesCommand.self,
            LedgerCommand.self, AuditCommand.self,
            LabCommand.self, AttackCommand.self, JudgeCommand.self, ModelsCommand.self,
        ] + modelCommands)

    /// Those that need libtorch.
    private static var modelCommands: [any ParsableCommand.Type] {
        #if Torch
            [
                GradientCommand.self,
                GainsCommand.self,
                OptimizePromptCommand.self,
                SampleCommand.self,
                ServeCommand.self,
                TrainCommand.self,
                EvaluateCommand.self,
                ExperimentCommand.self,
                RunJobCommand.self,
            ]
        #else
            []
        #endif
    }
}

/// Exit statuses, as `--help` documents them.
enum ExitStatus {
    static let done: Int32 = 0
    static let failed: Int32 = 1
    static let usage: Int32 = 2
    static let incomplete: Int32 = 3
    static let interrupted: Int32 = 130
}

/// A failure with a message for standard error and an exit status.
struct CommandFailure: Error, CustomStringConvertible {
    var description: String
    var status = ExitStatus.failed

    /// A wrong combination of arguments.
    static func usage(_ message: String) -> CommandFailure {
        CommandFailure(description: message, status: ExitStatus.usage)
    }
}

/// Runs the command line: the whole program but for the process's exit.
public enum CommandLineProgram {
    /// Parses and runs `arguments` (without the program's name) and returns the exit status.
    public static func run(_ arguments: [String]) async -> Int32 {
        // A reader that goes away ends a filter with an error that is reported, not with a signal.
        signal(SIGPIPE, SIG_IGN)
        Lifeline.watch()
        do {
            let expanded = try ConfigurationFile.expand(arguments)
            var command: any ParsableCommand
            do {
                command = try RootCommand.parseAsRoot(expanded.arguments)
            } catch {
                let status = report(error)
                if let file = expanded.file, status != ExitStatus.done {
                    Console.error("Options were also read from \(file).")
                }
                return status
            }
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return ExitStatus.done
        } catch {
            return status(of: error)
        }
    }

    /// Says what stopped a command, and with which status the program ends.
    private static func status(of error: any Error) -> Int32 {
        switch error {
        case let failure as CommandFailure:
            if !failure.description.isEmpty { Console.error("denature: " + failure.description) }
            return failure.status
        case let error as SettingsError:
            Console.error("denature: " + error.description(naming: { "--" + $0.replacing("_", with: "-") }))
            return ExitStatus.usage
        case let error as any InterruptibleJobError where error.isInterruption:
            Console.error(error is CancellationError ? "denature: interrupted" : "denature: \(error)")
            return ExitStatus.interrupted
        default:
            // Help that was asked for and wrong usage come as errors too, of types that ArgumentParser keeps to itself.
            let code = RootCommand.exitCode(for: error)
            if code.isSuccess || code == .validationFailure || error is ExitCode { return report(error) }
            Console.error("denature: \(error)")
            return ExitStatus.failed
        }
    }

    /// Help and version go to standard output with status 0, usage errors to standard error with status 2.
    private static func report(_ error: any Error) -> Int32 {
        let code = RootCommand.exitCode(for: error)
        let message = RootCommand.fullMessage(for: error)
        if code.isSuccess {
            do {
                if !message.isEmpty { try Console.output(message) }
                return ExitStatus.done
            } catch {
                return ExitStatus.failed
            }
        }
        Console.error(message)
        return code == .validationFailure ? ExitStatus.usage : ExitStatus.failed
    }
}
