import Files
import Foundation

#if canImport(Glibc)
    import Glibc
#endif

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
    /// What the jobs wrote for people.
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

    /// Where the report of a job goes while it runs.
    func output(_ call: StageCall) -> String { "\(work)/\(call.result).part" }

    /// Whether a job of a run that was cut off had been done.
    func isDone(_ call: StageCall) -> Bool {
        FileManager.default.fileExists(atPath: "\(work)/\(call.result)")
    }

    /// Writes a job down for the process that does it. What an unfinished run of it left is cleared away, or gone on with.
    ///
    /// - Returns: The file, and the job in it.
    /// - Throws: `ExperimentError.unwritable`.
    func write(_ call: StageCall) throws(ExperimentError) -> (path: String, document: JobDocument) {
        let path = "\(work)/\(call.result).job"
        let document: JobDocument
        do {
            document = try JobDocument(settings(call, resumes: clear(call)))
        } catch {
            throw .unwritable(path: path, reason: "\(error)")
        }
        try OutputFolder.replace(path, String(decoding: document.json, as: UTF8.self))
        return (path, document)
    }

    private func settings(_ call: StageCall, resumes: Bool) throws(SettingsError) -> any JobSettings {
        func filled<Settings: JobSettings>(_ settings: Settings) throws(SettingsError) -> Settings {
            var settings = try settings.mappingPaths(path)
            if resumes, let name = call.resuming { try Settings.setting(named: name)?.set([], in: &settings) }
            return settings
        }
        return try filled(call.settings)
    }

    /// Whether something is there to go on with; what cannot be gone on with is removed.
    private func clear(_ call: StageCall) -> Bool {
        var resumes = false
        for output in call.outputs {
            let path = "\(work)/\(output)"
            var isDirectory: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
            if !call.isResumable { try? FileManager.default.removeItem(atPath: path + ".partial") }
            guard exists else { continue }
            let isComplete = !isDirectory.boolValue || FileManager.default.fileExists(atPath: path + "/training.json")
            if call.isResumable, !isComplete {
                let isEmpty = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).isEmpty
                if !isEmpty { resumes = true }
            } else {
                // It was finished, but not noted: nobody can tell any more what it reported.
                try? FileManager.default.removeItem(atPath: path)
            }
        }
        return resumes
    }

    /// Notes that a job is done.
    func finish(_ call: StageCall) throws(ExperimentError) {
        try move(output(call), "\(work)/\(call.result)")
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

    /// Where a path of the settings is.
    private func path(_ text: String) -> String {
        switch StagePath(text: text) {
        case .shared(let file): "\(root)/\(file)"
        case .made(let stage, let file): "\(Self.path(root, stage))/\(file)"
        case .own(let file): "\(work)/\(file)"
        case nil: text
        }
    }
}
