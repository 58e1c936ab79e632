/// Numbers as labels, in tables and in experiments' files: the same text for the same value.
package enum NumberText {
    /// Whole numbers without a point, others with the fewest digits that give the number back.
    package static func of(_ value: Double) -> String {
        if let whole = Int(exactly: value), whole.magnitude < 1 << 53 { return String(whole) }
        return "\(value)"
    }
}
