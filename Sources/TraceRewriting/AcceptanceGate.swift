import Answers
import Traces

/// Decides whether a candidate may be released (<doc:OneTrace>).
public struct AcceptanceGate: Sendable {
    /// Bounds of the gate.
    public struct Configuration: Hashable, Sendable {
        /// Allowed length of the new reasoning over the old, in UTF-8 bytes.
        public var lengthRatio: ClosedRange<Double>
        /// Words of the instruction in a row that count as leakage.
        public var leakWords: Int

        /// The defaults: half to three times the length, eight words of leakage.
        public init(lengthRatio: ClosedRange<Double> = 0.5...3, leakWords: Int = 8) {
            self.lengthRatio = lengthRatio
            self.leakWords = leakWords
        }
    }

    /// The bounds in use.
    public let configuration: Configuration
    private let lexiconWord: @Sendable (UnsafeBufferPointer<UInt8>) -> Bool
    private let leakage: PhraseIndex

    /// A gate. `instructions` are the prompts' own words; `lexiconWord` says which words a word-for-word rewriter may
    /// capitalise, so that they are not taken for names.
    public init(
        configuration: Configuration = Configuration(), instructions: [String] = [],
        lexiconWord: @escaping @Sendable (UnsafeBufferPointer<UInt8>) -> Bool
    ) {
        self.configuration = configuration
        self.lexiconWord = lexiconWord
        leakage = PhraseIndex(texts: instructions, width: configuration.leakWords)
    }

    /// The reason to turn `candidate` down, or nil.
    public func rejection(
        of candidate: AnalysedTurn, original: AnalysedTurn, scope: RewriteScope, statedAnswer: String?
    ) -> Rejection? {
        guard candidate.hasReasoning else { return .reasoningMissing }
        if let rejection = answerRejection(of: candidate, original: original, scope: scope, stated: statedAnswer) {
            return rejection
        }
        switch scope {
        case .nothing: return nil
        case .words, .tokens: return wordsRejection(of: candidate, original: original, scope: scope)
        case .free: return freeRejection(of: candidate, original: original)
        }
    }

    /// The reason to turn a word-for-word rewriting down before any trigger is added to it.
    package func wordsRejection(
        of candidate: AnalysedTurn, original: AnalysedTurn, scope: RewriteScope = .words
    ) -> Rejection? {
        func invariants(_ field: AnalysedField) -> TextInvariants {
            TextInvariants(of: field.text, withNames: scope != .tokens, isLexiconWord: lexiconWord)
        }
        for (new, old) in zip(candidate.fields, original.fields) where new.text != old.text {
            if invariants(new) != invariants(old) { return .invariantsChanged }
        }
        return nil
    }

    private func answerRejection(
        of candidate: AnalysedTurn, original: AnalysedTurn, scope: RewriteScope, stated: String?
    ) -> Rejection? {
        guard let before = AnswerExtractor.extract(from: original.text) else {
            // Nothing to compare: a word-for-word rewriting is held by its invariants, a free one by nothing.
            return scope == .free ? .answerUnverified : nil
        }
        guard let after = AnswerExtractor.extract(from: candidate.text) else { return .answerMissing }
        guard AnswerEquivalence.compare(before.text, after.text) == .equal else { return .answerChanged }
        if let stated, AnswerEquivalence.compare(before.text, stated) != .equal { return .answerChanged }
        return nil
    }

    /// The reason to turn a free rewriting down for its numbers, before any trigger is added to it.
    ///
    /// - Parameters:
    ///   - candidate: The turn with the rewriter's words.
    ///   - original: The turn as it came.
    ///   - solution: The known answer, whose numbers may be named.
    ///   - statement: What the rewriter was asked to state beside.
    package func numbersRejection(
        of candidate: AnalysedTurn, original: AnalysedTurn, solution: String?, statement: String?
    ) -> Rejection? {
        let sources = [original.text, original.problem, solution, statement].compactMap(\.self)
        return ReplyNumbers.differ(candidate.reasoningText, from: original.reasoningText, sources: sources)
            ? .numbersChanged : nil
    }

    private func freeRejection(of candidate: AnalysedTurn, original: AnalysedTurn) -> Rejection? {
        let old = original.reasoningText
        let new = candidate.reasoningText
        guard !new.utf8.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) else { return .reasoningMissing }
        for (newField, oldField) in zip(candidate.fields, original.fields)
        where newField.reasoning.count != oldField.reasoning.count {
            return .structureChanged
        }
        if ReplyMarks.areAdded(by: candidate.text, to: original.text) { return .structureChanged }
        if ChatterPhrases.frame(new), !ChatterPhrases.frame(old) { return .preamble }
        if RefusalPhrases.begin(new), !RefusalPhrases.begin(old) { return .refusal }
        let ratio = Double(new.utf8.count) / Double(max(old.utf8.count, 1))
        guard configuration.lengthRatio.contains(ratio) else {
            return .lengthRatio
        }
        if leakage.matches(new, except: old) { return .promptLeak }
        if candidate.textClass == .nonEnglish, original.textClass == .englishProse { return .languageChanged }
        if new.endsMidSentence, !old.endsMidSentence { return .truncated }
        return resultRejection(old: old, new: new, original: original)
    }

    /// A result the old reasoning arrived at must still be in the new one, even though the answer line itself is kept.
    private func resultRejection(old: String, new: String, original: AnalysedTurn) -> Rejection? {
        guard let answer = AnswerExtractor.extract(from: original.text)?.text,
            answer.utf8.contains(where: { (0x30...0x39).contains($0) })
        else { return nil }
        return NumeralSearch.contains(old, answer) && !NumeralSearch.contains(new, answer) ? .resultMissing : nil
    }
}

/// Looks for a number as a whole numeral, however its thousands are written.
enum NumeralSearch {
    static func contains(_ text: String, _ answer: String) -> Bool {
        let wanted = numerals(of: answer)
        guard let target = wanted.first else { return false }
        return numerals(of: text).contains(target)
    }

    /// The numerals of a text: digits with inner points, thousands commas dropped, trailing zeros of a decimal cut.
    static func numerals(of text: String) -> [String] {
        var result: [String] = []
        var current: [UInt8] = []
        let bytes = Array(text.utf8)
        func isDigit(_ index: Int) -> Bool { index < bytes.count && (0x30...0x39).contains(bytes[index]) }
        for (index, byte) in bytes.enumerated() {
            if (0x30...0x39).contains(byte) {
                current.append(byte)
            } else if byte == UInt8(ascii: "."), !current.isEmpty, isDigit(index + 1) {
                current.append(byte)
            } else if byte == UInt8(ascii: ","), !current.isEmpty, isDigit(index + 1), isDigit(index + 2),
                isDigit(index + 3), !isDigit(index + 4)
            {
                continue
            } else if !current.isEmpty {
                result.append(canonical(current))
                current = []
            }
        }
        if !current.isEmpty { result.append(canonical(current)) }
        return result
    }

    private static func canonical(_ bytes: [UInt8]) -> String {
        var bytes = bytes
        if bytes.contains(UInt8(ascii: ".")) {
            while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
            if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
