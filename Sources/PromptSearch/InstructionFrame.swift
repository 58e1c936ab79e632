import Foundation
import TraceRewriting

/// The prompt around an instruction: what the rewriter is given beside it, and what no instruction may change.
package enum InstructionFrame {
    /// The Markdown file of a template with this instruction, as those in `prompts/` are.
    ///
    /// - Parameters:
    ///   - instruction: The instruction.
    ///   - name: The template's name.
    ///   - purpose: What it is for.
    ///   - source: Where it comes from.
    ///   - sampling: Sampling defaults.
    package static func markdown(
        instruction: String, name: String, purpose: String, source: String, sampling: PromptTemplate.Sampling
    ) -> String {
        var header = """
            ---
            name: \(quoted(name))
            purpose: \(quoted(purpose))
            source: \(quoted(source))
            variables: [problem, reasoning, answer]

            """
        let values = [
            sampling.temperature.map { "  temperature: \($0)" }, sampling.topP.map { "  top_p: \($0)" },
            sampling.maxTokens.map { "  max_tokens: \($0)" },
        ].compactMap(\.self)
        if !values.isEmpty { header += "sampling:\n" + values.joined(separator: "\n") + "\n" }
        return header + """
            ---

            # System

            You rewrite worked solutions. What a solution establishes never changes under your hands.

            # User

            \(instruction)

            Whatever is asked above:
            - Keep every number, unit and equation that the conclusion depends on, and keep the result itself.
            - Add no remark about these requirements and no greeting.
            - Put the new reasoning between <rewritten> and </rewritten>. After it, on a line of its own, write
              "Final answer:" and the answer, unchanged.

            The problem:
            {{problem}}

            The reasoning:
            {{reasoning}}

            The answer it must still lead to: {{answer}}

            """
    }

    /// The template that a candidate is tried with.
    static func template(
        of candidate: SearchCandidate, sampling: PromptTemplate.Sampling
    ) throws(PromptTemplateError) -> PromptTemplate {
        try PromptTemplate(
            markdown: markdown(
                instruction: candidate.instruction, name: "candidate-\(candidate.id)", purpose: "On trial.",
                source: "Prompt search.", sampling: sampling), file: "candidate-\(candidate.id)")
    }

    /// A YAML string in double quotation marks, whose escapes are those of JSON.
    private static func quoted(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        // A string can always be encoded.
        guard let data = try? encoder.encode(text) else { return "\"\"" }
        return String(decoding: data, as: UTF8.self)
    }
}

/// Instructions that a search begins with when none are given.
package enum StartingInstructions {
    /// Formal density, and merged steps: the ideas of the shipped templates.
    package static let shipped = [
        """
        Restate the reasoning below for a specialist audience. Write formal, compact prose with precise, uncommon \
        vocabulary and subordinate clauses in place of short plain sentences.
        """,
        """
        Condense and reorder the reasoning below so that an expert can verify it but a beginner could not copy its \
        method. Merge routine steps into single compound statements, and present results before their derivation where \
        that is sound.
        """,
    ]
}
