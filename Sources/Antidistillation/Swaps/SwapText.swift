import Answers
import Tokenizers
import TraceRewriting
import Traces
import TrainingExamples

/// A turn in a proxy's tokens, with the places where a token may be exchanged.
///
/// A place is a whole word or a mark of punctuation (`SwapVocabulary`) inside the reasoning, outside everything that `ProtectedSpans` protects
/// (numbers, operators, formulas, code, markup), and not in the final answer.
public struct SwapText: Sendable {
    /// A place where a token may be exchanged.
    public struct Site: Hashable, Sendable {
        /// The index in the completion.
        public var index: Int
        /// What the token that comes in must be.
        public var kind: SwapVocabulary.Kind
    }

    /// The problem, if the turn has one.
    public let problem: String?
    /// The ids of the prompt.
    public let prompt: [Int32]
    /// The ids of the completion, the end token last.
    public let completion: [Int32]
    /// The places in order.
    public let sites: [Site]

    private let turn: AnalysedTurn
    private let tokenizer: Tokenizer
    private let format: PromptFormat
    /// What the prompt's format takes off the beginning of the completion.
    private let removed: [UInt8]
    /// For each field where its bytes are among those of the completion's tokens.
    private let fields: [Range<Int>]
    /// Per token of the completion, where its bytes end.
    private let ends: [Int]
    private let answer: String?
    private let vocabulary: SwapVocabulary

    /// - Parameters:
    ///   - turn: The turn.
    ///   - tokenizer: The proxy's.
    ///   - format: How the proxy is asked.
    ///   - vocabulary: What may be exchanged.
    /// - Throws: `RewriteError` with `failed` for a text that the tokens do not give back byte for byte, or without a
    ///   problem where the format needs one.
    public init(
        _ turn: AnalysedTurn, tokenizer: Tokenizer, format: PromptFormat, vocabulary: SwapVocabulary
    ) throws(RewriteError) {
        self.turn = turn
        self.tokenizer = tokenizer
        self.format = format
        self.vocabulary = vocabulary
        problem = turn.problem
        if let problem {
            do throws(TrainingExamplesError) {
                prompt = try format.prompt(problem, tokenizer: tokenizer)
            } catch {
                throw .failed(error.description)
            }
        } else if case .plain = format {
            prompt = tokenizer.prefixIDs
        } else {
            throw .failed("the trace has no problem, and the proxy's chat format needs one")
        }
        let whole = TraceExample.completion(of: turn.fields.map { TraceField(role: $0.role, text: $0.text) })
        completion = try Self.encode(whole.text, tokenizer, format)
        let (bytes, ends) = tokenizer.spans(of: completion.dropLast())
        let text = Array(whole.text.utf8)
        let removed = text.count - bytes.count
        guard removed >= 0, text.dropFirst(removed).elementsEqual(bytes) else {
            throw .failed("the proxy's tokenizer does not give the trace back byte for byte")
        }
        self.removed = Array(text.prefix(removed))
        self.ends = ends
        fields = zip(turn.fields, whole.starts).map { field, start in
            start - removed..<start - removed + field.text.utf8.count
        }
        answer = AnswerExtractor.extract(from: turn.text)?.text
        sites = Self.sites(completion, bytes, ends, turn: turn, fields: fields, vocabulary: vocabulary)
    }

    private static func encode(
        _ text: String, _ tokenizer: Tokenizer, _ format: PromptFormat
    ) throws(RewriteError) -> [Int32] {
        do throws(TrainingExamplesError) {
            return try format.completion(text, tokenizer: tokenizer)
        } catch {
            throw .unavailable(error.description)
        }
    }

    private static func sites(
        _ completion: [Int32], _ bytes: [UInt8], _ ends: [Int], turn: AnalysedTurn, fields: [Range<Int>],
        vocabulary: SwapVocabulary
    ) -> [Site] {
        var sites: [Site] = []
        for (index, end) in ends.enumerated() {
            guard let kind = vocabulary.kind(of: completion[index]) else { continue }
            let start = (index > 0 ? ends[index - 1] : 0) + (kind == .spaced ? 1 : 0)
            guard start < end, end <= bytes.count, isWhole(start..<end, bytes) else { continue }
            guard let field = fields.firstIndex(where: { $0.lowerBound <= start && end <= $0.upperBound }) else {
                continue
            }
            let place = start - fields[field].lowerBound..<end - fields[field].lowerBound
            let analysed = turn.fields[field]
            guard
                analysed.reasoning.contains(where: {
                    $0.lowerBound <= place.lowerBound && place.upperBound <= $0.upperBound
                }),
                !analysed.protected.contains(where: { $0.overlaps(place) })
            else { continue }
            sites.append(Site(index: index, kind: kind))
        }
        return sites
    }

    private static func isWhole(_ place: Range<Int>, _ bytes: [UInt8]) -> Bool {
        let next = place.upperBound < bytes.count ? bytes[place.upperBound] : 0x20
        guard joins(bytes[place.lowerBound]) else {
            // Punctuation ends something; what goes on behind it is a decimal point or a time of day.
            return next == 0x20 || next == 0x0A
        }
        return (place.lowerBound == 0 || !joins(bytes[place.lowerBound - 1])) && !joins(next)
    }

    /// Whether a byte beside a run of letters makes it part of something longer.
    private static func joins(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...: true
        case UInt8(ascii: "'"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: "\\"): true
        default: false
        }
    }

    // MARK: Exchanging

    /// The tokens that may take the place of the trace's own at a site, in order of ids.
    public func replacements(at site: Site) -> [Int32] {
        guard completion.indices.contains(site.index) else { return [] }
        let own = completion[site.index]
        return vocabulary.tokens(site.kind).filter { $0 != own }
    }

    /// The texts of the turn's fields with another completion of as many tokens, which differs at ``sites`` only.
    ///
    /// - Returns: Nil for one that may not be released: its text does not give the same tokens again, or has another
    ///   answer, other numerals or formulas, other names where words are exchanged only, or other regions.
    public func texts(of exchanged: [Int32]) -> [String]? {
        guard exchanged.count == completion.count, exchanged.last == completion.last else { return nil }
        let (bytes, newEnds) = tokenizer.spans(of: exchanged.dropLast())
        guard newEnds.count == ends.count,
            let whole = String(validating: removed + bytes, as: UTF8.self),
            let again = try? format.completion(whole, tokenizer: tokenizer), again == exchanged
        else { return nil }
        var replacements: [[(range: Range<Int>, text: String)]] = fields.map { _ in [] }
        for site in sites where exchanged[site.index] != completion[site.index] {
            let old = (site.index > 0 ? ends[site.index - 1] : 0)..<ends[site.index]
            let new = (site.index > 0 ? newEnds[site.index - 1] : 0)..<newEnds[site.index]
            // The word's end is in the field; the space before it may be what joins two fields.
            guard
                let field = fields.firstIndex(where: {
                    $0.lowerBound <= old.lowerBound && old.upperBound <= $0.upperBound
                })
            else { return nil }
            let start = old.lowerBound - fields[field].lowerBound
            replacements[field].append((start..<start + old.count, String(decoding: bytes[new], as: UTF8.self)))
        }
        var texts = turn.fields.map(\.text)
        let withNames = vocabulary.scope == .words
        for (index, replacements) in replacements.enumerated() where !replacements.isEmpty {
            texts[index] = texts[index].replacingUTF8(replacements)
            let old = turn.fields[index]
            let new = old.with(text: texts[index])
            guard new.reasoning.count == old.reasoning.count, new.protected.count == old.protected.count,
                TextInvariants(of: new.text, withNames: withNames)
                    == TextInvariants(of: old.text, withNames: withNames)
            else { return nil }
        }
        guard AnswerExtractor.extract(from: turn.replacing(texts: texts).text)?.text == answer,
            TraceExample.completion(of: zip(turn.fields, texts).map { TraceField(role: $0.role, text: $1) }).text
                == whole
        else { return nil }
        return texts
    }
}
