import KeyedPRF

/// Where a key's words come from, once the key has been found to be one of the scheme's.
enum TokenKeySource {
    /// A native scheme's words.
    case native(SecretBytes, TokenWatermarkScheme)
    /// vLLM's philox words.
    case philox(EngineKey)
    /// vLLM's HMAC-SHA256 words.
    case hmac(EngineKey)
}

extension TokenTestConfiguration {
    /// The source of a key's words, and the second one of a scheme with two keys.
    ///
    /// - Throws: `WatermarkError` for a key that is not one of the scheme's.
    func sources(of key: TokenTestKey) throws(WatermarkError) -> (TokenKeySource, TokenKeySource?) {
        if let native = scheme.native {
            switch key {
            case .subkey(let key):
                guard key.identity.purpose == .token else { throw .wrongPurpose(key.identity.purpose) }
                return (.native(key.secret, native), nil)
            case .secret(let secret): return (.native(secret, native), nil)
            case .engine: throw .invalidParameter(name: "key", value: "<redacted>", allowed: "a keyring's subkey")
            }
        }
        guard case .engine(let key) = key else {
            throw .invalidParameter(name: "key", value: "<redacted>", allowed: "the serving engine's number")
        }
        func source(_ prf: EnginePRFName, _ key: EngineKey) -> TokenKeySource {
            switch prf {
            case .philox: .philox(key)
            case .hmacSHA256: .hmac(key)
            }
        }
        switch scheme {
        case .engineGumbel(let prf): return (source(prf, key), nil)
        case .engineDualKeyGumbel(let prf, _):
            guard let a = key.derived("key_a"), let b = key.derived("key_b") else {
                throw .invalidParameter(name: "key", value: "<redacted>", allowed: "below 2^64 for two keys")
            }
            return (source(prf, a), source(prf, b))
        default: return (.philox(key), nil)
        }
    }

    /// A key that nobody chose: for calibration, and as a decoy. The generator must be made for this purpose.
    package func randomKey(using generator: inout some RandomNumberGenerator) -> TokenTestKey {
        guard scheme.native != nil else { return .engine(EngineKey(generator.next())) }
        return .secret(SecretBytes(copying: (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }))
    }
}
