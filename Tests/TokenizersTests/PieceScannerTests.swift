import Foundation
import TestSupport
import Testing

@testable import Tokenizers

/// The scanners against Swift's regular expressions. What the engines mean by letter, number and white space depends on
/// their Unicode versions, so the texts here keep to code points that have been assigned for long.
@Suite struct PieceScannerTests {
    static let alphabet: [Unicode.Scalar] = {
        let text =
            "abzABZ'sStTrReEvVmMlLdD'’_-.,!?#$<>/\\\"()[]{}0123456789  \t\n\r\u{0B}\u{0C}\u{85}\u{A0}\u{1680}\u{2003}"
            + "\u{2028}\u{3000}\u{0}\u{1F}éßſǅʰªÀ²½Ⅷ①٣४你好のア한ءخनसש\u{301}\u{323}\u{200D}\u{FE0F}🙂👍🏽🇩🇪€∑𝔘"
        return Array(text.unicodeScalars)
    }()

    /// `\w+|[^\w\s]+` spelled out: Swift's `\w` is another class.
    static let wordPattern = #"[\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}]+|[^\s\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}]+"#

    static func pieces(_ text: String, _ scanner: PieceScanner) -> [[UInt8]] {
        var out: [[UInt8]] = []
        var text = text
        text.withUTF8 { utf8 in scanner.forEachPiece(in: utf8) { out.append(Array(utf8[$0])) } }
        return out
    }

    static func pieces(_ text: String, _ regex: Regex<AnyRegexOutput>) -> [[UInt8]] {
        text.matches(of: regex).map { Array(text[$0.range].utf8) }
    }

    @Test(arguments: [
        (PieceScanner.gpt2, PieceScanner.gpt2Pattern), (.cased(digits: 1), PieceScanner.qwen2Pattern),
        (.cased(digits: 3), PieceScanner.llama3Pattern), (.words, wordPattern), (.nonSpaces, #"\S+"#),
        (.digits, #"\p{N}|\P{N}+"#),
    ])
    func `scanners split as their expressions do`(scanner: PieceScanner, pattern: String) throws {
        let regex = try Regex(pattern).matchingSemantics(.unicodeScalar)
        let seed = UInt64(20_261_121)
        var random = SplitMix64(seed: seed)
        for round in 0..<400 {
            var text = ""
            for _ in 0..<Int.random(in: 0...24, using: &random) {
                guard var scalar = Self.alphabet.randomElement(using: &random) else { continue }
                // Swift's case-insensitive matching does not fold the long s; `tokenizers` and the scanners do. The
                // joiner is a word character by its own property.
                if scalar == "ſ" || scalar == "\u{200D}" { scalar = "s" }
                for _ in 0..<(Int.random(in: 0..<4, using: &random) == 0 ? 3 : 1) { text.unicodeScalars.append(scalar) }
            }
            let expected = Self.pieces(text, regex)
            let found = Self.pieces(text, scanner)
            #expect(found == expected, "seed \(seed), round \(round): \(text.debugDescription)")
        }
    }

    @Test func `pieces of the scanners that keep everything join to the text`() throws {
        for text in try Golden.texts() {
            for scanner in [PieceScanner.whole, .gpt2, .cased(digits: 1), .cased(digits: 3), .digits] {
                #expect(Self.pieces(text, scanner).flatMap { $0 }.elementsEqual(text.utf8))
            }
        }
    }

    @Test func `patterns are recognised by their exact text only`() {
        #expect(PieceScanner(pattern: PieceScanner.gpt2Pattern) == .gpt2)
        #expect(PieceScanner(pattern: PieceScanner.qwen2Pattern) == .cased(digits: 1))
        #expect(PieceScanner(pattern: PieceScanner.llama3Pattern) == .cased(digits: 3))
        #expect(PieceScanner(pattern: PieceScanner.llama3Pattern + "?") == nil)
        #expect(PieceScanner(pattern: #"\s+"#) == nil)
    }

    @Test(arguments: [
        ("don't stop", ["don", "'t", " stop"]), ("WE'LL", ["WE", "'", "LL"]), ("a  b", ["a", " ", " b"]),
        ("x\n\n y", ["x", "\n\n", " y"]), ("12345", ["12345"]), (" !?", [" !?"]), ("end  ", ["end", "  "]),
    ])
    func `GPT-2 examples`(text: String, expected: [String]) {
        #expect(Self.pieces(text, .gpt2) == expected.map { Array($0.utf8) })
    }

    @Test(arguments: [
        ("WE'LL", ["WE", "'LL"]), ("'ſx", ["'ſ", "x"]), ("12345", ["123", "45"]), ("x\n\n y", ["x", "\n\n", " y"]),
        ("!\n\nx", ["!\n\n", "x"]), ("\tx", ["\tx"]), (" \n \n  x", [" \n \n", " ", " x"]), ("a.b", ["a", ".b"]),
    ])
    func `Llama-3 examples`(text: String, expected: [String]) {
        #expect(Self.pieces(text, .cased(digits: 3)) == expected.map { Array($0.utf8) })
    }
}
