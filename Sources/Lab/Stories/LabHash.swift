import Statistics

/// A hash that is the same in every run and on every machine, unlike `Hasher`.
struct LabHash {
    private(set) var value: UInt64 = 0x6C61_6272

    mutating func combine(_ number: Int) {
        value = SeededGenerator.mix(value ^ UInt64(bitPattern: Int64(number)))
    }
}
