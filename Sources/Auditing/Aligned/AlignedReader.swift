import Tokenizers

/// A suspect that has another tokenizer than the marks, read by the text that both stand for.
///
/// Each text is decoded with the marks' tokenizer and encoded with the suspect's, prompt and completion each by itself.
/// Where a token of the marks' begins at a byte at which one of the suspect's begins too, the suspect's distribution is
/// read and mapped by the tokens' bytes to the marks' vocabulary; elsewhere the row is empty, so that the position counts for
/// nothing. What is read is the suspect's probability of its own tokens: "un" before "unlike" and "un" as all that follows
/// are one to it where they may be two tokens of the marks'. Which positions are read depends on the text alone, on no key.
public final class AlignedReader: NextTokenReader {
    private let suspect: any NextTokenReader
    private let suspectTokenizer: Tokenizer
    private let tokenizer: Tokenizer
    private let map: TokenStringMap
    private let promptIDs: (String) -> [Int32]

    /// - Parameters:
    ///   - suspect: What reads, in its own ids.
    ///   - suspectTokenizer: The suspect's tokenizer.
    ///   - tokenizer: The tokenizer that marks were made in: that of the texts given and of the rows returned.
    ///   - promptIDs: How the suspect is asked: from the text of a prompt, without the marks' control tokens, to the
    ///     suspect's ids. Nil for the text as it is.
    public init(
        _ suspect: any NextTokenReader, tokenizer suspectTokenizer: Tokenizer, marks tokenizer: Tokenizer,
        promptIDs: ((String) -> [Int32])? = nil
    ) {
        self.suspect = suspect
        self.suspectTokenizer = suspectTokenizer
        self.tokenizer = tokenizer
        map = TokenStringMap(from: suspectTokenizer, to: tokenizer)
        self.promptIDs =
            promptIDs ?? { suspectTokenizer.encode($0, addSpecialTokens: false, specialTokens: .text) }
    }

    /// A text in the suspect's tokens.
    private struct Aligned {
        var text: ReadText
        var alignment: TokenAlignment
    }

    private func align(_ text: ReadText) -> Aligned {
        let marks = tokenizer.spans(of: text.completion)
        var ids = suspectTokenizer.encode(
            String(decoding: marks.bytes, as: UTF8.self), addSpecialTokens: false, specialTokens: .text)
        var spans = suspectTokenizer.spans(of: ids, skipSpecialTokens: false)
        // A row after the last word is read only in front of something: the end of the text.
        if let end = suspectTokenizer.endID {
            ids.append(end)
            spans.ends.append(spans.bytes.count)
        }
        let prompt = promptIDs(tokenizer.decode(text.prompt))
        return Aligned(text: ReadText(prompt: prompt, completion: ids), alignment: TokenAlignment(marks, spans))
    }

    /// The suspect's distributions in the marks' ids, empty where its tokens begin elsewhere.
    ///
    /// - Parameters:
    ///   - texts: In ids of the marks' tokenizer.
    ///   - top: How many tokens of the suspect's distribution are kept before they are mapped.
    /// - Throws: what the suspect's reader throws.
    public func topTokens(_ texts: [ReadText], top: Int) throws -> [[TopTokens]] {
        let aligned = texts.map(align)
        let rows = try suspect.topTokens(aligned.map(\.text), top: top)
        return zip(aligned, rows).map { aligned, rows in
            aligned.alignment.starts.map { start in
                guard let start, start < rows.count else { return TopTokens() }
                return map(rows[start])
            }
        }
    }

    /// The suspect's log-probability of the text, by the marks' tokens: that of each of its tokens stands at the token of
    /// the marks' in which it ends. So it is the sum over a text that has a meaning; the end of the text counts where the
    /// completion says so with a control token.
    ///
    /// - Parameter texts: In ids of the marks' tokenizer.
    /// - Throws: what the suspect's reader throws.
    public func logProbabilities(_ texts: [ReadText]) throws -> [[Float]] {
        let aligned = texts.map(align)
        let values = try suspect.logProbabilities(aligned.map(\.text))
        return zip(texts, zip(aligned, values)).map { text, read in
            var result = [Float](repeating: 0, count: text.completion.count)
            guard let last = text.completion.last else { return result }
            var owners = read.0.alignment.owners[...]
            if suspectTokenizer.endID != nil {
                owners.removeLast()
                if tokenizer.isSpecial(last) { result[result.count - 1] += read.1.last ?? 0 }
            }
            for (owner, value) in zip(owners, read.1) { result[owner] += value }
            return result
        }
    }
}
