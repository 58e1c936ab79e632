import Answers
import Statistics
import Traces

/// Rewrites reasoning by an instruction to an endpoint (Ma et al., arXiv 2602.15143, instruction-based rewriting).
public struct InstructionRewriter: TraceRewriter {
    /// `instruction:<template>`.
    public let name: String
    /// Writes freely.
    public let scope = RewriteScope.free
    /// Waits for the endpoint.
    public let isLocal = false
    /// The keyed lexicon is applied afterwards.
    public let carriesLexicalMark = false
    /// Every attempt has another seed.
    public let variesByAttempt = true
    /// The template's digest.
    public let promptDigest: String?

    private let template: PromptTemplate
    private let endpoint: any CompletionEndpoint
    /// Whether the prompt asks for the new reasoning between tags.
    private let asksForTags: Bool

    /// A rewriter that fills `template` and sends it to `endpoint`.
    public init(template: PromptTemplate, endpoint: any CompletionEndpoint) {
        name = "instruction:" + template.name
        promptDigest = template.digest
        self.template = template
        self.endpoint = endpoint
        asksForTags = template.instructionText.contains("<rewritten>")
    }

    /// The template's own words, for the gate.
    package var instructionText: String { template.instructionText }

    /// One request per reasoning region; tags, answer and everything else of the turn stay where they are.
    ///
    /// - Throws: ``RewriteError`` of the endpoint.
    public func rewrite(_ request: RewriteRequest) async throws(RewriteError) -> RewriteCandidate {
        var candidate = RewriteCandidate(texts: [])
        let found =
            AnswerExtractor.extract(from: request.turn.text)
            ?? request.solution.flatMap { AnswerExtractor.reference(in: $0) }
        let answer = found?.text ?? ""
        var region: UInt64 = 0
        for field in request.turn.fields {
            var replacements: [(range: Range<Int>, text: String)] = []
            for range in field.reasoning {
                let (body, inner) = Self.trimmed(field.text.utf8Slice(range), offset: range.lowerBound)
                guard !body.isEmpty else { continue }
                let prompt = template.render([
                    .problem: request.turn.problem ?? "", .reasoning: body, .answer: answer,
                    .statement: request.trigger?.statement ?? "",
                ])
                let completion = try await endpoint.complete(
                    prompt, seed: Self.seed(request, region: region), willSend: request.willSend)
                region += 1
                candidate.usage += completion.usage
                let reply = InstructionReply(completion.text, expectsTags: asksForTags)
                candidate.statedAnswer = reply.statedAnswer ?? candidate.statedAnswer
                if let defect = Self.defect(of: completion, reply) {
                    candidate.defect = defect
                    candidate.texts = request.turn.fields.map(\.text)
                    return candidate
                }
                replacements.append((inner, reply.reasoning))
            }
            candidate.texts.append(replacements.isEmpty ? field.text : field.text.replacingUTF8(replacements))
        }
        return candidate
    }

    private static func defect(of completion: Completion, _ reply: InstructionReply) -> Rejection? {
        if completion.isRefusal || completion.finish == .contentFilter { return .refusal }
        if completion.finish == .length { return .truncated }
        if let defect = reply.defect { return defect }
        return reply.reasoning.isEmpty ? .emptyReply : nil
    }

    /// The text without surrounding white space, and its UTF-8 range.
    private static func trimmed(_ text: String, offset: Int) -> (text: String, range: Range<Int>) {
        let bytes = Array(text.utf8)
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }), let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return ("", offset..<offset) }
        return (text.utf8Slice(first..<(last + 1)), (offset + first)..<(offset + last + 1))
    }

    /// Differs by attempt and region; 31 bits, which every endpoint takes.
    private static func seed(_ request: RewriteRequest, region: UInt64) -> UInt64 {
        SeededGenerator.mix(request.seed ^ SeededGenerator.mix(UInt64(request.attempt) << 16 &+ region)) >> 33
    }
}
