import ArgumentParser
import Foundation
import KeyedPRF

/// `denature keys`.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Make, list and rotate the keys that mark traces.",
        discussion: """
            A keyring holds one master secret; every key is derived from it for a purpose, a tenant (an API customer)
            and an epoch (a rotation period). No command but 'open' ever prints key material.
            """,
        subcommands: [
            Generate.self, List.self, Rotate.self, Commitments.self, Open.self, Verify.self,
        ])
}

extension KeysCommand {
    /// `denature keys generate`.
    struct Generate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a keyring, or add a tenant to one.",
            discussion: """
                The file is created with mode 0600 and a new master secret; an existing keyring keeps its secret and
                only gains the tenant. A tenant that is there already is an error.

                  denature keys generate --keyring K.json --tenant acme
                """)

        @OptionGroup var options: KeyringOptions
        @Option(help: "The customer to make keys for.") var tenant: String?
        @Flag(help: "Print one JSON object.") var json = false

        mutating func run() async throws {
            guard case .file(let path) = options.source else {
                throw CommandFailure.usage("--keyring must be a file here: other sources cannot be changed")
            }
            let isNew = !FileManager.default.fileExists(atPath: path)
            if !isNew, tenant == nil {
                throw CommandFailure(description: "\(path): already exists; name a --tenant to add to it")
            }
            var epoch: String?
            let (name, source) = (tenant, options.source)
            if isNew {
                let keyring = try Keyring.create(at: path, tenants: name.map { [$0] } ?? [])
                epoch = keyring.tenants.first?.epochs.first?.name
            } else if let name {
                epoch = try Keyring.update(source) { (keyring) throws(KeyedPRFError) in
                    try keyring.addTenant(name).name
                }
            }
            if json {
                try Console.json(KeyringChange(keyring: path, created: isNew, tenant: tenant, epoch: epoch))
            } else {
                try Console.output(
                    "\(path): \(isNew ? "created" : "kept")"
                        + (tenant.map { "; tenant \($0), epoch \(epoch ?? "")" } ?? ""))
            }
        }
    }

    /// `denature keys list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List tenants, epochs and key ids.", discussion: "  denature keys list --keyring K.json --json")

        @OptionGroup var options: KeyringOptions
        @Flag(help: "Print one JSON object.") var json = false

        mutating func run() async throws {
            let keyring = try options.load()
            var listing: [EpochListing] = []
            for tenant in keyring.tenants {
                let commitments = try keyring.commitments(for: tenant.name)
                for epoch in tenant.epochs {
                    var keyIDs: [String: String] = [:]
                    for key in commitments where key.identity.epoch == epoch.name {
                        keyIDs[key.identity.purpose.rawValue] = key.keyID
                    }
                    listing.append(
                        EpochListing(
                            tenant: tenant.name, epoch: epoch.name, state: epoch.state.rawValue,
                            createdAt: epoch.createdAt, keyIds: keyIDs))
                }
            }
            if json {
                try Console.json(["epochs": listing])
                return
            }
            if listing.isEmpty { Console.error("no tenants yet: denature keys generate --keyring … --tenant NAME") }
            for entry in listing {
                let date = entry.createdAt.formatted(.iso8601.year().month().day())
                try Console.output("\(entry.tenant)\tepoch \(entry.epoch)\t\(entry.state)\tsince \(date)")
                for (purpose, keyID) in entry.keyIds.sorted(by: { $0.key < $1.key }) {
                    try Console.output("\t\(purpose)\t\(keyID)")
                }
            }
        }
    }

    /// `denature keys rotate`.
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Start a tenant's next epoch.",
            discussion: """
                New traces carry the new epoch's keys; the former epoch is retired and stays detectable.

                  denature keys rotate --keyring K.json --tenant acme
                """)

        @OptionGroup var options: KeyringOptions
        @Option(help: "The customer.") var tenant: String
        @Flag(help: "Print one JSON object.") var json = false

        mutating func run() async throws {
            let (name, source) = (tenant, options.source)
            let epoch = try Keyring.update(source) { (keyring) throws(KeyedPRFError) in
                try keyring.rotate(tenant: name).name
            }
            if json {
                try Console.json(
                    KeyringChange(keyring: source.description, created: false, tenant: tenant, epoch: epoch))
            } else {
                try Console.output("tenant \(tenant): epoch \(epoch) is active")
            }
        }
    }
}

private struct KeyringChange: Encodable {
    var keyring: String
    var created: Bool
    var tenant: String?
    var epoch: String?
}

private struct EpochListing: Encodable {
    var tenant: String
    var epoch: String
    var state: String
    var createdAt: Date
    var keyIds: [String: String]
}
