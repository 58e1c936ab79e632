import Foundation
import TraceRewriting

/// What the optimiser is asked (optimisation by prompting: Yang et al., arXiv 2309.03409): instructions with their scores,
/// the best one last, and the wish for a better one.
enum MetaPrompt {
    /// The most tokens of a reply; reasoning models think first.
    private static let maximumTokens = 4_096

    /// - Parameters:
    ///   - entries: What was tried, the best first.
    ///   - baseline: The score of the traces as they are.
    ///   - proposal: Which of the round's proposals this is, from 0.
    ///   - attempt: How often it was asked for before.
    static func prompt(
        entries: [Leaderboard.Entry], baseline: Leaderboard.Entry?, proposal: Int, attempt: Int,
        options: SearchOptions
    ) -> RenderedPrompt {
        var text = """
            Below are instructions with the scores they reached, from the lowest to the highest; higher is better. Each \
            tells a language model how to rewrite the reasoning of worked solutions. A score is high when students that \
            are trained on the rewritten solutions learn little from them, while the final answer survives the \
            rewriting in every solution.

            """
        if let score = baseline?.score { text += "\nSolutions that are not rewritten score \(format(score)).\n" }
        for entry in entries.prefix(options.history).reversed() {
            text += """

                <instruction>
                \(entry.candidate.instruction)
                </instruction>
                Score: \(format(entry.score)) (answers lost: \(format(100 * entry.lostShare, digits: 1)) %)

                """
        }
        text += """

            Write one new instruction that differs from all of these in more than wording and would reach a higher score.

            - It must hold for any problem: no problem, number, name or answer in it.
            - The rewriter is given problem, reasoning and answer after the instruction: no placeholders, no braces, no \
            tags.
            - At most \(options.maximumInstructionBytes) bytes.

            This is proposal \(proposal + 1) of \(options.proposals) from the same examples: make it unlike the others.
            """
        if attempt > 0 {
            text +=
                "\nAn earlier reply to this request could not be used; keep to what is asked (attempt \(attempt + 1))."
        }
        text += "\nPut it between <instruction> and </instruction>, and write nothing else."
        return RenderedPrompt(
            system: "You improve instructions for a language model that rewrites worked solutions.", user: text,
            sampling: PromptTemplate.Sampling(
                temperature: options.optimizerTemperature, topP: nil, maxTokens: maximumTokens))
    }

    private static func format(_ value: Double, digits: Int = 4) -> String {
        String(format: "%.\(digits)f", value)
    }
}
