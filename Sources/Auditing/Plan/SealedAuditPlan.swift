import Foundation
import KeyedPRF
import StrictJSON

/// A plan with the code that its keyring's ledger key gives it: whoever changes it afterwards is found out.
///
///     seal = HMAC-SHA256(ledger key, "denature/audit/plan/v1" NUL canonical JSON)
public struct SealedAuditPlan: Codable, Hashable, Sendable {
    /// The plan.
    public private(set) var plan: AuditPlan
    /// 64 hexadecimal digits.
    public private(set) var seal: String

    /// Seals a plan.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - keyring: The keyring whose keys it tests.
    /// - Throws: `KeyedPRFError`.
    public init(_ plan: AuditPlan, keyring: Keyring) throws {
        self.plan = plan
        seal = try Self.code(of: plan, ledgerKey: keyring.ledgerKey()).hex
    }

    /// Reads a plan, and refuses one that was altered or that another keyring made.
    ///
    /// - Parameters:
    ///   - data: The file's bytes.
    ///   - path: Named in errors.
    ///   - keyring: The keyring that made it.
    /// - Throws: ``AuditError`` or `KeyedPRFError`.
    public static func read(_ data: Data, path: String, keyring: Keyring) throws -> SealedAuditPlan {
        let ledgerKey = try keyring.ledgerKey()
        let head: Head
        do throws(JSONError) {
            head = try StrictDecoding.decode(Head.self, from: data)
        } catch {
            var reason = "a JSON object with \"plan\" and \"seal\" is expected"
            if error.code != .wrongType {
                let place = JSONPlace(of: error.offset, in: data)
                reason += "; line \(place.line), column \(place.column): \(error.message)"
            }
            throw AuditError.malformedPlan(path: path, reason: reason)
        }
        guard head.plan.schema == AuditPlan.currentSchema else {
            throw AuditError.malformedPlan(path: path, reason: "schema '\(head.plan.schema.prefix(40))' is not known")
        }
        if let key = head.plan.ledgerKey, key != ledgerKey.keyID {
            throw AuditError.wrongKeyring(path: path, expected: String(key.prefix(16)), given: ledgerKey.keyID)
        }
        let sealed: SealedAuditPlan
        do {
            sealed = try JSONDecoder().decode(SealedAuditPlan.self, from: data)
        } catch {
            throw AuditError.malformedPlan(path: path, reason: "a member is missing or of the wrong kind")
        }
        guard let seal = Digest256(hex: sealed.seal), seal == (try code(of: sealed.plan, ledgerKey: ledgerKey)) else {
            throw AuditError.alteredPlan(path: path)
        }
        return sealed
    }

    /// Reads a plan's file, and refuses one that was altered or that another keyring made.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - keyring: The keyring that made it.
    /// - Throws: ``AuditError`` or `KeyedPRFError`.
    public static func read(path: String, keyring: Keyring) throws -> SealedAuditPlan {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw AuditError.inputOutput(path: path, reason: "cannot be read")
        }
        return try read(data, path: path, keyring: keyring)
    }

    private struct Head: Decodable {
        struct Plan: Decodable {
            var schema: String
            var ledgerKey: String?

            enum CodingKeys: String, CodingKey {
                case schema
                case ledgerKey = "ledger_key"
            }
        }
        var plan: Plan
    }

    /// SHA-256 of the canonical JSON, 64 hexadecimal digits: the plan's name in its evidence and report.
    ///
    /// - Throws: `EncodingError` for a number that is none.
    public var digest: String {
        get throws { SHA256Digest.of(try Self.canonical(plan)).hex }
    }

    /// The file's bytes: JSON with sorted members, for people and programs.
    ///
    /// - Throws: `EncodingError` for a number that is none.
    public func bytes() throws -> Data {
        let encoder = Self.encoder
        encoder.outputFormatting.insert(.prettyPrinted)
        return try encoder.encode(self) + [0x0A]
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// One line, members sorted: the same bytes for equal plans.
    private static func canonical(_ plan: AuditPlan) throws -> [UInt8] { [UInt8](try encoder.encode(plan)) }

    private static func code(of plan: AuditPlan, ledgerKey: Subkey) throws -> Digest256 {
        try HMACSHA256(key: ledgerKey.secret).authenticate(
            Array("denature/audit/plan/v1".utf8) + [0] + canonical(plan))
    }
}

extension AuditPlan {
    /// The plan's subkeys, in its order.
    ///
    /// - Throws: ``AuditError/missingKey(purpose:tenant:epoch:reason:)`` for a key that the keyring does not have or that
    ///   is not the one that was fixed.
    package func subkeys(in keyring: Keyring) throws(AuditError) -> [Key: Subkey] {
        var found: [Key: Subkey] = [:]
        for key in keys {
            func missing(_ reason: String) -> AuditError {
                .missingKey(purpose: key.purpose.rawValue, tenant: key.tenant, epoch: key.epoch, reason: reason)
            }
            let subkey: Subkey
            do throws(KeyedPRFError) {
                subkey = try keyring.subkey(key.purpose, tenant: key.tenant, epoch: key.epoch)
            } catch {
                throw missing(error.description)
            }
            guard let commitment = Digest256(hex: key.commitment), subkey.commitment == commitment else {
                throw missing("this keyring's key is another one")
            }
            found[key] = subkey
        }
        return found
    }
}
