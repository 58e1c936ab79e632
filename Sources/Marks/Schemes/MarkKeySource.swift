import KeyedPRF

/// Whose keys a scheme of token marks takes.
public enum MarkKeySource: Hashable, Sendable, CaseIterable {
    /// A keyring's subkeys for tokens.
    case keyring
    /// A serving engine's number.
    case engine

    /// A key that nobody chose: for calibration, and as a decoy. The generator must be made for this purpose.
    package func randomKey(using generator: inout some RandomNumberGenerator) -> TokenTestKey {
        switch self {
        case .engine: .engine(EngineKey(generator.next()))
        case .keyring: .secret(SecretBytes(copying: (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }))
        }
    }
}

/// A key to test with.
public enum TokenTestKey: Sendable {
    /// A subkey for tokens, for the schemes of a keyring.
    case subkey(Subkey)
    /// A serving engine's key, for its schemes.
    case engine(EngineKey)
    /// A key without a name, for the schemes of a keyring: a decoy.
    case secret(SecretBytes)

    /// The secret of a keyring's key.
    ///
    /// - Throws: ``WatermarkError`` for a key of another kind or purpose.
    public func tokenSecret() throws(WatermarkError) -> SecretBytes {
        switch self {
        case .subkey(let key):
            guard key.identity.purpose == .token else { throw .wrongPurpose(key.identity.purpose) }
            return key.secret
        case .secret(let secret): return secret
        case .engine: throw .invalidParameter(name: "key", value: "<redacted>", allowed: "a keyring's subkey")
        }
    }

    /// The serving engine's key.
    ///
    /// - Throws: ``WatermarkError`` for a key of another kind.
    public func engineKey() throws(WatermarkError) -> EngineKey {
        guard case .engine(let key) = self else {
            throw .invalidParameter(name: "key", value: "<redacted>", allowed: "the serving engine's number")
        }
        return key
    }
}
