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
            let report = try await Interruption.cancelling {
                try await JobRegistry.withModels.run(document) { Console.error($0) }
            }
            try Console.output(String(decoding: report, as: UTF8.self))
        }
    }
#endif
