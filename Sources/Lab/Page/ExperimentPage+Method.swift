import ReportPages

extension ExperimentPage {
    /// What the figures are, and what they are not.
    static func method(_ table: ExperimentTable) -> String {
        let terms = [
            (
                "Teacher",
                "The share of released traces whose final answer is the reference answer, over all traces released before an "
                    + "attack."
            ),
            (
                "Student",
                "The share of evaluation problems that a student answers rightly, greedily, after it has learnt the traces; the "
                    + "mean over seeds. A seed decides the teacher's draws and the order of training."
            ),
            (
                "Its interval",
                "95 %: the t interval over seeds and Wilson's interval for the number of problems, added as independent "
                    + "errors. With one seed Wilson's alone, which knows nothing of how seeds differ."
            ),
            (
                "Gap",
                "For each seed, the student of the defence compared with, at the row's teacher accuracy (straight lines between "
                    + "the points of its sweep), less the row's own; the mean, and a 95 % t interval over seeds. Rows under "
                    + "attack are compared with the same attack on the other defence."
            ),
            ("Recovered", "Student accuracy under the attack less that without an attack."),
            (
                "Tokens written per trace",
                "All tokens that the teacher wrote, those of discarded drafts too, over the traces released."
            ),
            (
                "Log-prob per token",
                "The teacher's mean log-probability of the released tokens in nats, before temperature, penalty and rewriting: "
                    + "what a reader of the teacher would be surprised by."
            ),
            (
                "KL",
                "Kullback-Leibler divergence of the sampled distribution from the teacher's, as realised, in nats; of "
                    + "penalised sampling only."
            ),
            ("Similarity", "Of rewritten traces: 1 less the edit distance in words over the number of words."),
        ].map { "<dt>\(ReportText.escape($0.0))</dt><dd>\(ReportText.escape($0.1))</dd>" }
        let limits = [
            "These are the models and problems of one file. Nothing here says how large an effect is on others.",
            "The intervals do not cover choices of settings: who tries many settings and shows the best one will find a gap.",
            "Attackers that were not tried may recover more.",
        ].map { "<li>\(ReportText.escape($0))</li>" }
        return """
            <section aria-labelledby="method">
            <h2 id="method">What the figures are</h2>
            <dl class="terms">\(terms.joined(separator: "\n"))</dl>
            <h3>Limits</h3>
            <ul>\(limits.joined())</ul>
            </section>
            """
    }

    /// What the curves need beside the style of all reports.
    static let style = """
        :root {
          --c0: #5b6570; --c1: #0067a5; --c2: #c2410c; --c3: #0b7a5b; --c4: #a3337c; --c5: #8a6500; --c6: #5b3fa8; --c7: #2b7f9e;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --c0: #b3bcc4; --c1: #6cb6f2; --c2: #ff9a62; --c3: #5fd0a5; --c4: #ee8fcb; --c5: #e3bd4f; --c6: #b7a1f5;
            --c7: #7fd3ee;
          }
        }
        .s0 { --c: var(--c0); } .s1 { --c: var(--c1); } .s2 { --c: var(--c2); } .s3 { --c: var(--c3); }
        .s4 { --c: var(--c4); } .s5 { --c: var(--c5); } .s6 { --c: var(--c6); } .s7 { --c: var(--c7); }
        .plots { grid-template-columns: repeat(auto-fill, minmax(min(26rem, 100%), 1fr)); gap: 2rem; }
        figure { max-width: 36rem; }
        .trade { fill: none; stroke: var(--c); stroke-width: 1.8; stroke-linejoin: round; }
        .trade.base-line { stroke-dasharray: 5 3; }
        .band { fill: var(--c); opacity: 0.13; }
        .whisker { stroke: var(--c); stroke-width: 1; opacity: 0.6; }
        .mark-s { fill: var(--c); stroke: var(--paper); stroke-width: 1; }
        .legend { list-style: none; padding: 0; margin: 1rem 0 0; max-width: none; display: flex; flex-wrap: wrap;
          gap: 0.35rem 1.4rem; font-size: 0.92rem; }
        .legend li { display: flex; align-items: center; gap: 0.4rem; margin: 0; }
        svg.key { width: 0.95rem; height: 0.95rem; flex: none; }
        @media print {
          :root {
            --c0: #5b6570; --c1: #0067a5; --c2: #c2410c; --c3: #0b7a5b; --c4: #a3337c; --c5: #8a6500; --c6: #5b3fa8;
            --c7: #2b7f9e;
          }
          .plots { grid-template-columns: repeat(2, 1fr); }
        }
        """
}
