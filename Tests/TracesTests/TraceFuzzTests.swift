import TestSupport
import Testing

@testable import Traces

@Test(arguments: [1, 2, 3, 4] as [UInt64])
func arbitraryBytesNeverTrap(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    let pieces: [[UInt8]] = [
        "{\"trace\":\"", "\"}", "\\", "\\u", "d83d", "$", "\\(", "<t><turn role=\"assistant\">", "</turn>", "<think>",
        "</think>",
        "<!--", "<![CDATA[", "]]>", "&amp;", "&#x0;", "<<", ">>", "12.", "-", "x =", "`", "```\n", "http://", "é", "\n",
        "{", "[", "(",
    ].map { Array($0.utf8) }
    for _ in 0..<200 {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0..<16, using: &generator) {
            if Int.random(in: 0..<6, using: &generator) == 0 {
                bytes.append(UInt8.random(in: 0...255, using: &generator))
            } else {
                bytes += pieces.randomElement(using: &generator) ?? []
            }
        }
        bytes.withUnsafeBytes { fuzzTraces($0) }
    }
}
