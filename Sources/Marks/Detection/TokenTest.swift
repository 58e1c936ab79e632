import KeyedPRF

/// What is looked for in token ids.
public enum TokenTestScheme: Hashable, Sendable {
    /// `green` with its γ.
    case green(gamma: Double)
    /// `fingerprint` with its γ.
    case fingerprint(gamma: Double)
    /// `gumbel`.
    case gumbel
    /// `tournament` with its number of layers.
    case tournament(layers: Int)
    /// vLLM's Gumbel-max watermark.
    case engineGumbel(EnginePRFName)
    /// vLLM's Gumbel-max watermark with two keys; α is the second one's share.
    case engineDualKeyGumbel(EnginePRFName, alpha: Double)
    /// vLLM's SynthID watermark; philox.
    case engineSynthID(depth: Int)

    /// The name on the command line and in reports.
    public var name: String {
        switch self {
        case .green: "green"
        case .fingerprint: "fingerprint"
        case .gumbel: "gumbel"
        case .tournament: "tournament"
        case .engineGumbel: "vllm-gumbel"
        case .engineDualKeyGumbel: "vllm-dual-key-gumbel"
        case .engineSynthID: "synthid"
        }
    }

    /// The native scheme, nil for a serving engine's.
    var native: TokenWatermarkScheme? {
        switch self {
        case .green: .green
        case .fingerprint: .fingerprint
        case .gumbel: .gumbel
        case .tournament: .tournament
        case .engineGumbel, .engineDualKeyGumbel, .engineSynthID: nil
        }
    }

    /// Whether a context is scored at its first occurrence only; else every distinct (context, token) is.
    var scoresContextsOnce: Bool { native?.marksContextsOnce ?? true }

    /// Whether the positions before `width` tokens are there are scored, with −1 for what is missing.
    package var padsContexts: Bool { native == nil }
}

/// A scheme as it is tested: everything that decides what is scored, and nothing of the keys.
public struct TokenTestConfiguration: Hashable, Sendable {
    /// The scheme.
    public let scheme: TokenTestScheme
    /// How many tokens a context has.
    public let width: Int
    /// Whether what occurs again counts once. Without it p-values hold only for texts in which nothing repeats.
    public let deduplicates: Bool

    /// - Parameters:
    ///   - scheme: The scheme. γ lies between 0 and 1; α is 0, 1 or from 0.001 to 0.999; depths are 1...32.
    ///   - width: 1...64 tokens of context.
    ///   - deduplicates: Whether what occurs again counts once.
    /// - Throws: `WatermarkError.invalidParameter`.
    public init(_ scheme: TokenTestScheme, width: Int = 4, deduplicates: Bool = true) throws(WatermarkError) {
        switch scheme {
        case .green(let gamma): _ = try WatermarkConfiguration(.green(gamma: gamma, delta: 0), width: width)
        case .fingerprint(let gamma):
            _ = try WatermarkConfiguration(.fingerprint(gamma: gamma, lambda: 0), width: width)
        case .tournament(let depth), .engineSynthID(let depth):
            _ = try WatermarkConfiguration(.tournament(layers: depth), width: width)
        case .gumbel, .engineGumbel: _ = try WatermarkConfiguration(.gumbel, width: width)
        case .engineDualKeyGumbel(_, let alpha):
            _ = try WatermarkConfiguration(.gumbel, width: width)
            guard alpha == 0 || alpha == 1 || (0.001...0.999).contains(alpha) else {
                throw .invalidParameter(name: "alpha", value: "\(alpha)", allowed: "0, 1 or from 0.001 to 0.999")
            }
        }
        self.scheme = scheme
        self.width = width
        self.deduplicates = deduplicates
    }

    /// The configuration under which an embedder's marks are found.
    public init(detecting configuration: WatermarkConfiguration) throws(WatermarkError) {
        let scheme: TokenTestScheme =
            switch configuration.parameters {
            case .green(let gamma, _): .green(gamma: gamma)
            case .fingerprint(let gamma, _): .fingerprint(gamma: gamma)
            case .gumbel: .gumbel
            case .tournament(let layers): .tournament(layers: layers)
            }
        try self.init(scheme, width: configuration.width)
    }
}

/// A key to test with.
public enum TokenTestKey: Sendable {
    /// A subkey for tokens, for the native schemes.
    case subkey(Subkey)
    /// A serving engine's key, for its schemes.
    case engine(EngineKey)
    /// A key without a name, for the native schemes: a decoy.
    case secret(SecretBytes)
}

/// The tokens of one output.
public struct TokenDocument: Hashable, Sendable {
    /// What was written.
    public var tokens: [Int32]
    /// What was asked: contexts that occur in it are not scored. Empty if unknown.
    public var prompt: [Int32]

    /// - Parameters:
    ///   - tokens: What was written.
    ///   - prompt: What was asked, in ids of the same tokenizer.
    public init(tokens: [Int32], prompt: [Int32] = []) {
        self.tokens = tokens
        self.prompt = prompt
    }
}
