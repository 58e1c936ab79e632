import Synchronization

/// What the mirrors of options show. ArgumentParser asks for the mirror of a type a dozen times in a run, and texts of help
/// are put together for each flag; here that is done once.
enum SettingMirrors {
    private static let known = Mutex<[ObjectIdentifier: [(name: String, value: any Sendable)]]>([:])

    /// - Parameters:
    ///   - type: The type whose mirror it is.
    ///   - make: Makes the flags and groups of flags of the type, by their names.
    static func children(
        of type: Any.Type, _ make: () -> [(name: String, value: any Sendable)]
    ) -> [(label: String?, value: Any)] {
        let key = ObjectIdentifier(type)
        let children: [(name: String, value: any Sendable)]
        if let found = known.withLock({ $0[key] }) {
            children = found
        } else {
            // Outside the lock: making a group asks for the mirrors of others.
            children = make()
            known.withLock { $0[key] = children }
        }
        return children.map { (label: $0.name, value: $0.value) }
    }
}
