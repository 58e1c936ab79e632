import Files
import Foundation

/// Where a stage is made: in a folder of its own, which gets its name when everything in it is there.
struct StageFolder {
    /// The output folder of the experiment.
    let root: String
    let stage: Stage

    private static let folder = "stages"
    private static let working = ".working-"

    /// The finished folder of a stage.
    static func path(_ root: String, _ stage: String) -> String { "\(root)/\(folder)/\(stage)" }

    var finished: String { Self.path(root, stage.name) }
    private var work: String { "\(root)/\(Self.folder)/\(Self.working)\(stage.name)" }
    /// What the commands wrote for people.
    var log: String { "\(isDone ? finished : work)/log.txt" }

    /// Whether the stage needs no work.
    var isDone: Bool { FileManager.default.fileExists(atPath: finished) }

    /// Makes the folder to work in, or finds the one of a run that was cut off.
    func prepare() throws(ExperimentError) {
        do {
            try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
        } catch {
            throw .unwritable(path: work, reason: error.localizedDescription)
        }
    }

    /// Where the standard output of a command goes while it runs.
    func output(_ command: StageCommand) -> String { "\(work)/\(command.result).part" }

    /// Whether a command of a run that was cut off had been done.
    func isDone(_ command: StageCommand) -> Bool { FileManager.default.fileExists(atPath: "\(work)/\(command.result)") }

    /// The arguments of a command. What an unfinished run of it left is cleared away, or gone on with.
    func arguments(_ command: StageCommand) -> [String] {
        var arguments = command.arguments.map(text)
        for output in command.outputs {
            let path = "\(work)/\(output)"
            var isDirectory: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
            if !command.isResumable { try? FileManager.default.removeItem(atPath: path + ".partial") }
            guard exists else { continue }
            let isComplete = !isDirectory.boolValue || FileManager.default.fileExists(atPath: path + "/training.json")
            if command.isResumable, !isComplete {
                let isEmpty = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).isEmpty
                if !isEmpty { arguments += command.resuming }
            } else {
                // It was finished, but not noted: nobody can tell any more what it printed.
                try? FileManager.default.removeItem(atPath: path)
            }
        }
        return arguments
    }

    /// Notes that a command is done.
    func finish(_ command: StageCommand) throws(ExperimentError) {
        try move(output(command), "\(work)/\(command.result)")
    }

    /// Gives the folder its name.
    func publish() throws(ExperimentError) {
        try move(work, finished)
    }

    private func move(_ from: String, _ to: String) throws(ExperimentError) {
        do throws(FileError) {
            try Placement.moveFolder(from, to: to)
        } catch {
            throw .unwritable(path: to, reason: error.reason)
        }
    }

    private func text(_ argument: StageArgument) -> String {
        switch argument {
        case .text(let value): value
        case .input(let file): file.digest == ExperimentKeyring.name ? "\(root)/\(file.path)" : file.path
        case .made(let stage, let file): "\(Self.path(root, stage))/\(file)"
        case .own(let file): "\(work)/\(file)"
        }
    }
}
