import Files
import Foundation
import KeyedPRF

/// The keyring of experiments: the same everywhere, so that the same file gives the same table.
///
/// Its secret can be computed by anyone who reads this: it must never mark anything else.
enum ExperimentKeyring {
    /// Names the keyring's content.
    static let name = "denature experiment keyring 1"
    /// The customers there are.
    static let size = 100
    /// Whose keys an attacker rewords with.
    static let attacker = "attacker"

    /// The name of a customer, from 0.
    static func tenant(_ index: Int) -> String {
        let number = index % size + 1
        return "tenant-" + (number < 10 ? "0" : "") + String(number)
    }

    private struct File: Encodable {
        var version = 1
        var masterSecret: String
        var tenants: [Tenant]

        struct Tenant: Encodable {
            var name: String
            var epochs = [Epoch()]
        }

        struct Epoch: Encodable {
            var name = "1"
            var createdAt = "2026-01-01T00:00:00Z"
            var state = "active"
        }
    }

    /// Writes it, readable for its owner only, unless it is there.
    ///
    /// - Throws: `ExperimentError.unwritable`.
    static func write(to path: String) throws(ExperimentError) {
        if FileManager.default.fileExists(atPath: path) { return }
        let secret = Data(SHA256Digest.of(name).bytes)
        let names = (0..<size).map(tenant) + [attacker]
        let file = File(masterSecret: secret.base64EncodedString(), tenants: names.map { .init(name: $0) })
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        guard let data = try? encoder.encode(file) else {
            throw .unwritable(path: path, reason: "the keyring cannot be created")
        }
        do throws(FileError) {
            try WholeFile.write(data, to: path, replacing: true, mode: 0o600)
        } catch {
            throw .unwritable(path: path, reason: "the keyring cannot be created: \(error.reason)")
        }
    }
}
