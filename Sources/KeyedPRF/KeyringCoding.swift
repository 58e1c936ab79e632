import Foundation

/// The keyring's JSON:
/// `{"version":1,"master_secret":"<base64>","tenants":[{"name","epochs":[{"name","created_at","state","opened"}]}]}`,
/// where `opened` (purpose → date) is there only when a commitment was opened.
enum KeyringCoding {
    static func encode(_ keyring: Keyring) -> SecretText {
        let text = SecretText()
        text.append("{\n  \"version\": 1,\n  \"master_secret\": \"")
        keyring.master.withUnsafeBytes { SecretBase64.encode($0, into: text) }
        text.append("\",\n  \"tenants\": [")
        for (i, tenant) in keyring.tenants.enumerated() {
            text.append((i == 0 ? "" : ",") + "\n    {\"name\": \(quoted(tenant.name)), \"epochs\": [")
            for (j, epoch) in tenant.epochs.enumerated() {
                text.append(
                    (j == 0 ? "" : ",") + "\n      {\"name\": \(quoted(epoch.name)), \"created_at\": "
                        + "\(quoted(epoch.createdAt.formatted(.iso8601))), \"state\": \(quoted(epoch.state.rawValue))")
                if !epoch.opened.isEmpty {
                    let dates = epoch.opened.map {
                        "\(quoted($0.key.rawValue)): \(quoted($0.value.formatted(.iso8601)))"
                    }
                    text.append(", \"opened\": {" + dates.sorted().joined(separator: ", ") + "}")
                }
                text.append("}")
            }
            text.append("\n    ]}")
        }
        text.append(keyring.tenants.isEmpty ? "]\n}\n" : "\n  ]\n}\n")
        return text
    }

    /// A JSON string; names contain no control characters.
    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    static func decode(_ text: SecretText, source: String) throws(KeyedPRFError) -> Keyring {
        try text.withBytes { bytes throws(KeyedPRFError) in
            let json = KeyringJSON(bytes, source: source)
            let root = try json.document()
            return try Decoder(json: json).keyring(root)
        }
    }

    /// Turns JSON values into a keyring, refusing what it does not know (saving would lose it).
    private struct Decoder {
        let json: KeyringJSON

        func keyring(_ node: KeyringJSON.Node) throws(KeyedPRFError) -> Keyring {
            let members = try self.members(node, allowed: ["version", "master_secret", "tenants"])
            let version = try required("version", members, node)
            guard case .number(let range) = version.value, json.bytes[range].elementsEqual("1".utf8) else {
                throw json.malformed(version.offset, "only version 1 of the keyring format is known")
            }
            let secret = try required("master_secret", members, node)
            guard case .string(let range) = secret.value,
                let master = json.text(range).withBytes({ SecretBase64.decode($0) })
            else { throw json.malformed(secret.offset, "master_secret is not padded base64") }
            guard master.count >= Keyring.minimumMasterLength else {
                throw json.malformed(
                    secret.offset,
                    "master_secret has \(master.count) bytes; at least \(Keyring.minimumMasterLength) are needed")
            }
            var tenants: [Keyring.Tenant] = []
            var names: Set<String> = []
            for element in try elements(required("tenants", members, node)) {
                let tenant = try self.tenant(element)
                guard names.insert(tenant.name).inserted else {
                    throw json.malformed(element.offset, "two tenants have the same name")
                }
                tenants.append(tenant)
            }
            return Keyring(master: master, tenants: tenants)
        }

        private func tenant(_ node: KeyringJSON.Node) throws(KeyedPRFError) -> Keyring.Tenant {
            let members = try self.members(node, allowed: ["name", "epochs"])
            let name = try self.name(required("name", members, node), subject: "tenant")
            let list = try required("epochs", members, node)
            var epochs: [Keyring.Epoch] = []
            for element in try elements(list) {
                let epoch = try self.epoch(element)
                guard !epochs.contains(where: { $0.name == epoch.name }) else {
                    throw json.malformed(element.offset, "two epochs have the same name")
                }
                guard epoch.state != .active || !epochs.contains(where: { $0.state == .active }) else {
                    throw json.malformed(element.offset, "a second active epoch")
                }
                epochs.append(epoch)
            }
            guard !epochs.isEmpty else { throw json.malformed(list.offset, "the tenant has no epoch") }
            return Keyring.Tenant(name: name, epochs: epochs)
        }

        private func epoch(_ node: KeyringJSON.Node) throws(KeyedPRFError) -> Keyring.Epoch {
            let members = try self.members(node, allowed: ["name", "created_at", "state", "opened"])
            let name = try self.name(required("name", members, node), subject: "epoch")
            let createdAt = try date(required("created_at", members, node))
            let stateNode = try required("state", members, node)
            guard let state = Keyring.EpochState(rawValue: try string(stateNode)) else {
                throw json.malformed(stateNode.offset, "state is none of active, retired, opened")
            }
            var opened: [KeyPurpose: Date] = [:]
            if let openedNode = members["opened"] {
                let purposes = KeyPurpose.allCases.filter { $0 != .ledger }
                let dates = try self.members(openedNode, allowed: purposes.map(\.rawValue))
                for purpose in purposes {
                    if let value = dates[purpose.rawValue] { opened[purpose] = try date(value) }
                }
                guard opened.isEmpty || state == .opened else {
                    throw json.malformed(stateNode.offset, "an epoch with an opened key has another state")
                }
            }
            return Keyring.Epoch(name: name, createdAt: createdAt, state: state, opened: opened)
        }

        private func members(
            _ node: KeyringJSON.Node, allowed: [String]
        ) throws(KeyedPRFError) -> [String: KeyringJSON.Node] {
            guard case .object(let members) = node.value else {
                throw json.malformed(node.offset, "a JSON object is expected here")
            }
            let unknown = members.filter { !allowed.contains($0.key) }.map(\.value.offset).min()
            if let unknown {
                throw json.malformed(unknown, "unknown member; known here: \(allowed.joined(separator: ", "))")
            }
            return members
        }

        private func required(
            _ name: String, _ members: [String: KeyringJSON.Node], _ node: KeyringJSON.Node
        ) throws(KeyedPRFError) -> KeyringJSON.Node {
            guard let member = members[name] else { throw json.malformed(node.offset, "\(name) is missing") }
            return member
        }

        private func elements(_ node: KeyringJSON.Node) throws(KeyedPRFError) -> [KeyringJSON.Node] {
            guard case .array(let elements) = node.value else {
                throw json.malformed(node.offset, "a JSON array is expected here")
            }
            return elements
        }

        private func string(_ node: KeyringJSON.Node) throws(KeyedPRFError) -> String {
            guard case .string(let range) = node.value else {
                throw json.malformed(node.offset, "a string is expected here")
            }
            guard let string = json.text(range).string else {
                throw json.malformed(node.offset, "not valid UTF-8")
            }
            return string
        }

        private func name(_ node: KeyringJSON.Node, subject: String) throws(KeyedPRFError) -> String {
            let name = try string(node)
            do throws(KeyedPRFError) {
                try KeyNames.check(name, subject: subject)
            } catch {
                throw json.malformed(node.offset, error.description)
            }
            return name
        }

        private func date(_ node: KeyringJSON.Node) throws(KeyedPRFError) -> Date {
            let text = try string(node)
            guard let date = try? Date(text, strategy: .iso8601) else {
                throw json.malformed(node.offset, "not a date such as 2026-01-31T12:00:00Z")
            }
            return date
        }
    }
}
