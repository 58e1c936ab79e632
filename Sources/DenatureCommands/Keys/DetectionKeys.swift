import KeyedPRF

/// Keyrings that options name.
enum DetectionKeys {
    /// Loads a keyring.
    static func keyring(_ argument: String) throws -> Keyring {
        try withKeyringErrors { () throws(KeyedPRFError) in try Keyring.load(Keyring.Source(argument: argument)) }
    }
}

/// Runs a keyring operation with its errors as messages.
func withKeyringErrors<R>(_ body: () throws(KeyedPRFError) -> R) throws -> R {
    do {
        return try body()
    } catch {
        throw CommandFailure(description: error.description)
    }
}
