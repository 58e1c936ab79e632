import Foundation

extension Keyring {
    /// Adds a tenant with the active epoch "1".
    ///
    /// - Throws: ``KeyedPRFError`` for a name that is not allowed, or there already.
    @discardableResult
    public mutating func addTenant(_ name: String, now: Date = Date()) throws(KeyedPRFError) -> Epoch {
        try KeyNames.check(name, subject: "tenant")
        guard !tenants.contains(where: { $0.name == name }) else { throw .tenantExists(name) }
        let epoch = Epoch(name: "1", createdAt: now.wholeSeconds, state: .active, opened: [:])
        tenants.append(Tenant(name: name, epochs: [epoch]))
        return epoch
    }

    /// Starts the tenant's next epoch ("2" after "1"); an active one becomes retired.
    ///
    /// - Throws: ``KeyedPRFError`` for a tenant that is not in the keyring.
    @discardableResult
    public mutating func rotate(tenant name: String, now: Date = Date()) throws(KeyedPRFError) -> Epoch {
        let index = try self.index(ofTenant: name)
        let names = Set(tenants[index].epochs.map(\.name))
        // Epochs of a hand-written keyring may have other names: take the next free number.
        var number = (names.compactMap { Int($0) }.filter { $0 < Int.max / 2 }.max() ?? names.count) + 1
        while names.contains(String(number)) { number += 1 }
        for i in tenants[index].epochs.indices where tenants[index].epochs[i].state == .active {
            tenants[index].epochs[i].state = .retired
        }
        let epoch = Epoch(name: String(number), createdAt: now.wholeSeconds, state: .active, opened: [:])
        tenants[index].epochs.append(epoch)
        return epoch
    }

    func index(ofTenant name: String) throws(KeyedPRFError) -> Int {
        guard let index = tenants.firstIndex(where: { $0.name == name }) else { throw .unknownTenant(name) }
        return index
    }
}

extension Date {
    /// The precision a keyring file keeps.
    var wholeSeconds: Date { Date(timeIntervalSince1970: timeIntervalSince1970.rounded(.down)) }
}
