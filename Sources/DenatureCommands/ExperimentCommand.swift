#if Torch
    import ArgumentParser
    import Denature
    import Lab
    import Foundation

    /// `denature experiment`.
    struct ExperimentCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "experiment",
            abstract:
                "Measure what defences cost and what they take from students, under attacks, and draw the curves.",
            discussion: """
                One YAML file names teacher, proxy, students, data, defences, attackers and seeds. The output folder gets
                table.csv, table.json and index.html (one page, no network), which are the same bytes whenever the same file
                is run with the same inputs; log.txt with times and commands; and stages/, a folder for each part of the work
                under a name that follows from everything that decides its content.

                Stages run as processes of this program, --workers at a time. A run that was interrupted or killed goes on
                when the same command is run again; finished stages are never repeated, and what another file shares with
                them is not either if it has the same output folder.

                EXAMPLES:
                  denature experiment experiments/quick.yaml -o lab-output/quick --dry-run
                  denature experiment experiments/quick.yaml -o lab-output/quick --workers 2

                Exit status: 0 done; 1 failed; 2 wrong usage; 130 interrupted, to be resumed.
                """)

        @Argument(help: ArgumentHelp("The experiment.", valueName: "file.yaml")) var file: String
        @Option(name: .shortAndLong, help: ArgumentHelp("The folder to work in.", valueName: "dir")) var output: String
        @Option(help: ArgumentHelp("Stages side by side (default: as many as cores).", valueName: "n"))
        var workers: Int?
        @Flag(help: "List the stages that are not done, with an estimate, and do nothing.") var dryRun = false
        @Flag(help: "Print the table as JSON.") var json = false
        @Flag(name: .shortAndLong, help: "No progress and no summary.") var quiet = false

        func validate() throws {
            if let workers, !(1...1024).contains(workers) {
                throw ValidationError("--workers must be from 1 to 1024")
            }
            if file.isEmpty || output.isEmpty { throw ValidationError("paths must not be empty") }
        }

        mutating func run() async throws {
            do {
                try await carryOut()
            } catch let error as ExperimentFileError {
                throw CommandFailure.usage("\(error)")
            } catch ExperimentError.interrupted(let done, let total) {
                throw CommandFailure(
                    description: "\(ExperimentError.interrupted(done: done, total: total))",
                    status: ExitStatus.interrupted)
            } catch {
                throw error is CommandFailure ? error : CommandFailure(description: "\(error)")
            }
        }

        private func carryOut() async throws {
            let experiment = try ExperimentReader.read(path: file)
            let plan = try ExperimentPlan(experiment, version: DenatureVersion.string)
            let workers = workers ?? ProcessInfo.processInfo.activeProcessorCount
            if dryRun { return try list(plan, workers: workers) }
            let quiet = quiet
            let runner = try ExperimentRunner(plan, output: output) { progress in
                if !quiet { Console.error(Self.text(progress)) }
            }
            if !quiet, runner.doneBefore > 0 {
                Console.error("\(runner.doneBefore) of \(plan.stages.count) stages were done by an earlier run")
            }
            try await Interruption.cancelling {
                try await withTaskCancellationHandler {
                    try await Self.blocking { try runner.run(workers: workers) }
                } onCancel: {
                    runner.stop()
                }
            }
            let table = try ExperimentTable(experiment, plan: plan, output: output, version: DenatureVersion.string)
            try table.write(to: output, note: experiment.note)
            if json { return try Console.output(String(table.json().dropLast())) }
            if !quiet { try report(table) }
        }

        /// Runs what blocks on a thread of its own.
        private static func blocking(_ body: @escaping @Sendable () throws -> Void) async throws {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
            }
        }

        private static func text(_ progress: ExperimentRunner.Progress) -> String {
            var line = "[\(progress.done)/\(progress.total)] \(progress.kind.rawValue): \(progress.title), "
            line += String(format: "%.1f s", progress.seconds)
            if let left = progress.secondsLeft, left >= 1 { line += "; \(duration(left)) of work left" }
            return line
        }

        private func list(_ plan: ExperimentPlan, workers: Int) throws {
            var total = 0.0
            var open = 0
            for stage in plan.stages {
                let isDone = ExperimentRunner.isDone(stage, in: output)
                let state = isDone ? "done" : Self.duration(stage.estimate)
                try Console.output("\(stage.name)  \(state)  \(stage.title)")
                if !isDone {
                    total += stage.estimate
                    open += 1
                }
            }
            let rows = plan.rows.count
            let students = plan.rows.reduce(0) { $0 + $1.points.count }
            try Console.output(
                "\(rows) rows, \(students) students; \(open) of \(plan.stages.count) stages to do, about "
                    + "\(Self.duration(total / Double(workers))) with \(workers) at a time, if the models are of the lab's size"
            )
        }

        private static func duration(_ seconds: Double) -> String {
            seconds < 90 ? String(format: "%.0f s", seconds.rounded(.up)) : String(format: "%.0f min", seconds / 60)
        }

        private func report(_ table: ExperimentTable) throws {
            func share(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "-" }
            let names = table.rows.map { row in
                PlannedRow.name(row.defence, row.setting) + (row.attacker == "none" ? "" : " + " + row.attacker)
            }
            let width = (names.map(\.count).max() ?? 0) + 2
            try Console.output(
                "row".padding(toLength: width, withPad: " ", startingAt: 0) + "teacher  student  interval       gap")
            for (name, row) in zip(names, table.rows) {
                var line = name.padding(toLength: width, withPad: " ", startingAt: 0)
                line += "\(share(row.teacherAccuracy))    \(share(row.studentAccuracy))    "
                line += "\(share(row.studentLow))-\(share(row.studentHigh))  "
                line += row.gap.map { String(format: "%+.3f", $0) } ?? ""
                try Console.output(line)
            }
            Console.error("Written to \(output): table.csv, table.json, index.html")
        }
    }
#endif
