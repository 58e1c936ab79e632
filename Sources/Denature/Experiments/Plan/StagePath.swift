/// A path in a stage's settings that is known only when the stage is done.
enum StagePath: Hashable {
    /// What another stage made.
    case made(stage: String, file: String)
    /// A file in the stage's own folder.
    case own(String)
    /// A file in the output folder that all stages share.
    case shared(String)

    // No path has this character, so that no path of a file can be mistaken for one of these.
    private static let mark: Character = "\0"

    /// How it stands in settings.
    var text: String {
        let parts =
            switch self {
            case .made(let stage, let file): ["made", stage, file]
            case .own(let file): ["own", file]
            case .shared(let file): ["shared", file]
            }
        return String(Self.mark) + parts.joined(separator: String(Self.mark))
    }

    /// Nil for a path as it is.
    init?(text: String) {
        let parts = text.split(separator: Self.mark, omittingEmptySubsequences: false).dropFirst().map(String.init)
        switch parts.first {
        case "made" where parts.count == 3: self = .made(stage: parts[1], file: parts[2])
        case "own" where parts.count == 2: self = .own(parts[1])
        case "shared" where parts.count == 2: self = .shared(parts[1])
        default: return nil
        }
    }
}
