import Denature
import Foundation
import Testing
import TraceRewriting
import Traces

/// A rewriter from outside: puts a sentence before the reasoning.
private struct SighingRewriter: TraceRewriter {
    let name: String
    let scope = RewriteScope.free
    let isLocal = true
    let carriesLexicalMark = false
    let variesByAttempt = false
    let sigh: String

    func rewrite(_ request: RewriteRequest) async throws(RewriteError) -> RewriteCandidate {
        RewriteCandidate(texts: request.turn.fields.map { sigh + " " + $0.text })
    }
}

private struct SighingKind: RewriterKind {
    let name = "sighing"
    let argument: String? = "SIGH"

    func rewriter(argument: String?, in context: RewriterContext) throws -> any TraceRewriter {
        context.resolve("sigh", argument ?? "Oh.")
        return SighingRewriter(name: name, sigh: argument ?? "Oh.")
    }
}

@Suite struct RewriterRegistryTests {
    private func settings(_ fixture: DefenceFixture, _ rewriter: String) -> SanitizeSettings {
        var settings = fixture.settings()
        settings.rewriter = rewriter
        settings.watermark = []
        return settings
    }

    @Test(arguments: [("sighing", "Oh. First"), ("sighing:Ah me.", "Ah me. First"), ("sighing,lexical", "Oh. First")])
    func aKindFromOutsideIsNamedLikeTheOthers(rewriter: String, beginning: String) async throws {
        let fixture = try DefenceFixture()
        let registry = RewriterRegistry.standard.adding(SighingKind())
        let defence = try Defence(settings(fixture, rewriter), rewriters: registry)
        let record = try await defence.rewrite(line: Array(DefenceFixture.line(1).utf8))
        #expect(record.rewriter == "sighing" && record.state == .rewritten)
        #expect(String(decoding: try #require(record.bytes), as: UTF8.self).contains(#""trace":"\#(beginning)"#))
        #expect(defence.identity.values["sigh"] == (rewriter.contains(":") ? "Ah me." : "Oh."))
    }

    @Test func aRewriterByItselfIsNamedByItsName() async throws {
        let fixture = try DefenceFixture()
        let registry = RewriterRegistry.standard.adding(SighingRewriter(name: "moaning", sigh: "Woe."))
        let defence = try Defence(settings(fixture, "moaning"), rewriters: registry)
        let trace = try await defence.rewrite(
            problem: nil, trace: "First, Anna takes a big crate. Then she adds 3 apples to it, so there are 4.\n#### 4")
        #expect(trace.text?.hasPrefix("Woe. ") == true)
        // A value as it is has no argument.
        #expect(throws: SettingsError.self) {
            try Defence(settings(fixture, "moaning:loudly"), rewriters: registry)
        }
    }

    @Test func whatIsNotThereIsListed() throws {
        let fixture = try DefenceFixture()
        let registry = RewriterRegistry.standard.adding(SighingKind())
        let error = #expect(throws: SettingsError.self) {
            try Defence(settings(fixture, "magic"), rewriters: registry)
        }
        #expect(
            try #require(error).message.contains(
                "lexical, gradient, instruction, instruction:TEMPLATE, none, sighing, sighing:SIGH"))
        #expect(registry.adding(SighingKind()).kinds.count == registry.kinds.count)
    }
}
