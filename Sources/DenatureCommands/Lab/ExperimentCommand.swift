#if Torch
    import ArgumentParser
    import Denature
    import Foundation
    import Lab

    /// `denature experiment`.
    struct ExperimentCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "experiment",
            abstract:
                "Measure what defences cost and what they take from students, under attacks, and draw the curves.",
            discussion: """
                One YAML file names teacher, proxy, students, data, defences, attackers and seeds. The output folder gets
                table.csv, table.json and index.html (one page, no network), which are the same bytes whenever the same file
                is run with the same inputs and program; log.txt with times and commands; and stages/, a folder for each part of the work
                under a name that follows from everything that decides its content.

                Stages run as processes of this program, --workers at a time. A run that was interrupted or killed goes on
                when the same command is run again; finished stages are never repeated, and what another file shares with
                them is not either if it has the same output folder.

                EXAMPLES:
                  denature experiment experiments/quick.yaml -o lab-output/quick --dry-run
                  denature experiment experiments/quick.yaml -o lab-output/quick --workers 2

                Exit status: 0 done; 1 failed; 2 wrong usage; 130 interrupted, to be resumed.
                """)

        @OptionGroup var options: SettingsOptions<ExperimentSettings>
        @OptionGroup var printing: PrintingOptions

        func run() async throws {
            let job = try ExperimentJob(options.settings)
            do {
                if options.settings.dryRun { return try list(job) }
                let table = try await Interruption.running(job.run(), quiet: printing.quiet) { progress in
                    Console.error(Self.text(progress))
                }
                if printing.json { return try Console.output(String(table.json().dropLast())) }
                if !printing.quiet { try report(table) }
            } catch let error as ExperimentFileError {
                throw CommandFailure.usage("\(error)")
            } catch ExperimentError.unusable(let error) {
                throw CommandFailure.usage("\(error)")
            }
        }

        private static func text(_ progress: ExperimentJob.Progress) -> String {
            switch progress {
            case .begun(let done, let total): "\(done) of \(total) stages were done by an earlier run"
            case .stage(let progress): text(progress)
            }
        }

        private static func text(_ progress: ExperimentRunner.Progress) -> String {
            var line = "[\(progress.done)/\(progress.total)] \(progress.kind.rawValue): \(progress.title), "
            line += String(format: "%.1f s", progress.seconds)
            if let left = progress.secondsLeft, left >= 1 { line += "; \(duration(left)) of work left" }
            return line
        }

        private func list(_ job: ExperimentJob) throws {
            let (experiment, isKnown) = try job.known(job.experiment())
            let plan = try ExperimentPlan(experiment, program: ProgramDigest.ofThisProgram())
            let (output, workers) = (job.settings.output, job.workers)
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
            if !isKnown {
                try Console.output(
                    "values that are sought by the teacher's accuracy are not found yet: stages will differ")
            }
        }

        private static func duration(_ seconds: Double) -> String {
            seconds < 90 ? String(format: "%.0f s", seconds.rounded(.up)) : String(format: "%.0f min", seconds / 60)
        }

        private func report(_ table: ExperimentTable) throws {
            func share(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "-" }
            let names = table.rows.map { row in
                row.name + (row.attacker == "none" ? "" : " + " + row.attacker)
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
            Console.error("Written to \(options.settings.output): table.csv, table.json, index.html")
        }
    }
#endif
