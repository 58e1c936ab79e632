/// One parameter of a scheme: what a user may set, and which values are allowed.
public struct MarkParameter<Scheme: Sendable>: Sendable {
    /// Who needs the parameter.
    public enum Use: Hashable, Sendable {
        /// Whoever marks and whoever detects, with the same value.
        case shape
        /// Whoever marks.
        case embedding
    }

    /// The name in reports and in a serving engine's settings: `delta`.
    public let name: String
    /// The setting that gives it, in snake_case, which schemes may share: `mark_strength`.
    public let option: String
    /// What it is, in a few words.
    public let help: String
    /// Who needs it.
    public let use: Use
    /// Which values are allowed, as what follows "must be".
    public let allowed: String

    let read: @Sendable (Scheme) -> MarkValue
    /// False for a value of another kind.
    let write: @Sendable (inout Scheme, MarkValue) -> Bool
    let allows: @Sendable (Scheme) -> Bool

    /// A number.
    ///
    /// - Parameters:
    ///   - name: The name in reports.
    ///   - option: The setting that gives it; nil for the same name.
    ///   - path: Where the scheme has it.
    ///   - help: What it is, in a few words.
    ///   - use: Who needs it.
    ///   - allowed: What follows "must be".
    ///   - allows: Whether a number is allowed.
    public static func number(
        _ name: String, option: String? = nil, _ path: any WritableKeyPath<Scheme, Double> & Sendable, _ help: String,
        use: Use = .shape, allowed: String, _ allows: @escaping @Sendable (Double) -> Bool
    ) -> MarkParameter {
        MarkParameter(
            name: name, option: option ?? name, help: help, use: use, allowed: allowed,
            read: { .number($0[keyPath: path]) },
            write: { scheme, value in
                switch value {
                case .number(let number): scheme[keyPath: path] = number
                case .whole(let whole): scheme[keyPath: path] = Double(whole)
                case .text: return false
                }
                return true
            }, allows: { allows($0[keyPath: path]) })
    }

    /// A whole number of a range.
    ///
    /// - Parameters:
    ///   - name: The name in reports.
    ///   - option: The setting that gives it; nil for the same name.
    ///   - path: Where the scheme has it.
    ///   - help: What it is, in a few words.
    ///   - use: Who needs it.
    ///   - range: Which values are allowed.
    public static func whole(
        _ name: String, option: String? = nil, _ path: any WritableKeyPath<Scheme, Int> & Sendable, _ help: String,
        use: Use = .shape, _ range: ClosedRange<Int>
    ) -> MarkParameter {
        MarkParameter(
            name: name, option: option ?? name, help: help, use: use,
            allowed: "from \(range.lowerBound) to \(range.upperBound)", read: { .whole($0[keyPath: path]) },
            write: { scheme, value in
                guard case .whole(let whole) = value else { return false }
                scheme[keyPath: path] = whole
                return true
            }, allows: { range.contains($0[keyPath: path]) })
    }

    /// One of some words.
    ///
    /// - Parameters:
    ///   - name: The name in reports.
    ///   - option: The setting that gives it; nil for the same name.
    ///   - path: Where the scheme has it.
    ///   - help: What it is, in a few words.
    ///   - use: Who needs it.
    ///   - choices: Which words are allowed.
    public static func choice(
        _ name: String, option: String? = nil, _ path: any WritableKeyPath<Scheme, String> & Sendable, _ help: String,
        use: Use = .shape, _ choices: [String]
    ) -> MarkParameter {
        MarkParameter(
            name: name, option: option ?? name, help: help, use: use, allowed: choices.joined(separator: " or "),
            read: { .text($0[keyPath: path]) },
            write: { scheme, value in
                scheme[keyPath: path] = value.description
                return true
            }, allows: { choices.contains($0[keyPath: path]) })
    }
}

/// A parameter as lists and help texts show it, of whatever scheme.
public struct MarkParameterDescription: Hashable, Sendable {
    /// The name in reports.
    public var name: String
    /// The setting that gives it.
    public var option: String
    /// What it is, in a few words.
    public var help: String
    /// Whether whoever only detects has no use for it.
    public var isForEmbeddingOnly: Bool
    /// The value unless a user sets another.
    public var standard: MarkValue
    /// Which values are allowed, as what follows "must be".
    public var allowed: String
}
