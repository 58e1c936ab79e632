import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Where traces go: a stream, or a file that appears complete or not at all and that an interrupted run can go on with.
///
/// A file `OUT` is written as `OUT.partial`; beside it, `OUT.partial.json` says for which run and how far. Whatever the
/// state does not vouch for is cut off when the run goes on.
public final class TraceOutput<Tally: Codable & Sendable> {
    /// What `OUT.partial.json` holds.
    private struct State: Codable {
        var version = 1
        var settings: [String: String]
        var units: Int
        var bytes: Int64
        var tally: Tally
    }

    /// How many units (problems) are finished, and what was counted over them.
    public private(set) var committed: (units: Int, tally: Tally)
    /// How many units an earlier run finished.
    public let resumedUnits: Int

    private let target: OutputPlace
    private let settings: [String: String]
    private let replacing: Bool
    private let file: AppendedFile
    private var partialPath: String?

    private static func statePath(_ partial: String) -> String { partial + ".json" }

    /// Whether an interrupted run can go on.
    public var isResumable: Bool { partialPath != nil }

    /// Opens an output.
    ///
    /// - Parameters:
    ///   - path: A file, a device, or `-` for standard output.
    ///   - force: Whether to replace a file, and to begin anew where another run was interrupted.
    ///   - inputs: Files that are read, and must not be written.
    ///   - settings: All that the output depends on, by name.
    ///   - empty: What is counted before the first unit.
    /// - Throws: ``TraceGenerationError``.
    public init(
        path: String, force: Bool, inputs: [String], settings: [String: String], empty: Tally
    ) throws(TraceGenerationError) {
        target = try OutputPlace(path, force: force, inputs: inputs)
        self.settings = settings
        replacing = force
        switch target {
        case .standardOutput:
            file = AppendedFile(descriptor: 1, name: "<stdout>")
        case .stream(let path):
            file = try AppendedFile(path: path, flags: O_WRONLY)
        case .file(let path):
            let partial = path + ".partial"
            file = try AppendedFile(path: partial, flags: O_RDWR | O_CREAT)
            try file.lock()
            partialPath = partial
        }
        committed = (0, empty)
        guard let partialPath else {
            resumedUnits = 0
            return
        }
        let statePath = Self.statePath(partialPath)
        var state = try Self.read(statePath, partial: partialPath, settings: settings, force: force)
        if force, file.size < state?.bytes ?? 0 { state = nil }
        if let state {
            guard file.size >= state.bytes else {
                throw TraceGenerationError(
                    .damagedState, "\(partialPath): is shorter than \(statePath) says; remove both to begin anew")
            }
            try file.truncate(to: state.bytes)
            committed = (state.units, state.tally)
            resumedUnits = state.units
        } else {
            if file.size > 0, !force {
                throw TraceGenerationError(
                    .otherRun,
                    "\(partialPath): is there without \(statePath), so it cannot be resumed (--force begins anew)")
            }
            resumedUnits = 0
            try file.truncate(to: 0)
            try write(State(settings: settings, units: 0, bytes: 0, tally: empty), to: statePath)
        }
    }

    /// Judges an output before anything else is done: what ``init(path:force:inputs:settings:empty:)`` would refuse
    /// without looking into the file.
    public static func check(path: String, force: Bool, inputs: [String]) throws(TraceGenerationError) {
        guard case .file(let path) = try OutputPlace(path, force: force, inputs: inputs) else { return }
        if access(AppendedFile.folder(of: path), W_OK) != 0 { throw AppendedFile.failure(path) }
    }

    /// Removes what an output without a finished unit has left; anything else stays for the next run.
    public func discardIfEmpty() {
        guard let partialPath, committed.units == 0 else { return }
        unlink(Self.statePath(partialPath))
        unlink(partialPath)
        self.partialPath = nil
    }

    /// Appends the bytes of finished units. When this returns, a file has them on the disk.
    ///
    /// - Parameters:
    ///   - bytes: Whole lines.
    ///   - units: How many units are finished now, from the beginning.
    ///   - tally: What has been counted over them.
    public func commit(_ bytes: [UInt8], units: Int, tally: Tally) throws(TraceGenerationError) {
        try file.write(bytes)
        if let partialPath {
            try file.synchronize()
            try write(
                State(settings: settings, units: units, bytes: file.size, tally: tally),
                to: Self.statePath(partialPath))
        }
        committed = (units, tally)
    }

    /// Everything is written: puts a file in its place.
    public func finish() throws(TraceGenerationError) {
        guard case .file(let path) = target, let partialPath else { return }
        if !replacing {
            // link(2) never replaces what came into being meanwhile.
            if link(partialPath, path) == 0 {
                unlink(partialPath)
            } else if errno == EEXIST {
                throw TraceGenerationError(.outputExists, "\(path): already exists (--force replaces it)")
            } else if rename(partialPath, path) != 0 {
                throw AppendedFile.failure(path)
            }
        } else if rename(partialPath, path) != 0 {
            throw AppendedFile.failure(path)
        }
        AppendedFile.synchronizeFolder(of: path)
        unlink(Self.statePath(partialPath))
        self.partialPath = nil
    }

    // MARK: State

    /// The state that an interrupted run left, nil if there is none to go on from.
    private static func read(
        _ path: String, partial: String, settings: [String: String], force: Bool
    ) throws(TraceGenerationError) -> State? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        guard let state = try? JSONDecoder().decode(State.self, from: data), state.version == 1, state.units >= 0,
            state.bytes >= 0
        else {
            if force { return nil }
            throw TraceGenerationError(
                .damagedState, "\(path): is no state of an interrupted run (--force begins anew)")
        }
        let differences = Set(settings.keys).union(state.settings.keys).sorted()
            .filter { settings[$0] != state.settings[$0] }
        guard let first = differences.first else { return state }
        if force { return nil }
        let before = state.settings[first] ?? "none"
        let now = settings[first] ?? "none"
        throw TraceGenerationError(
            .otherRun,
            "\(partial): belongs to an interrupted run with another \(first) (\(before), now \(now)); "
                + "run that command again to finish it, or --force to begin anew")
    }

    private func write(_ state: State, to path: String) throws(TraceGenerationError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(state) else {
            throw TraceGenerationError(.unwritable, "\(path): the counts of the run hold a value that is not a number")
        }
        let temporary = path + ".tmp"
        do throws(TraceGenerationError) {
            let staged = try AppendedFile(path: temporary, flags: O_WRONLY | O_CREAT | O_TRUNC)
            try staged.write([UInt8](data))
            try staged.synchronize()
            guard rename(temporary, path) == 0 else { throw AppendedFile.failure(path) }
        } catch {
            unlink(temporary)
            throw error
        }
    }
}
