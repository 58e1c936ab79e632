import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Does the stages of a plan that are not done, several side by side, each in processes of its own.
public final class ExperimentRunner: Sendable {
    /// What a run tells whoever watches it.
    public struct Progress: Sendable {
        /// Stages that are done.
        public var done: Int
        /// All stages.
        public var total: Int
        /// The stage that has just been done.
        public var title: String
        /// Its kind.
        public var kind: Stage.Kind
        /// How long it took.
        public var seconds: Double
        /// About how long the others will take; nil where nothing has been measured.
        public var secondsLeft: Double?
    }

    /// The variable that tells a stage's process which descriptor to watch: when it closes, the run is gone.
    public static let lifelineVariable = "DENATURE_LIFELINE"
    private static let lifeline: Int32 = 3
    private static let lockCopy: Int32 = 4

    private struct State {
        var waiting: [Stage]
        var done: Set<String>
        var running: [pid_t: Stage] = [:]
        var failure: ExperimentError?
        var isStopped = false
        var workers = 1
        /// What was measured and what had been estimated for it.
        var spent = 0.0
        var estimated = 0.0
    }

    private let folder: OutputFolder
    private let program: String
    private let arguments: [String]
    private let total: Int
    private let state: Mutex<State>
    private let changed = DispatchSemaphore(value: 0)
    private let report: @Sendable (Progress) -> Void

    /// - Parameters:
    ///   - plan: What to do.
    ///   - output: The output folder; made if it is not there.
    ///   - program: The program that does the stages, the one whose digest the plan has; nil for this process's.
    ///   - arguments: What it is told before the path of a ``JobDocument``. It runs the job, writes the report to standard
    ///     output, and watches the descriptor of ``lifelineVariable``.
    ///   - report: Called from several threads after each stage.
    /// - Throws: `ExperimentError`.
    public init(
        _ plan: ExperimentPlan, output: String, program: String? = nil,
        arguments: [String] = ["run-job"],
        report: @escaping @Sendable (Progress) -> Void
    ) throws(ExperimentError) {
        folder = try OutputFolder(output)
        // The program of this process, whatever has become of its file meanwhile: the plan has its digest.
        self.program = program ?? "/proc/\(getpid())/exe"
        self.arguments = arguments
        self.report = report
        total = plan.stages.count
        if plan.needsKeyring { try ExperimentKeyring.write(to: "\(folder.path)/\(ExperimentPlan.keyringFile)") }
        let root = folder.path
        let done = Set(plan.stages.filter { StageFolder(root: root, stage: $0).isDone }.map(\.name))
        state = Mutex(
            State(
                waiting: Stage.longestChainsFirst(plan.stages.filter { !done.contains($0.name) }),
                done: done))
    }

    /// Whether a stage needs no work in an output folder.
    public static func isDone(_ stage: Stage, in output: String) -> Bool {
        StageFolder(root: output, stage: stage).isDone
    }

    /// How many stages had been done before.
    public var doneBefore: Int { state.withLock { $0.done.count } }

    /// Does everything.
    ///
    /// - Parameters:
    ///   - workers: Stages that run side by side.
    /// - Throws: `ExperimentError`; what has been done is kept.
    public func run(workers: Int) throws(ExperimentError) {
        var ends: (read: Int32, write: Int32) = (-1, -1)
        let piped = withUnsafeMutableBytes(of: &ends) { ends in
            ends.withMemoryRebound(to: Int32.self) { $0.baseAddress.map { pipe($0) } ?? -1 }
        }
        guard piped == 0 else { throw .cannotStart(reason: String(cString: strerror(errno))) }
        // The other end must not be held open by the stages' processes.
        _ = fcntl(ends.write, F_SETFD, FD_CLOEXEC)
        let lifeline = fcntl(ends.read, F_DUPFD_CLOEXEC, 16)
        close(ends.read)
        defer {
            close(lifeline)
            close(ends.write)
        }
        guard lifeline >= 0 else { throw .cannotStart(reason: String(cString: strerror(errno))) }
        state.withLock { $0.workers = max(1, workers) }
        let group = DispatchGroup()
        for _ in 0..<max(1, workers) {
            group.enter()
            // A thread of its own: it waits for a process most of the time.
            let thread = Thread { [self] in
                while let stage = next() { work(stage, lifeline: lifeline) }
                group.leave()
            }
            thread.stackSize = 1 << 20
            thread.start()
        }
        group.wait()
        let (failure, isStopped, done) = state.withLock { ($0.failure, $0.isStopped, $0.done.count) }
        if isStopped { throw .interrupted(done: done, total: total) }
        if let failure { throw failure }
    }

    /// Ends the run in good order: running stages are told to stop, and keep what they can go on with.
    public func stop() {
        let running = state.withLock { state in
            state.isStopped = true
            return Array(state.running.keys)
        }
        for process in running { kill(process, SIGTERM) }
        wake()
    }

    // MARK: Workers

    /// The next stage whose needs are met; waits for one. Nil when nothing is left to start.
    private func next() -> Stage? {
        while true {
            let (stage, isOver) = state.withLock { state -> (Stage?, Bool) in
                if state.isStopped || state.failure != nil || state.waiting.isEmpty { return (nil, true) }
                guard let place = state.waiting.firstIndex(where: { $0.needs.allSatisfy(state.done.contains) }) else {
                    return (nil, false)
                }
                return (state.waiting.remove(at: place), false)
            }
            if let stage { return stage }
            if isOver {
                // Whoever waits as well shall look again.
                wake()
                return nil
            }
            changed.wait()
        }
    }

    /// Lets every worker that waits look again: several stages may have become possible.
    private func wake() {
        for _ in 0..<state.withLock({ $0.workers }) { changed.signal() }
    }

    private func work(_ stage: Stage, lifeline: Int32) {
        let start = ContinuousClock.now
        do throws(ExperimentError) {
            let place = StageFolder(root: folder.path, stage: stage)
            try place.prepare()
            for call in stage.calls where !place.isDone(call) {
                try run(call, of: stage, in: place, lifeline: lifeline)
            }
            try place.publish()
            finished(stage, seconds: start.duration(to: .now) / .seconds(1))
        } catch {
            state.withLock { state in
                if state.failure == nil { state.failure = error }
            }
        }
        wake()
    }

    private func run(
        _ call: StageCall, of stage: Stage, in place: StageFolder, lifeline: Int32
    ) throws(ExperimentError) {
        let job = try place.write(call)
        let begin = ContinuousClock.now
        let child = try start(job.path, call, stage, place, lifeline)
        guard let child else { throw .interrupted(done: 0, total: total) }
        let ending = child.wait()
        _ = state.withLock { $0.running.removeValue(forKey: child.identifier) }
        let seconds = String(format: "%.1f s", begin.duration(to: .now) / .seconds(1))
        let settings = String(decoding: job.document.settings, as: UTF8.self)
        folder.note("\(stage.name) (\(stage.title)): \(ending), \(seconds): \(job.document.job) \(settings)")
        if ending == .exited(0) {
            try place.finish(call)
            return
        }
        // Ctrl-C at a terminal reaches the stage's process as well, and maybe first.
        if [.exited(130), .signalled(SIGINT), .signalled(SIGTERM)].contains(ending) {
            state.withLock { $0.isStopped = true }
        }
        let text =
            switch ending {
            case .exited(let status): "status \(status)"
            case .signalled(let signal): "ended by signal \(signal)"
            }
        throw .stageFailed(
            stage: stage.name, title: stage.title, status: text, log: place.log, tail: Self.tail(place.log))
    }

    /// Starts a job unless the run has been stopped meanwhile: a process must not begin unseen by ``stop()``.
    private func start(
        _ job: String, _ call: StageCall, _ stage: Stage, _ place: StageFolder, _ lifeline: Int32
    ) throws(ExperimentError) -> ChildProcess? {
        let result = state.withLock { state -> Result<ChildProcess?, ExperimentError> in
            if state.isStopped { return .success(nil) }
            do throws(ExperimentError) {
                let child = try ChildProcess(
                    program, arguments + [job], output: place.output(call), errors: place.log,
                    inherited: [(lifeline, Self.lifeline), (folder.lock, Self.lockCopy)],
                    environment: [Self.lifelineVariable: String(Self.lifeline)])
                state.running[child.identifier] = stage
                return .success(child)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func finished(_ stage: Stage, seconds: Double) {
        let progress = state.withLock { state -> Progress in
            state.done.insert(stage.name)
            state.spent += seconds
            state.estimated += stage.estimate
            let left = (state.waiting + Array(state.running.values)).reduce(0) { $0 + $1.estimate }
            let factor = state.estimated > 0 ? state.spent / state.estimated : nil
            return Progress(
                done: state.done.count, total: total, title: stage.title, kind: stage.kind, seconds: seconds,
                secondsLeft: factor.map { $0 * left })
        }
        report(progress)
    }

    /// The last lines of a log.
    private static func tail(_ path: String) -> String {
        guard let data = FileManager.default.contents(atPath: path) else { return "" }
        let lines = String(decoding: data.suffix(4096), as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.suffix(5).map { "  " + $0 }.joined(separator: "\n")
    }
}
