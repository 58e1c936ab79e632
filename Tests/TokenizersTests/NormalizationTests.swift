import TestSupport
import Testing

@testable import Tokenizers

@Suite struct NormalizationTests {
    static func composed(_ text: String) -> String {
        let utf8 = Array(text.utf8)
        return String(
            decoding: utf8.withUnsafeBufferPointer(CanonicalComposition.normalized) ?? utf8, as: UTF8.self)
    }

    @Test(arguments: [
        ("e\u{301}", "é"), ("A\u{30A}", "Å"), ("\u{212B}", "Å"), ("\u{1100}\u{1161}\u{11A8}", "각"),
        ("\u{AC00}\u{11A8}", "각"), ("q\u{301}\u{323}", "q\u{323}\u{301}"), ("\u{958}", "\u{915}\u{93C}"),
        ("\u{344}", "\u{308}\u{301}"), ("\u{F73}\u{F73}", "\u{F71}\u{F71}\u{F72}\u{F72}"), ("\u{301}", "\u{301}"),
        ("a\u{301}\u{301}", "á\u{301}"), ("a\u{7FD}\u{301}", "a\u{7FD}\u{301}"),
        ("\u{1D160}", "\u{1D158}\u{1D165}\u{1D16E}"),
    ])
    func `examples of form C`(text: String, expected: String) {
        #expect(Self.composed(text).isIdentical(to: expected))
    }

    @Test func `form C is idempotent and canonically equivalent`() {
        let seed = UInt64(7)
        var random = SplitMix64(seed: seed)
        // Without U+0F73: equality of strings gets its decomposition wrong.
        let alphabet = Array(
            "aqeo가각한각\u{301}\u{323}\u{308}\u{328}\u{93C}\u{915}\u{F71}\u{F72}ǭ🙂 \n".unicodeScalars)
        for _ in 0..<500 {
            var text = ""
            for _ in 0..<Int.random(in: 0...8, using: &random) {
                if let scalar = alphabet.randomElement(using: &random) { text.unicodeScalars.append(scalar) }
            }
            let once = Self.composed(text)
            #expect(Self.composed(once).isIdentical(to: once), "seed \(seed): \(text.unicodeScalars.map(\.value))")
            // Equality of strings is canonical equivalence.
            #expect(once == text, "seed \(seed): \(text.unicodeScalars.map(\.value))")
        }
    }

    @Test func `text without marks is not copied`() {
        let utf8 = Array("plain, Übung, 你好, 각, 🙂".utf8)
        #expect(utf8.withUnsafeBufferPointer(CanonicalComposition.normalized) == nil)
    }
}
