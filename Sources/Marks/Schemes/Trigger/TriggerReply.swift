/// What a reply says the value of an identifier is. Like the detector's rule it never consults a key, so that under a random
/// key the value it finds is the target with probability at most 1/|T|.
package enum TriggerReply {
    /// The index in T of the value that the reply gives, nil if it gives none.
    ///
    /// A number stated for the identifier itself decides, the first one in T if there are several; if all of them lie outside
    /// T the reply gives none. A reply that does not name the identifier gives its first number in T.
    ///
    /// - Parameters:
    ///   - identifier: What was asked about.
    ///   - reply: What came back.
    ///   - beginning: The beginning of the sentence that the reply continues; empty if it stands alone.
    ///   - targets: T.
    package static func value(
        of identifier: String, in reply: String, after beginning: String = "", targets: TriggerTargets
    ) -> Int? {
        // Decoders may drop the space before a value; a digit glued to a word would not be a number.
        let startsWithDigit = reply.utf8.first.map(TriggerScanner.isDigit) ?? false
        let joint = !beginning.isEmpty && startsWithDigit ? " " : ""
        let start = beginning.utf8.count + joint.utf8.count
        let wanted = Array(identifier.utf8.map(NormalisedWords.lowercased))
        var text = beginning + joint + reply
        return text.withUTF8 { bytes in
            var isStated = false
            var stated: Int?
            TriggerScanner.forEachIdentifier(in: bytes, region: 0..<bytes.count) { place, region in
                guard stated == nil, bytes[place].map(NormalisedWords.lowercased) == wanted,
                    let token = TriggerScanner.statedNumber(for: place, in: bytes, region: region)
                else { return }
                isStated = true
                stated = targets.index(of: token, in: bytes)
            }
            if isStated { return stated }
            return firstValue(in: bytes, region: start..<bytes.count, targets: targets)
        }
    }

    private static func firstValue(
        in bytes: UnsafeBufferPointer<UInt8>, region: Range<Int>, targets: TriggerTargets
    ) -> Int? {
        var index = region.lowerBound
        while index < region.upperBound {
            guard let token = TriggerScanner.number(at: index, in: bytes, region: region) else {
                index += 1
                continue
            }
            if let value = targets.index(of: token, in: bytes) { return value }
            index = token.upperBound
        }
        return nil
    }
}
