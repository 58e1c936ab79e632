import KeyedPRF
import Marks
import Synchronization
import Traces

/// Rewrites reasoning with the built-in lexicon, offline and deterministically. With a key its choices are the lexical
/// mark (page *Marks in texts* of Marks); without one they only paraphrase.
public struct LexicalRewriter: TraceRewriter {
    /// `lexical`.
    public let name = "lexical"
    /// Word for word.
    public let scope = RewriteScope.words
    /// Runs in this process.
    public let isLocal = true
    /// True when made with a key.
    public let carriesLexicalMark: Bool
    /// The choices depend on key and text only.
    public let variesByAttempt = false

    private let markers: WorkerPool<LexicalMarker>

    /// A rewriter whose choices carry the mark of `key`.
    ///
    /// - Throws: `KeyedPRFError` if libcrypto refuses.
    public init(scheme: LexicalScheme, key: Subkey) throws(KeyedPRFError) {
        carriesLexicalMark = true
        markers = try WorkerPool { () throws(KeyedPRFError) in try LexicalMarker(scheme: scheme, key: key) }
    }

    /// A rewriter that paraphrases by `seed` and carries no mark.
    ///
    /// - Throws: `KeyedPRFError` if libcrypto refuses.
    public init(scheme: LexicalScheme, seed: UInt64) throws(KeyedPRFError) {
        carriesLexicalMark = false
        markers = try WorkerPool { () throws(KeyedPRFError) in try LexicalMarker(scheme: scheme, seed: seed) }
    }

    /// Rewrites every field's reasoning.
    ///
    /// - Throws: Nothing.
    public func rewrite(_ request: RewriteRequest) async throws(RewriteError) -> RewriteCandidate {
        apply(to: request.turn)
    }

    /// The same without waiting.
    package func apply(to turn: AnalysedTurn) -> RewriteCandidate {
        markers.withWorker { marker in
            var candidate = RewriteCandidate(texts: [], opportunities: 0)
            for field in turn.fields {
                guard !field.reasoning.isEmpty else {
                    candidate.texts.append(field.text)
                    continue
                }
                let marked = marker.mark(field.text, reasoning: field.reasoning, protected: field.protected)
                candidate.texts.append(marked.text)
                candidate.opportunities = (candidate.opportunities ?? 0) + marked.opportunities
            }
            return candidate
        }
    }
}
