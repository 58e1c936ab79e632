import Foundation
import Testing

@testable import JobLedger

/// Ledgers that were written when parameters had members of their own.
@Suite struct EarlierParametersTests {
    private static let json = """
        {"epoch":"1","input":"in.jsonl","keep_candidates":false,"key_ids":["ab","cd"],"lexicon_digest":"ef",\
        "other":{"answer-forcing":"false","attempts":"3","candidates":"1","format":"auto","length-ratio":"0.5:3",\
        "trigger-share":"0.1"},"output":"out.jsonl","policy":"pass-original","prompt_digests":{"semantic":"77"},\
        "rewriters":["instruction:semantic","lexical"],"seed":5,"tenant":"acme","watermarks":["lexical","trigger"]}
        """

    private func recorded() throws -> JobParameters {
        try JSONDecoder().decode(JobParameters.self, from: Data(Self.json.utf8))
    }

    /// The same job as a program of today asks for it: with settings that nobody recorded then.
    private let today = JobParameters(
        input: "in.jsonl", output: "out.jsonl",
        settings: [
            "epoch": "1", "key_ids": "ab,cd", "lexicon": "ef", "attempts": "3", "candidates": "1",
            "length_ratio": "0.5:3", "trigger_share": "0.1", "trigger_pairs": "8", "policy": "pass-original",
            "prompt semantic": "77", "rewriter": "instruction:semantic,lexical", "seed": "5", "tenant": "acme",
            "watermark": "lexical,trigger", "gain": "ds", "prompt": "semantic",
        ])

    @Test func theSameJobIsTakenUp() throws {
        #expect(try recorded().differences(from: today).isEmpty)
    }

    @Test(arguments: [
        ("seed", "6"), ("watermark", "lexical"), ("rewriter", "lexical"), ("tenant", nil), ("key_ids", "ab"),
        ("lexicon", "00"), ("prompt semantic", "00"), ("policy", "fail"), ("keep_candidates", "true"),
        ("format", "gsm8k"), ("answer_forcing", "true"), ("trigger_pairs", "12"), ("length_ratio", "0.5:2"),
    ])
    func whatWasRecordedIsCompared(name: String, value: String?) throws {
        var changed = today
        changed.settings[name] = value
        #expect(try recorded().differences(from: changed).map(\.name) == [name])
    }

    @Test func writtenAgainTheyHaveTheFormOfToday() throws {
        let again = try JSONDecoder().decode(JobParameters.self, from: Data(today.canonicalJSON().utf8))
        #expect(again == today)
        var more = today
        more.settings["unheard_of"] = "1"
        #expect(again.differences(from: more).map(\.name) == ["unheard_of"])
    }
}
