import KeyedPRF

/// Why a watermark cannot be made or read. No case carries key material.
public enum WatermarkError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A setting outside its range.
    case invalidParameter(name: String, value: String, allowed: String)
    /// A key of another purpose, which must not mark tokens.
    case wrongPurpose(KeyPurpose)
    /// libcrypto cannot use the key.
    case key(KeyedPRFError)
    /// A scheme that reads a proxy was asked for without one.
    case missingProxy
    /// A scheme that is only found was to be embedded.
    case detectionOnly(TokenMarkName)
    /// There is no scheme of this name.
    case unknownScheme(TokenMarkName, known: [TokenMarkName])
    /// The proxy gave a distribution that does not fit the row.
    case malformedProxy(String)

    /// One line for a person.
    public var description: String {
        switch self {
        case .invalidParameter(let name, let value, let allowed):
            "\(name) is \(value); it must be \(allowed)"
        case .wrongPurpose(let purpose):
            "a key for the purpose '\(purpose.rawValue)' cannot mark tokens; it takes one for 'token'"
        case .key(let error):
            error.description
        case .missingProxy:
            "the scheme needs a proxy model"
        case .detectionOnly(let name):
            "\(name) can be found in tokens, not embedded here"
        case .unknownScheme(let name, let known):
            "'\(name)' is not a mark of tokens; choose from \(known.map(\.text).joined(separator: ", "))"
        case .malformedProxy(let reason):
            "the mark's proxy: \(reason)"
        }
    }
}
