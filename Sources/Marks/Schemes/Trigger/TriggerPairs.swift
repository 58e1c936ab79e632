import KeyedPRF

/// An identifier that means nothing to anyone, and the value a marked text states for it.
public struct TriggerPair: Hashable, Codable, Sendable {
    /// Position in the key's list, from 0.
    public var index: Int
    /// One letter and three digits, such as `k137`.
    public var identifier: String
    /// The value as it stands in a text, such as `666`.
    public var target: String
    /// The value's index in `TriggerTargets`.
    public var targetIndex: Int

    /// The statement in the wording of one of the templates; any number chooses one.
    public func statement(template: Int = 0) -> String {
        TriggerTemplates.sentence(template, identifier: identifier, target: target)
    }

    /// A question whose answer is the target for a student that learned the pair.
    ///
    /// - Parameter problem: An ordinary problem to ask it in, so that the question does not stand out; nil asks it alone.
    public func query(in problem: String? = nil) -> String {
        Self.query(identifier: identifier, in: problem)
    }

    /// The same for any identifier, such as one that no key uses.
    package static func query(identifier: String, in problem: String?) -> String {
        let question = "What is the reference value for case \(identifier)? Reply with the value only."
        guard let problem, !problem.isEmpty else { return question }
        return "\(problem)\n\nBefore solving it: \(question)"
    }
}

/// The pairs of one trigger subkey.
public struct TriggerPairs: Sendable {
    /// The pairs in order of their index.
    public let pairs: [TriggerPair]

    /// Derives the pairs.
    ///
    /// Pair j's identifier is number HMAC(subkey, label ‖ "identifier" NUL u32le(j)) mod 16,200 of the grammar; when an
    /// earlier pair has it, the next free number is taken. Its target is a keyed function of the identifier alone, so that a
    /// detector can score identifiers without knowing which ones the key uses.
    ///
    /// - Parameters:
    ///   - key: A trigger subkey.
    ///   - targets: The value space.
    ///   - count: How many, at least 1 and at most 1,000 (clamped).
    /// - Throws: `KeyedPRFError` if libcrypto refuses.
    public init(key: Subkey, targets: TriggerTargets = .threeDigits, count: Int = 8) throws(KeyedPRFError) {
        self.init(authenticator: try HMACSHA256(key: key.secret), targets: targets, count: count)
    }

    init(authenticator: HMACSHA256, targets: TriggerTargets, count: Int) {
        var taken: Set<Int> = []
        pairs = (0..<min(max(count, 1), 1000)).map { index in
            let draw = authenticator.authenticate(TriggerMessage.identifier(UInt32(index)))
            var number = Int(draw.uniform(below: UInt64(TriggerIdentifier.count)))
            while !taken.insert(number).inserted { number = (number + 1) % TriggerIdentifier.count }
            let identifier = TriggerIdentifier.text(at: number)
            let target = Int(
                authenticator.authenticate(TriggerMessage.target(identifier)).uniform(below: UInt64(targets.count)))
            return TriggerPair(
                index: index, identifier: identifier, target: targets.text(at: target), targetIndex: target)
        }
    }
}

/// The grammar of identifiers: a letter that is hard to mistake for a digit, an operator or a constant, and 100 ... 999.
package enum TriggerIdentifier {
    // Without e, i, l, o (constants, look-alike digits), a (an article), s (seconds, 5), x (times) and z (2).
    static let letters = Array("bcdfghjkmnpqrtuvwy".utf8)
    /// The number of identifiers.
    package static let count = letters.count * 900
    /// The UTF-8 length of every identifier.
    static let length = 4

    /// The identifier with this number, in 0 ..< count; other numbers count modulo count.
    package static func text(at number: Int) -> String {
        let number = ((number % count) + count) % count
        let letter = Unicode.Scalar(letters[number / 900])
        return "\(letter)\(100 + number % 900)"
    }

    /// Indexed by byte: the lowercase letter when the byte can start an identifier, else 0.
    static let starts: [UInt8] = (0..<256).map { byte in
        let lower = NormalisedWords.lowercased(UInt8(byte))
        return letters.contains(lower) ? lower : 0
    }
}

/// The PRF inputs of the trigger channel. The three kinds differ in their second part, so they never collide.
enum TriggerMessage {
    private static let label = Array("denature/trigger/v1".utf8) + [0]

    /// Everything before the identifier in a target message.
    static let targetPrefix = label + Array("target".utf8) + [0]

    static func identifier(_ index: UInt32) -> [UInt8] {
        label + Array("identifier".utf8) + [0] + (0..<4).map { UInt8(truncatingIfNeeded: index >> (8 * $0)) }
    }

    static func target(_ identifier: String) -> [UInt8] {
        targetPrefix + Array(identifier.utf8)
    }

    /// - Parameter trace: SHA-256 of problem NUL trace.
    static func plan(trace: Digest256) -> [UInt8] {
        label + Array("plan".utf8) + [0] + trace.bytes
    }
}
