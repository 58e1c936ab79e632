/// No attack: the first traces as they are.
public struct NoAttacker: AttackerSettings {
    public static let name = "none"

    public init() {}

    public static let schema: [Setting<NoAttacker>] = []
}
