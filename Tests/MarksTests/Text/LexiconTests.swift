import KeyedPRF
import Testing

@testable import Marks

struct LexiconTests {
    @Test func bundledLexiconIsLargeDisjointAndWellFormed() throws {
        let lexicon = try Lexicon.bundled()
        #expect(lexicon.classes.count >= 60)
        let expressions = lexicon.classes.flatMap { $0.members.map(\.text) }
        #expect(expressions.count >= 200)
        #expect(Set(expressions).count == expressions.count)
        #expect(Set(lexicon.classes.map(\.id)).count == lexicon.classes.count)
        for entry in lexicon.classes {
            #expect(entry.members.count >= 2, "\(entry.id)")
            for member in entry.members {
                let words = NormalisedWords.words(of: member.text)
                #expect((1...4).contains(words.count) && words.joined(separator: " ") == member.text)
            }
        }
    }

    /// No class may make another's expression unreadable: every member is its own longest match.
    @Test func everyMemberIsReadAsItself() throws {
        let lexicon = try Lexicon.bundled()
        try NormalisedWords.byteClasses.withUnsafeBufferPointer { classes in
            let table = try #require(classes.baseAddress)
            for (classIndex, entry) in lexicon.classes.enumerated() {
                for (memberIndex, member) in entry.members.enumerated() {
                    var text = member.text
                    text.withUTF8 { bytes in
                        guard let base = bytes.baseAddress else { return }
                        let unit = LexicalScanner.unit(
                            at: 0, end: bytes.count, bytes: base, classes: table, table: lexicon.table)
                        #expect(unit.match == Int32(classIndex << 8 | memberIndex), "\(member.text)")
                        #expect(unit.range == 0..<bytes.count, "\(member.text)")
                    }
                }
            }
        }
    }

    @Test func wordsOfMembersAreLexiconWords() throws {
        let lexicon = try Lexicon.bundled()
        for word in ["so", "Therefore", "IN", "total", "doesn't", "figure"] {
            #expect(lexicon.isLexiconWord(Array(word.utf8)), "\(word)")
        }
        for word in ["Natalia", "monday", "apples", "", "sо"] {
            #expect(!lexicon.isLexiconWord(Array(word.utf8)), "\(word)")
        }
    }

    @Test func digestIsOfTheContentAndNotOfItsLayout() throws {
        let one = try Lexicon(yaml: "classes:\n- id: a\n  members: [so, thus]\n  note: x\n", file: "a")
        let two = try Lexicon(yaml: "# hello\nclasses: [{id: a, members: [so, thus]}]", file: "b")
        let reordered = try Lexicon(yaml: "classes: [{id: a, members: [thus, so]}]", file: "b")
        let guarded = try Lexicon(
            yaml: "classes: [{id: a, members: [so, thus], guards: {position: initial}}]", file: "b")
        #expect(one.digest == two.digest)
        #expect(Set([one.digest, reordered.digest, guarded.digest]).count == 3)
        #expect(one.digest.utf8.count == 64)
    }

    @Test(arguments: [
        ("classes:\n- id: a\n  members: [so]\n", 2, "at least two"),
        ("classes:\n- id: a\n  members: [so, thus]\n- id: b\n  members:\n  - so\n  - hence\n", 6, "already in class a"),
        ("classes:\n- id: a\n  members: [so, thus]\n- id: a\n  members: [x, y]\n", 4, "defined twice"),
        ("classes:\n- id: a\n  members: [so, thus]\n  guards:\n    nexr: [the]\n", 5, "unknown guard \"nexr\""),
        ("classes:\n- id: a\n  members: [so, thus]\n  colour: red\n", 4, "unknown key \"colour\""),
        ("classes:\n- id: a\n  members: [so, thus]\n  guards: {next: [$who]}\n", 4, "unknown set $who"),
        ("classes:\n- id: a\n  members: [so, thus]\n  guards: {next: [<noun>]}\n", 4, "unknown kind <noun>"),
        ("classes:\n- id: a\n  members: [so, thus]\n  guards: {position: last}\n", 4, "initial or medial"),
        ("classes:\n- id: a\n  members: [so, Thus]\n", 3, "not one to four lower-case"),
        ("classes:\n- id: a\n  members: [so, as a matter of fact]\n", 3, "not one to four lower-case"),
        ("classes:\n- id: a\n  members:\n  - so\n  - {text: thus, sound: loud}\n", 5, "vowel or consonant"),
        ("classes:\n- members: [so, thus]\n", 2, "needs an id"),
        ("words: []\n", 1, "unknown key \"words\""), ("classes: []\n", 1, "no classes"), ("just text", 1, "mapping"),
        ("classes:\n- id: a\n  members: [so, thus]]\n", 3, "not YAML"),
    ])
    func mistakesNameFileAndLine(yaml: String, line: Int, message: String) throws {
        let error = try #require(throws: LexiconError.self) { _ = try Lexicon(yaml: yaml, file: "words.yaml") }
        #expect(error.line == line)
        #expect(error.description.hasPrefix("words.yaml:\(line): "))
        #expect(error.message.contains(message), "\(error)")
    }
}
