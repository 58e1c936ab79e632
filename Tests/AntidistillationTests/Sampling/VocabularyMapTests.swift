import Antidistillation
import Testing

@Suite("Vocabularies of teacher and proxy")
struct VocabularyMapTests {
    func vocabulary(_ name: String, _ tokens: [String?], added: Set<Int32> = []) -> Vocabulary {
        Vocabulary(name: name, tokens: tokens, addedIDs: added)
    }

    @Test("Tokens are mapped by string, with added tokens and unused rows on either side")
    func mapping() throws {
        let teacher = vocabulary("teacher/tokenizer.json", ["a", "b", "c", "<end>", "<tool>"], added: [3, 4])
        let proxy = vocabulary("proxy/tokenizer.json", ["b", "<end>", "a", nil, "c", "<pad>"], added: [1, 5])
        let map = try VocabularyMap(teacher: teacher, proxy: proxy, teacherSize: 8, proxySize: 6)
        #expect(map.proxyIDs == [2, 0, 4, 1, -1, -1, -1, -1])
        #expect(!map.isIdentity)
        #expect(map.proxyID(of: 4) == nil)
        #expect(map.proxyID(of: -1) == nil)
        #expect(map.proxyID(of: 99) == nil)
        #expect(map.proxyTokens([0, 4, 3]) == [2, 1])
    }

    @Test("Equal vocabularies give the identity, of rows of different lengths one that says which are missing")
    func identity() throws {
        let tokens = vocabulary("t", ["a", "b", "c"])
        let map = try VocabularyMap(teacher: tokens, proxy: tokens, teacherSize: 3, proxySize: 3)
        #expect(map == .identity(size: 3))
        #expect(map.isIdentity)
        let wide = try VocabularyMap(teacher: tokens, proxy: tokens, teacherSize: 4, proxySize: 3)
        #expect(wide.proxyIDs == [0, 1, 2, -1])
        #expect(!wide.isIdentity)
    }

    @Test(
        "An ordinary token that one side lacks is an error naming both tokenizers",
        arguments: [
            (["a", "b", "x"], ["a", "b", "c"]), (["a", "b"], ["a", "b", "c"]), (["a", "b", "c"], ["a", "b"]),
        ])
    func mismatch(teacher: [String], proxy: [String]) throws {
        let error = try #require(
            throws: AntidistillationError.self,
            performing: {
                try VocabularyMap(
                    teacher: vocabulary("one/tokenizer.json", teacher),
                    proxy: vocabulary("two/tokenizer.json", proxy), teacherSize: 3, proxySize: 3)
            })
        #expect(error.code == .vocabularyMismatch)
        #expect(error.description.contains("one/tokenizer.json"))
        #expect(error.description.contains("two/tokenizer.json"))
    }

    @Test("Tokens that only look alike are different tokens")
    func bytes() {
        let composed = vocabulary("one", ["\u{E9}"])
        let decomposed = vocabulary("two", ["e\u{301}"])
        #expect(throws: AntidistillationError.self) {
            try VocabularyMap(teacher: composed, proxy: decomposed, teacherSize: 1, proxySize: 1)
        }
    }

    @Test("A token beyond the model's rows does not count as there")
    func narrowModel() {
        let tokens = vocabulary("one", ["a", "b"])
        #expect(throws: AntidistillationError.self) {
            try VocabularyMap(teacher: tokens, proxy: tokens, teacherSize: 2, proxySize: 1)
        }
    }

    @Test("A map given outright must stay within the proxy's rows", arguments: [[0, 3], [-2, 0]] as [[Int32]])
    func outright(ids: [Int32]) {
        #expect(throws: AntidistillationError.self) { try VocabularyMap(proxyIDs: ids, proxySize: 3) }
    }
}
