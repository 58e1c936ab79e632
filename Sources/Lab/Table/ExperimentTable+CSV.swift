import Foundation

extension ExperimentTable {
    /// The table as CSV (RFC 4180, line feeds): a line for each row, lists separated by spaces, nothing where there is no value.
    public func csv() -> String {
        func number(_ value: Double?) -> String { value.map(NumberText.of) ?? "" }
        func list(_ values: [Double]?) -> String { (values ?? []).map(NumberText.of).joined(separator: " ") }
        let columns: [(name: String, value: (Row) -> String)] = [
            ("defence", { $0.defence }), ("setting", { $0.setting }), ("attacker", { $0.attacker }),
            ("teacher_accuracy", { number($0.teacherAccuracy) }), ("student_accuracy", { number($0.studentAccuracy) }),
            ("student_low", { number($0.studentLow) }), ("student_high", { number($0.studentHigh) }),
            ("student_accuracies", { list($0.studentAccuracies) }), ("against", { $0.against ?? "" }),
            ("gap", { number($0.gap) }), ("gap_low", { number($0.gapLow) }), ("gap_high", { number($0.gapHigh) }),
            ("gap_teacher_accuracy", { number($0.gapTeacherAccuracy) }), ("recovered", { number($0.recovered) }),
            ("generated_tokens", { number($0.generatedTokens) }), ("mean_tokens", { number($0.meanTokens) }),
            ("mean_log_prob", { number($0.meanLogProbability) }), ("kl_per_token", { number($0.klPerToken) }),
            ("kl_per_trace", { number($0.klPerTrace) }), ("similarity", { number($0.similarity) }),
            ("judge_score", { number($0.judgeScore) }),
            ("learnt_traces", { number($0.learntTraces) }), ("learnt_accuracy", { number($0.learntAccuracy) }),
            ("audit_log10_p", { list($0.auditLog10P) }), ("audit_found", { $0.auditFound.map(String.init) ?? "" }),
            ("audit_wrong", { $0.auditWrong.map(String.init) ?? "" }),
        ]
        var lines = [columns.map(\.name).joined(separator: ",")]
        for row in rows { lines.append(columns.map { Self.quoted($0.value(row)) }.joined(separator: ",")) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func quoted(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
