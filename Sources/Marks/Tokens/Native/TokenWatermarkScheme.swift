/// How a mark gets into sampled tokens.
public enum TokenWatermarkScheme: String, Codable, CaseIterable, Hashable, Sendable {
    /// A keyed share γ of the vocabulary gets δ more logit (Kirchenbauer et al. 2023, with independent memberships).
    case green
    /// Green tokens get more logit in proportion to a proxy's probability of them: antidistillation fingerprinting.
    case fingerprint
    /// The token with the largest log p plus keyed Gumbel noise (Aaronson 2022). Undistorted on average over keys.
    case gumbel
    /// Layers of keyed two-candidate tournaments (SynthID-Text, Dathathri et al. 2024). Undistorted on average over keys.
    case tournament

    /// Whether only the first occurrence of a context is marked and scored; else every distinct (context, token) is.
    public var marksContextsOnce: Bool { self == .gumbel || self == .tournament }
}

/// A scheme with its parameters. Embedding and detection must use the same ones; none of them is secret.
public struct WatermarkConfiguration: Hashable, Sendable {
    /// Which scheme, with what is its own.
    public enum Parameters: Hashable, Sendable {
        /// γ and δ in nats.
        case green(gamma: Double, delta: Double)
        /// γ and λ in nats.
        case fingerprint(gamma: Double, lambda: Double)
        /// Nothing of its own.
        case gumbel
        /// The number of layers, 1...32.
        case tournament(layers: Int)
    }

    /// The scheme and its parameters.
    public let parameters: Parameters
    /// How many tokens before a token decide its keyed words.
    public let width: Int
    /// Whether a scheme that changes logits does so before temperature and truncation.
    public let beforeTruncation: Bool

    /// The widest context.
    public static let maximumWidth = 64

    /// - Parameters:
    ///   - parameters: The scheme and its parameters; γ between 0 and 1, δ and λ finite.
    ///   - width: 1...64 tokens of context.
    ///   - beforeTruncation: For schemes that change logits: whether they do so before temperature and truncation.
    /// - Throws: ``WatermarkError/invalidParameter(name:value:allowed:)``.
    public init(_ parameters: Parameters, width: Int = 4, beforeTruncation: Bool = false) throws(WatermarkError) {
        guard (1...Self.maximumWidth).contains(width) else {
            throw .invalidParameter(name: "width", value: "\(width)", allowed: "from 1 to \(Self.maximumWidth)")
        }
        switch parameters {
        case .green(let gamma, let delta):
            try Self.check(gamma: gamma)
            try Self.check(delta, name: "delta")
        case .fingerprint(let gamma, let lambda):
            try Self.check(gamma: gamma)
            try Self.check(lambda, name: "lambda")
        case .gumbel: break
        case .tournament(let layers):
            guard (1...32).contains(layers) else {
                throw .invalidParameter(name: "layers", value: "\(layers)", allowed: "from 1 to 32")
            }
        }
        self.parameters = parameters
        self.width = width
        self.beforeTruncation = beforeTruncation
    }

    /// The same from options that may be absent: γ 0.25 and δ 2 for `green`, γ 0.5 and λ 10 for `fingerprint`, 30 layers.
    ///
    /// - Parameters:
    ///   - scheme: The scheme.
    ///   - gamma: For `green` and `fingerprint`.
    ///   - strength: δ or λ, in nats.
    ///   - layers: For `tournament`.
    ///   - width: 1...64 tokens of context.
    ///   - beforeTruncation: For schemes that change logits: whether they do so before temperature and truncation.
    /// - Throws: ``WatermarkError/invalidParameter(name:value:allowed:)``, also for an option that the scheme does not have.
    public init(
        scheme: TokenWatermarkScheme, gamma: Double? = nil, strength: Double? = nil, layers: Int? = nil,
        width: Int = 4, beforeTruncation: Bool = false
    ) throws(WatermarkError) {
        let isBiased = scheme == .green || scheme == .fingerprint
        let misplaced: [(String, String?)] = [
            ("gamma", isBiased ? nil : gamma.map { "\($0)" }),
            ("strength", isBiased ? nil : strength.map { "\($0)" }),
            ("layers", scheme == .tournament ? nil : layers.map { "\($0)" }),
        ]
        for (name, value) in misplaced {
            if let value {
                throw .invalidParameter(name: name, value: value, allowed: "absent for \(scheme.rawValue)")
            }
        }
        let parameters: Parameters =
            switch scheme {
            case .green: .green(gamma: gamma ?? 0.25, delta: strength ?? 2)
            case .fingerprint: .fingerprint(gamma: gamma ?? 0.5, lambda: strength ?? 10)
            case .gumbel: .gumbel
            case .tournament: .tournament(layers: layers ?? 30)
            }
        try self.init(parameters, width: width, beforeTruncation: beforeTruncation)
    }

    /// The scheme by itself.
    public var scheme: TokenWatermarkScheme {
        switch parameters {
        case .green: .green
        case .fingerprint: .fingerprint
        case .gumbel: .gumbel
        case .tournament: .tournament
        }
    }

    private static func check(gamma: Double) throws(WatermarkError) {
        guard gamma > 0, gamma < 1 else {
            throw .invalidParameter(name: "gamma", value: "\(gamma)", allowed: "between 0 and 1")
        }
    }

    private static func check(_ value: Double, name: String) throws(WatermarkError) {
        guard value.isFinite, Float(value).isFinite else {
            throw .invalidParameter(name: name, value: "\(value)", allowed: "a finite number")
        }
    }
}
