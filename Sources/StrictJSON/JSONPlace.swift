/// The line and column of a byte of a text.
package struct JSONPlace: Hashable, Sendable {
    /// The line, from 1.
    package var line: Int
    /// The byte within the line, from 1.
    package var column: Int

    /// Finds the place of an offset.
    package init(of offset: Int, in bytes: some Collection<UInt8>) {
        line = 1
        column = 1
        for byte in bytes.prefix(offset) {
            if byte == 0x0A {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
    }
}
