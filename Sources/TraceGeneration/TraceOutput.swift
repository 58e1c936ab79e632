import Files
import Foundation
import StrictJSON

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Where traces go: a stream, or a file that appears complete or not at all and that an interrupted run can go on with.
///
/// A file `OUT` is written as `OUT.partial`; beside it, `OUT.partial.json` says for which run and how far. Whatever the
/// state does not vouch for is cut off when the run goes on. A second file may grow beside it, under the same state.
public final class TraceOutput<Tally: Codable & Sendable> {
    /// What `OUT.partial.json` holds.
    private struct State: Codable {
        var version = 1
        var settings: [String: String]
        var units: Int
        var bytes: Int64
        var companionBytes: Int64?
        var tally: Tally
    }

    /// How many units (problems) are finished, and what was counted over them.
    public private(set) var committed: (units: Int, tally: Tally)
    /// How many units an earlier run finished.
    public let resumedUnits: Int

    private let settings: [String: String]
    private let replacing: Bool
    private let file: AppendedFile
    /// The file as long as it is not in its place; nil for a stream.
    private var part: OutputPart?
    private var companion: OutputPart?

    private static func statePath(_ part: OutputPart) -> String { part.partialPath + ".json" }

    /// Whether an interrupted run can go on.
    public var isResumable: Bool { part != nil }

    /// Opens an output.
    ///
    /// - Parameters:
    ///   - path: A file, a device, or `-` for standard output.
    ///   - companion: A second file, for lines that belong to the same units; `path` must be a file then.
    ///   - force: Whether to replace files, and to begin anew where another run was interrupted.
    ///   - inputs: Files that are read, and must not be written.
    ///   - settings: All that the output depends on, by name.
    ///   - empty: What is counted before the first unit.
    /// - Throws: ``TraceGenerationError``.
    public init(
        path: String, companion: String? = nil, force: Bool, inputs: [String], settings: [String: String], empty: Tally
    ) throws(TraceGenerationError) {
        let places = try Self.places(path: path, companion: companion, force: force, inputs: inputs)
        self.settings = settings
        replacing = force
        switch places.output {
        case .standardOutput:
            file = AppendedFile(Descriptor(borrowing: 1, name: "<stdout>"))
        case .stream(let path):
            file = AppendedFile(
                try TraceGenerationError.writing { () throws(FileError) in
                    try Descriptor(opening: path, O_WRONLY, operation: "write")
                })
        case .file(let path):
            let opened = try OutputPart(path: path)
            part = opened
            file = opened.file
        }
        committed = (0, empty)
        guard let part else {
            resumedUnits = 0
            return
        }
        let statePath = Self.statePath(part)
        // The part is locked, so that nobody else is writing a state.
        Placement.removeStaged(for: statePath)
        var state = try Self.read(statePath, partial: part.partialPath, settings: settings, force: force)
        let second = try places.companion.map { path throws(TraceGenerationError) in try OutputPart(path: path) }
        if force, let found = state, file.size < found.bytes || (second?.file.size ?? 0) < found.companionBytes ?? 0 {
            state = nil
        }
        resumedUnits = state?.units ?? 0
        try part.resume(at: state?.bytes, statePath: statePath, force: force)
        try second?.resume(at: state.map { $0.companionBytes ?? 0 }, statePath: statePath, force: force)
        self.companion = second
        if let state {
            committed = (state.units, state.tally)
        } else {
            try write(units: 0, tally: empty, to: statePath)
        }
    }

    /// Judges an output before anything else is done: what
    /// ``init(path:companion:force:inputs:settings:empty:)`` would refuse without looking into the files.
    ///
    /// - Throws: ``TraceGenerationError`` for an output that exists, cannot be written, or is an input.
    public static func check(
        path: String, companion: String? = nil, force: Bool, inputs: [String]
    ) throws(TraceGenerationError) {
        let places = try places(path: path, companion: companion, force: force, inputs: inputs)
        try TraceGenerationError.writing { () throws(FileError) in
            try places.output.checkFolder()
            if let companion = places.companion { try OutputTarget.file(path: companion).checkFolder() }
        }
    }

    private static func places(
        path: String, companion: String?, force: Bool, inputs: [String]
    ) throws(TraceGenerationError) -> (output: OutputTarget, companion: String?) {
        let output = try TraceGenerationError.writing { () throws(FileError) in
            try OutputTarget(path, force: force, others: inputs)
        }
        guard let companion else { return (output, nil) }
        let beside = try TraceGenerationError.writing { () throws(FileError) in
            try OutputTarget(companion, force: force, others: inputs + [path])
        }
        guard case .file = output, case .file(let second) = beside else {
            throw TraceGenerationError(
                .options, "\(companion): can be written only beside an output that is a file, and as a file")
        }
        return (output, second)
    }

    /// Removes what an output without a finished unit has left; anything else stays for the next run.
    public func discardIfEmpty() {
        guard let part, committed.units == 0 else { return }
        unlink(Self.statePath(part))
        part.discard()
        companion?.discard()
        self.part = nil
        companion = nil
    }

    /// Appends the bytes of finished units. When this returns, files have them on the disk.
    ///
    /// - Parameters:
    ///   - bytes: Whole lines.
    ///   - second: Whole lines for the second file; none where there is no such file.
    ///   - units: How many units are finished now, from the beginning.
    ///   - tally: What has been counted over them.
    /// - Throws: ``TraceGenerationError`` for a file that cannot be written.
    public func commit(
        _ bytes: [UInt8], companion second: [UInt8] = [], units: Int, tally: Tally
    ) throws(TraceGenerationError) {
        try TraceGenerationError.writing { () throws(FileError) in
            try file.write(bytes)
            try companion?.file.write(second)
            guard part != nil else { return }
            try file.synchronize()
            try companion?.file.synchronize()
        }
        if let part {
            try write(units: units, tally: tally, to: Self.statePath(part))
        }
        committed = (units, tally)
    }

    /// Everything is written: puts files in their places, the second one first.
    ///
    /// - Throws: ``TraceGenerationError`` for a file that cannot be put in its place.
    public func finish() throws(TraceGenerationError) {
        guard let part else { return }
        try companion?.place(replacing: replacing)
        companion = nil
        try part.place(replacing: replacing)
        unlink(Self.statePath(part))
        self.part = nil
    }

    // MARK: State

    /// The state that an interrupted run left, nil if there is none to go on from.
    private static func read(
        _ path: String, partial: String, settings: [String: String], force: Bool
    ) throws(TraceGenerationError) -> State? {
        guard let data = try? WholeFile.read(path) else { return nil }
        guard let state = try? StrictDecoding.decode(State.self, from: data), state.version == 1, state.units >= 0,
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

    private func write(units: Int, tally: Tally, to path: String) throws(TraceGenerationError) {
        let state = State(
            settings: settings, units: units, bytes: file.size, companionBytes: companion?.file.size, tally: tally)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(state) else {
            throw TraceGenerationError(.unwritable, "\(path): the counts of the run hold a value that is not a number")
        }
        try TraceGenerationError.writing { () throws(FileError) in
            try WholeFile.write(data, to: path, replacing: true)
        }
    }
}
