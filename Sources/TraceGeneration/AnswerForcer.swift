import Generation
import Tokenizers
import TrainingExamples

/// Answer forcing: to a trace that marks no final answer, or to every trace, a string such as "\n#### " is appended, and
/// the teacher, without penalty, goes on greedily.
struct AnswerForcer {
    let forcing: String
    let tokenizer: Tokenizer
    let format: PromptFormat
    let maxNewTokens: Int
    let stopStrings: [String]
    /// Whether traces that mark an answer are asked again.
    let forcesAll: Bool

    /// Forces answers. Traces that fill the context stay as they are.
    func force(
        _ sequences: inout [SampledSequence], prompts: [[Int32]], contextLength: Int, _ sampler: SequenceSampler
    ) throws {
        let ids = tokenizer.encode(forcing, addSpecialTokens: false, specialTokens: .text)
        let stopTokens = format.stopTokens(tokenizer)
        var forced: [Int] = []
        var requests: [GenerationRequest] = []
        for (index, sequence) in sequences.enumerated() where forcesAll || !sequence.marksAnswer {
            // The end token would close the text that is to go on.
            let ended = sequence.finishReason == .stop ? Array(sequence.tokens.dropLast()) : sequence.tokens
            let prompt = prompts[sequence.problem] + ended + ids
            guard prompt.count < contextLength else { continue }
            forced.append(index)
            requests.append(
                GenerationRequest(
                    prompt: prompt, seed: 0, maxNewTokens: maxNewTokens, stopTokens: stopTokens,
                    stopStrings: stopStrings + ["\n"]))
        }
        let results = try sampler.run(
            requests, processors: DecodingOptions.greedy.processors(), sampler: DecodingOptions.greedy.sampler)
        for (index, (request, result)) in zip(forced, zip(requests, results)) {
            let prompt = prompts[sequences[index].problem].count
            sequences[index].tokens = Array(request.prompt.dropFirst(prompt)) + result.tokens
            sequences[index].text += forcing + (result.text ?? tokenizer.decode(result.contentTokens))
            sequences[index].drawnCount += result.tokens.count
            sequences[index].isForced = true
        }
    }
}
