/// An experiment: what defences cost, and what they take from students, under attacks.
public struct ExperimentSettings: JobSettings {
    /// The job's name.
    public static let job = "experiment"

    /// The experiment's file.
    public var file = ""
    /// The folder to work in.
    public var output = ""
    /// What paths of the file are relative to; nil for what the file says, or else its own folder.
    public var folder: String?
    /// Only the rows of these defences; none for all.
    public var only: [String] = []
    /// Seeds in place of the file's.
    public var seeds: ValueList<UInt64>?
    /// Stages side by side; nil for as many as cores.
    public var workers: Int?
    /// List the stages that are not done, and do nothing.
    public var dryRun = false

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<ExperimentSettings>] = [
        .value(
            "file", \.file, "The experiment.", .called("file.yaml"), role: .input, isRequired: true, isPositional: true),
        .value(
            "output", \.output, "The folder to work in.", .called("dir", letter: "o"), role: .output, isRequired: true),
        .value(
            "folder", \.folder, "The folder that the file's paths are relative to, in place of its own.",
            .called("dir"), role: .input),
        .list("only", \.only, "Only the rows of this defence; may be repeated.", .called("defence")),
        .value("seeds", \.seeds, "Seeds in place of the file's.", .called("list")),
        .value(
            "workers", \.workers, "Stages side by side (default: as many as cores).", .called("n"), role: .conduct,
            must: .be(1...1024)),
        .flag(
            "dry_run", \.dryRun, "List the stages that are not done, with an estimate, and do nothing.",
            role: .conduct),
    ]
}
