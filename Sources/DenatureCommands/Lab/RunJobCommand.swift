#if Torch
    import ArgumentParser
    import Denature
    import DenatureTorch
    import Foundation

    /// `denature run-job`: a stage of an experiment, in a process of its own.
    struct RunJobCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run-job",
            abstract:
                "Run the job that a file describes: {\"job\": NAME, \"settings\": {...}}; print its report as JSON.",
            shouldDisplay: false)

        @Argument(help: "The file.") var file: String

        func run() async throws {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw CommandFailure(description: "\(file): cannot be read")
            }
            let document = try JobDocument(json: data)
            if JobFlags.does(document.job) { return try await runCommand(document) }
            let report = try await Interruption.cancelling {
                try await JobRegistry.withModels.run(document) { Console.error($0) }
            }
            try Console.output(String(decoding: report, as: UTF8.self))
        }

        private func runCommand(_ document: JobDocument) async throws {
            var command = try RootCommand.parseAsRoot(JobFlags.words(document))
            do {
                if var asynchronous = command as? any AsyncParsableCommand {
                    try await asynchronous.run()
                } else {
                    try command.run()
                }
            } catch let failure as CommandFailure where failure.status == ExitStatus.incomplete {
                // Traces that were withheld are in the report.
            }
        }
    }
#endif
