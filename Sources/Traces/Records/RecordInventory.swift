import StrictJSON

/// Which members of a record hold what, by path, `[]` standing for every place in an array.
public struct RecordInventory: Hashable, Sendable {
    /// Fields with reasoning in them.
    public var reasoning: [String] = []
    /// Fields without.
    public var replies: [String] = []
    /// Strings that repeat reasoning which is read elsewhere in the record.
    public var copies: [String] = []
    /// Members that spell a text token by token.
    public var companions: [String] = []
    /// Signatures over a text.
    public var signatures: [String] = []
}

extension TraceRecord {
    /// Which members of the record hold what; empty for records of documents.
    public var inventory: RecordInventory {
        var inventory = RecordInventory()
        guard format.isLineBased, !source.isEmpty else { return inventory }
        var fields: [Int: TraceField] = [:]
        for (turn, slots) in zip(turns, slots) {
            for (field, slot) in zip(turn.fields, slots) { fields[slot.lowerBound] = field }
        }
        let repeated = Set(copies.map(\.lowerBound))
        source.withUnsafeBytes { bytes in
            guard let view = try? JSONView(scanning: bytes) else { return }
            func visit(_ value: Int, _ path: String, _ name: String) {
                let offset = view.offset(value)
                if let field = fields[offset] {
                    if TraceRegions.find(in: field.text, role: field.role).reasoning.isEmpty {
                        inventory.replies.append(path)
                    } else {
                        inventory.reasoning.append(path)
                    }
                } else if repeated.contains(offset) {
                    inventory.copies.append(path)
                }
                switch view.kind(value) {
                case .object:
                    if ReasoningTable.isCompanion(name) { inventory.companions.append(path) }
                    for (key, member) in view.tape.members(of: value) {
                        let name = view.string(key)
                        visit(member, path.isEmpty ? name : path + "." + name, name)
                    }
                case .array:
                    if ReasoningTable.isCompanion(name), name.lowercased() != "labels" {
                        inventory.companions.append(path)
                    }
                    for element in view.tape.elements(of: value) { visit(element, path + "[]", "") }
                case .string:
                    if ReasoningTable.signatures.contains(ReasoningTable.folded(name)) {
                        inventory.signatures.append(path)
                    }
                default: break
                }
            }
            visit(0, "", "")
        }
        return inventory
    }
}
