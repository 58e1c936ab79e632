import TraceRewriting

/// A rewriter of one's own: says “all told” where traces say “altogether”, “in all” or “in total”.
struct AllToldRewriter: TraceRewriter {
    let name = "all-told"
    let scope = RewriteScope.words
    let isLocal = true
    let carriesLexicalMark = false
    let variesByAttempt = false

    func rewrite(_ request: RewriteRequest) async throws(RewriteError) -> RewriteCandidate {
        RewriteCandidate(texts: request.turn.fields.map(rewritten))
    }

    /// Only the reasoning changes. What was changed nevertheless, or too much, the gate turns down.
    private func rewritten(_ field: AnalysedField) -> String {
        let bytes = Array(field.text.utf8)
        var text = ""
        var position = 0
        for range in field.reasoning {
            text += String(decoding: bytes[position..<range.lowerBound], as: UTF8.self)
            var reasoning = String(decoding: bytes[range], as: UTF8.self)
            for phrase in [" altogether.", " in all.", " in total."] { reasoning.replace(phrase, with: " all told.") }
            text += reasoning
            position = range.upperBound
        }
        return text + String(decoding: bytes[position...], as: UTF8.self)
    }
}
