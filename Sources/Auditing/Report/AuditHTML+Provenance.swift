import ReportPages

extension AuditHTML {
    /// The tested keys by their public names; opened commitments first and marked.
    static func keys(_ report: AuditReport) -> String {
        let opened = report.keys.filter { $0.opened != nil }
        let sorted = opened + report.keys.filter { $0.opened == nil }
        let rows = sorted.map { key in
            [
                .head(key.tenant), .text(key.epoch), .text(key.purpose.rawValue), .code(key.keyID),
                .code(key.commitment),
                key.opened.map { .mark("opened \($0)") } ?? .text("closed"),
            ] as [HTMLTable.Cell]
        }
        let table = HTMLTable(
            caption: "Tested keys and their commitments",
            columns: [
                .text("customer"), .text("epoch"), .text("purpose"), .text("key id"), .text("commitment"),
                .text("commitment is"),
            ], rows: rows, isMarked: sorted.map { $0.opened != nil })
        let warning =
            opened.isEmpty
            ? ""
            : "<p class=\"note\"><strong>Opened:</strong> who knows an opened key can make or remove its mark since then. Only text "
                + "from before the opening speaks for itself.</p>"
        return """
            <section aria-labelledby="keys">
            <h2 id="keys">Keys and commitments</h2>
            <p>A commitment is published before a dispute and says nothing about the key. Opening it later proves that the key was
            fixed at that time, and not chosen to fit the suspect.</p>
            \(warning)
            \(table.html(limit: max(5, opened.count), rest: "other keys"))
            </section>
            """
    }

    /// Digests of everything that was used.
    static func digests(_ report: AuditReport) -> String {
        let table = HTMLTable(
            caption: "SHA-256 of what was used", columns: [.text("of"), .text("SHA-256")],
            rows: report.digests.map { [.head($0.name.rawValue), .code($0.sha256)] })
        return """
            <section aria-labelledby="digests">
            <h2 id="digests">Digests</h2>
            <p>Each digest names one file exactly. A file with one byte changed has another digest.</p>
            \(table.html())
            </section>
            """
    }

    /// How the figures are checked.
    static func verification(_ report: AuditReport) -> String {
        """
        <section aria-labelledby="verify">
        <h2 id="verify">How to check this report</h2>
        <ol>
        <li>Compare the digests above with those of the files (<code>sha256sum</code>).</li>
        <li>Run <code>denature audit verify</code> with the plan, the evidence file and the keyring. It checks that no line of the
        evidence was changed, left out or moved, and computes every number of this report again, without a network and without
        the suspect.</li>
        <li>Compare opened commitments with those that were published: <code>denature keys commitments</code>.</li>
        </ol>
        <p class="meta">\(ReportText.escape(report.program)) · \(ReportText.escape(report.schema))</p>
        </section>
        """
    }
}
