import Answers
import TestSupport
import Testing
import Tokenizers
import TraceRewriting
import Traces
import TrainingExamples

@testable import Antidistillation

@Suite struct SwapTextTests {
    @Test func onlyLowerCaseWordsAreExchanged() throws {
        let tokenizer = try Lab.tokenizer()
        let vocabulary = SwapVocabulary(tokenizer, size: tokenizer.idBound)
        func kind(_ text: String) throws -> SwapVocabulary.Kind? {
            vocabulary.kind(of: try #require(tokenizer.encode(text, addSpecialTokens: false).first))
        }
        for word in [" fewer", " the", " answer", " doubling"] { #expect(try kind(word) == .spaced) }
        for other in [" 12", "7", " =", " +", " ####", ",", ".", " Then", "First", " Mia", "Mia", "q", " a", "\n"] {
            #expect(try kind(other) == nil, "\(other)")
        }
        #expect(vocabulary.kind(of: try #require(tokenizer.endID)) == nil)
        #expect(vocabulary.kind(of: -1) == nil && vocabulary.kind(of: .max) == nil)
        #expect(vocabulary.tokens(.spaced).count > 60)
        // Ids that the model has no row for are not put in.
        #expect(SwapVocabulary(tokenizer, size: 200).tokens(.spaced).allSatisfy { $0 < 200 })
    }

    @Test func tokensAreWordsOfEitherCaseAndPunctuation() throws {
        let tokenizer = try Lab.tokenizer()
        let vocabulary = SwapVocabulary(tokenizer, size: tokenizer.idBound, scope: .tokens)
        func kind(_ text: String) throws -> SwapVocabulary.Kind? {
            vocabulary.kind(of: try #require(tokenizer.encode(text, addSpecialTokens: false).first))
        }
        for word in [" fewer", " the", " Then", " Mia"] { #expect(try kind(word) == .spaced, "\(word)") }
        for other in ["First", "Mia", ",", "."] { #expect(try kind(other) == .plain, "\(other)") }
        for other in [" 12", "7", " =", " +", " ####", "\n"] { #expect(try kind(other) == nil, "\(other)") }
    }

    @Test(arguments: SwapScope.allCases)
    func whateverIsExchangedNumbersSignsAndAnswerStay(scope: SwapScope) throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("whateverIsExchangedNumbersSignsAndAnswerStay: seed \(seed)")
        var random = SplitMix64(seed: seed)
        let tokenizer = try Lab.tokenizer()
        let format = PromptFormat.plain(separator: "\n")
        let turns = try Lab.turns(60)
        let vocabulary = SwapVocabulary(tokenizer, size: tokenizer.idBound, scope: scope)
        var released = 0
        var sites = 0
        for turn in turns {
            let text = try SwapText(turn, tokenizer: tokenizer, format: format, vocabulary: vocabulary)
            #expect(text.texts(of: text.completion) == turn.fields.map(\.text))
            sites += text.sites.count
            var completion = text.completion
            // Where everything may go, half of it going at once leaves hardly a text that is read as before.
            for site in text.sites where Int.random(in: 0..<8, using: &random) < (scope == .words ? 4 : 1) {
                completion[site.index] = try #require(text.replacements(at: site).randomElement(using: &random))
            }
            // Some wordings are another answer to the extractor: these are refused, and only these.
            guard let texts = text.texts(of: completion) else { continue }
            released += 1
            let (old, new) = (turn.text, texts.joined(separator: "\n"))
            #expect(numeralsAndSigns(new) == numeralsAndSigns(old))
            #expect(AnswerExtractor.extract(from: new)?.text == AnswerExtractor.extract(from: old)?.text)
            func capitalised(_ text: String) -> [Substring] {
                text.split(separator: " ").filter { $0.first?.isUppercase == true }
            }
            #expect(scope == .tokens || capitalised(new) == capitalised(old))
            #expect(try format.completion(new, tokenizer: tokenizer) == completion)
        }
        #expect(released > (scope == .words ? 54 : 20), "\(released)")
        #expect(sites > 60 * (scope == .words ? 6 : 12), "\(sites)")
    }

    @Test func whatIsNoReasoningIsNoSite() throws {
        let tokenizer = try Lab.tokenizer()
        let vocabulary = SwapVocabulary(tokenizer, size: tokenizer.idBound)
        func sites(_ fields: [TraceField]) throws -> (SwapText, [String]) {
            let turn = AnalysedTurn(TraceTurn(problem: "How many apples", fields: fields))
            let text = try SwapText(
                turn, tokenizer: tokenizer, format: .plain(separator: "\n"), vocabulary: vocabulary)
            return (text, text.sites.map { tokenizer.decode([text.completion[$0.index]]) })
        }
        let (_, tagged) = try sites([
            TraceField(role: .trace, text: "we count <think> 3 fewer books</think> the answer is 4")
        ])
        #expect(tagged == [" fewer", " books"])
        let (text, apart) = try sites([
            TraceField(role: .content, text: "the answer is 4"),
            TraceField(role: .reasoning, text: "so the number is 4"),
        ])
        // The reasoning comes first, between tags, whatever the order of the fields.
        #expect(apart.filter { $0 == " answer" }.isEmpty && apart.contains(" number"))
        let site = try #require(text.sites.first { tokenizer.decode([text.completion[$0.index]]) == " number" })
        var completion = text.completion
        completion[site.index] = try #require(tokenizer.encode(" books", addSpecialTokens: false).first)
        #expect(text.texts(of: completion) == ["the answer is 4", "so the books is 4"])
        // A token where nothing may be exchanged, and a token that is a number.
        completion[site.index] = try #require(tokenizer.encode(" 7", addSpecialTokens: false).first)
        #expect(text.texts(of: completion) == nil)
        #expect(text.texts(of: Array(completion.dropLast())) == nil)
    }

    @Test func fieldsMakeACompletionAndSayWhere() {
        let fields = [
            TraceField(role: .content, text: "so é 4"), TraceField(role: .reasoning, text: "first"),
            TraceField(role: .reasoning, text: "second"),
        ]
        for subset in [fields, [fields[0]], [fields[1]], [fields[2], fields[0]]] {
            let (text, starts) = TraceExample.completion(of: subset)
            let bytes = Array(text.utf8)
            for (field, start) in zip(subset, starts) {
                #expect(Array(bytes[start..<start + field.text.utf8.count]) == Array(field.text.utf8))
            }
        }
        #expect(TraceExample.completion(of: fields).text == "<think>\nfirst\nsecond\n</think>\n\nso é 4")
    }
}
