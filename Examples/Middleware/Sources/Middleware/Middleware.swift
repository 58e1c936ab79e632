import Denature
import KeyedPRF

/// What a server sends to one customer. One value serves any number of requests at the same time.
struct Middleware: Sendable {
    private let defence: Defence

    init(keyring: Keyring, tenant: String) throws {
        var settings = SanitizeSettings()
        settings.tenant = tenant
        defence = try Defence(settings, keyring: keyring)
    }

    /// A model's reply as it may be sent; nil where the policy withholds it.
    func released(question: String, reply: String) async throws -> String? {
        try await defence.rewrite(problem: question, trace: reply).text
    }

    /// The same for a JSON record in any of the known shapes, such as a chat completion.
    func released(record: [UInt8]) async throws -> [UInt8]? {
        try await defence.rewrite(line: record).bytes
    }
}
