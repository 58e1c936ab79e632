import ArgumentParser
import Foundation
import KeyedPRF

extension KeyPurpose: ExpressibleByArgument {}

extension KeysCommand {
    /// `denature keys commitments`.
    struct Commitments: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the commitments of a tenant's keys, for publication before any dispute.",
            discussion: """
                A commitment says nothing about its key; opening it later proves which key was fixed in advance.

                  denature keys commitments --keyring K.json --tenant acme --json
                """)

        @OptionGroup var options: KeyringOptions
        @Option(help: "The customer.") var tenant: String
        @Flag(help: "Print one JSON object.") var json = false

        mutating func run() async throws {
            let keyring = try options.load()
            let commitments = try keyring.commitments(for: tenant)
            if json {
                try Console.json(["commitments": commitments.map(CommitmentListing.init)])
                return
            }
            for entry in commitments {
                try Console.output("\(entry.identity)\t\(entry.commitment.hex)")
            }
        }
    }

    /// `denature keys open`.
    struct Open: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open a commitment: print the key and burn it.",
            discussion: """
                Whoever knows the key can forge or strip its mark, so its epoch is closed for marking. Rotate first,
                and open only what a dispute needs.

                  denature keys open --keyring K.json --tenant acme --epoch 1 --purpose lexical --burn
                """)

        @OptionGroup var options: KeyringOptions
        @Option(help: "The customer.") var tenant: String
        @Option(help: "The epoch.") var epoch: String
        @Option(help: "token, lexical, trigger or selection.") var purpose: KeyPurpose
        @Flag(help: "Confirm that the key may never mark again.") var burn = false

        mutating func run() async throws {
            guard burn else {
                throw CommandFailure.usage("opening a key burns it for marking; confirm with --burn")
            }
            let source = options.source
            let (purpose, tenant, epoch) = (purpose, tenant, epoch)
            let opened = try Keyring.update(source) { (keyring) throws(KeyedPRFError) in
                try keyring.open(purpose, tenant: tenant, epoch: epoch)
            }
            try Console.json(
                Opening(
                    purpose: purpose.rawValue, tenant: tenant, epoch: epoch, subkey: opened.subkey,
                    commitment: opened.commitment))
        }
    }

    /// `denature keys verify`.
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check an opened key against its published commitment.",
            discussion: """
                Reads the object that 'keys open' printed from a file or standard input; no keyring is needed.

                  denature keys verify opening.json --commitment 9f2c…
                """)

        @Argument(help: "The opening, or - for standard input.") var opening: String
        @Option(help: "The commitment as it was published, 64 hexadecimal digits.") var commitment: String

        mutating func run() async throws {
            let data =
                opening == "-"
                ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: opening)
            guard let data, let value = try? JSONDecoder().decode(Opening.self, from: data) else {
                throw CommandFailure(description: "\(opening): is not an opening as 'keys open' prints it")
            }
            guard try Keyring.verifyOpening(subkeyHex: value.subkey, commitmentHex: commitment) else {
                throw CommandFailure(description: "the key does not match the commitment")
            }
            try Console.output(
                "the key \(value.purpose)/\(value.tenant)/\(value.epoch) is the one the commitment fixed")
        }
    }
}

private struct CommitmentListing: Encodable {
    var purpose: String
    var tenant: String
    var epoch: String
    var keyId: String
    var commitment: String
    var state: String
    var openedAt: Date?

    init(_ entry: KeyCommitment) {
        purpose = entry.identity.purpose.rawValue
        tenant = entry.identity.tenant
        epoch = entry.identity.epoch
        keyId = entry.keyID
        commitment = entry.commitment.hex
        state = entry.state.rawValue
        openedAt = entry.openedAt
    }
}

private struct Opening: Codable {
    var purpose: String
    var tenant: String
    var epoch: String
    var subkey: String
    var commitment: String
}
