import Marks
import TestSupport
import Testing

@Suite struct TokenLineTests {
    @Test(arguments: [
        (#"{"tokens":[]}"#, [Int32](), [Int32]?.none),
        (#" { "tokens" : [ 1 , 22,333 ] , "prompt":[0,2147483647]} "#, [1, 22, 333], [0, 2_147_483_647]),
        (#"{"id":"a\"]},","x":{"tokens":[9]},"n":-1.5e3,"b":[true,[null]],"token_ids":[4]}"#, [4], nil),
        (#"{"tokens": 2 ,"token_ids":[5,6]}"#, [5, 6], nil), (#"{"token_ids":[5],"tokens":1}"#, [5], nil),
        (#"{"tokens":[7],"prompt":[],"é":"\\"}"#, [7], []),
    ])
    func lines(text: String, tokens: [Int32], prompt: [Int32]?) throws {
        let line = try TokenLine(parsing: text)
        #expect(line.tokens == tokens)
        #expect(line.prompt == prompt)
        #expect(line.document == TokenDocument(tokens: tokens, prompt: prompt ?? []))
    }

    @Test(arguments: [
        "", "x", "[]", "{", "{}", #"{"prompt":[1]}"#, #"{"tokens":[1]"#, #"{"tokens":[1}"#, #"{"tokens":[1,]}"#,
        #"{"tokens":[-1]}"#, #"{"tokens":[1.0]}"#, #"{"tokens":["1"]}"#, #"{"tokens":[2147483648]}"#,
        #"{"tokens":[99999999999999999999999]}"#, #"{"tokens":null}"#, #"{"tokens":5}"#, #"{"tokens":[1]} x"#,
        #"{"tokens":[1],"tokens":[1]}"#, #"{"tokens":[1],"token_ids":[1]}"#, #"{"tokens":[1],"a":}"#,
        #"{"tokens":[1],"a"#, #"{"tokens":[1],"a":"b}"#, #"{"tokens":[1] "a":2}"#, #"{"a":1,"tokens":[1],}"#,
        #"{"tokens":[1],"a":"\"#, #"{"a":[1,"tokens":[1]}"#,
    ])
    func brokenLinesAreRefused(text: String) {
        #expect(throws: TokenLineError.self) { try TokenLine(parsing: text) }
    }

    /// Whatever the bytes are, there is a result or an error.
    @Test func damagedLinesDoNotTrap() {
        let seed: UInt64 = 20
        var generator = SplitMix64(seed: seed)
        let line = Array(#"{"id":"a\"b","x":{"y":[1,{}]},"tokens":[1, 22,2147483647],"prompt":[3]}"#.utf8)
        let alphabet = Array(#"{}[]",:\ 019-"#.utf8) + [0, 0xFF]
        var read = 0
        for _ in 0..<20_000 {
            var bytes = line
            for _ in 0..<Int.random(in: 0...3, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] =
                    alphabet[Int.random(in: alphabet.indices, using: &generator)]
            }
            bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator) / 8)
            bytes.withUnsafeBufferPointer { if (try? TokenLine(parsing: $0)) != nil { read += 1 } }
        }
        #expect(read > 100 && read < 19_000, "seed \(seed)")
    }

    @Test func errorsSayWhere() {
        #expect {
            try TokenLine(parsing: #"{"tokens":[1,-2]}"#)
        } throws: { error in
            "\(error)" == "column 14: a token id is expected: a whole number from 0"
        }
    }
}
