import ReportPages

extension AuditHTML {
    /// How the tests work, in plain words: only of what was used.
    static func method(_ report: AuditReport) -> String {
        var entries: [(term: String, text: String)] = []
        func add(_ term: String, _ text: String) {
            if !entries.contains(where: { $0.term == term }) { entries.append((term, text)) }
        }
        for test in report.tests {
            let kind = kindText(test.kind)
            add(kind.name, kind.text)
        }
        for test in report.tests {
            add("p-value: " + primaryName(test.primary), primaryText(test.primary))
        }
        let terms = entries.map { entry in
            "<dt>\(ReportText.escape(entry.term))</dt><dd>\(ReportText.escape(entry.text))</dd>"
        }
        return """
            <section aria-labelledby="method">
            <h2 id="method">How it was done</h2>
            <p>Every customer's answers carry a mark: a faint preference, decided by a secret key of that customer's own, among
            words that serve equally well. Nobody without the key can see it, and text that was not marked with the key agrees
            with it only by chance. A model that learns from marked text takes over some of the preference. The audit asks
            whether the suspect agrees with a key more often than chance allows.</p>
            <p>Keys, questions, tests, the level and the sample sizes were written down in a plan before the first question, and
            the plan's digest is below. A p-value is the probability of a result at least this strong if the suspect had nothing
            to do with the key. Many keys and tests are tried at once, which gives chance many tries: the
            <em>adjusted</em> p-values (Holm's method) make up for that, whatever the tests have to do with each other. A key
            counts as found if its adjusted p-value is at most the level.</p>
            <dl class="terms">\(terms.joined(separator: "\n"))</dl>
            </section>
            """
    }

    private static func kindText(_ kind: AuditPlan.TestKind) -> (name: String, text: String) {
        switch kind {
        case .outputs:
            (
                "Outputs",
                "The suspect's answers are read token by token. Each distinct place where the key could have decided "
                    + "something counts once, however often it is repeated, and words copied from the question do not count."
            )
        case .outputsReference:
            (
                "Outputs against a reference",
                "As with outputs, but compared with what a similar model would have written that never saw marked text: only "
                    + "the difference counts. This sees faint marks in text that repeats itself."
            )
        case .reading:
            (
                "Reading with the weights",
                "The suspect's weights read texts and give, at every place, the probability of each next word. The test "
                    + "asks whether the key's words are given more than their share."
            )
        case .readingReference:
            (
                "Reading against a reference",
                "As with reading, less what a similar model gives that never saw marked text."
            )
        case .text:
            (
                "Marks in the wording",
                "The answers are searched for places where equivalent expressions could have been used. The test counts how "
                    + "often the suspect's choice is the key's."
            )
        case .trigger:
            (
                "Trigger questions",
                "Marked text states values for meaningless identifiers, which the key chooses from hundreds. The suspect is "
                    + "asked for them inside ordinary problems. A pair counts as a hit if the key's value is the single most "
                    + "frequent answer. Identifiers that no key uses are asked about in between."
            )
        case .candidates:
            (
                "Released against unchosen",
                "Of several versions of a text the key chose the one that was released. The test asks whether the suspect "
                    + "finds the released versions more familiar than the others, and whether it would for other keys' choices."
            )
        }
    }

    /// A method of making p-values in a word or two.
    static func primaryName(_ primary: AuditPlan.Primary) -> String {
        switch primary {
        case .exact: "exact"
        case .keyRandomisation: "decoy keys"
        case .chernoff: "upper bound"
        case .eValue: "bets"
        }
    }

    private static func primaryText(_ primary: AuditPlan.Primary) -> String {
        switch primary {
        case .exact:
            "The probability is computed, not estimated: of all possible keys, the share that agrees with the text at least "
                + "this often."
        case .keyRandomisation:
            "The real key is compared with many decoy keys that marked nothing. The p-value is its rank among them, and never "
                + "smaller than one over their number."
        case .chernoff:
            "An upper bound of the probability of at least this score under a random key (Chernoff). The true probability is "
                + "smaller; so it is safe, at the price of some sensitivity."
        case .eValue:
            "A bet that gains nothing on average if the suspect does not know the key. Its gain may be looked at after each "
                + "pair, and the test stopped at any time: a gain of a thousand has a probability of at most one in a thousand."
        }
    }

    /// Limits of every audit, after the remarks on this one.
    static func limits(_ report: AuditReport) -> String {
        let general = [
            "A finding is about text, not about conduct: it says that marked text was learned from, not who did what.",
            "A mark that was not found may have been washed out: by rephrasing, by mixing with other data, by training on.",
            "All rests on the secrecy of the keys until the evidence was complete.",
            report.level < report.alpha
                ? "This audit may spend \(ReportText.number(report.level)) of the level \(ReportText.number(report.alpha)) "
                    + "that all rounds of its chain share."
                : "The level \(ReportText.number(report.alpha)) is for all rounds of this chain of audits together.",
        ]
        let remarks =
            report.remarks.isEmpty
            ? "" : "<h3>Remarks on this audit</h3>" + list(report.remarks) + "<h3>In general</h3>"
        return """
            <section aria-labelledby="limits">
            <h2 id="limits">Limits and remarks</h2>
            \(remarks)
            \(list(general))
            </section>
            """
    }
}
