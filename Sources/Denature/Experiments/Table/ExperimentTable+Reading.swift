import Lab
import Statistics

extension ExperimentTable {
    /// Gathers the table from the stages' results in `output`.
    ///
    /// - Throws: `ExperimentError` where a stage is missing or what it made is not understood.
    public init(
        _ experiment: Experiment, plan: ExperimentPlan, output: String, version: String
    ) throws(ExperimentError) {
        var results = StageResults(root: output)
        var measured: [MeasuredRow] = []
        for row in plan.rows { measured.append(try MeasuredRow(row, &results)) }
        self.init(
            title: experiment.title, version: version, seeds: experiment.seeds, baseline: experiment.baseline)
        evaluationProblems = measured.first?.problems ?? 0
        rows = measured.map { row in
            var finished = row.row
            row.compare(with: measured, &finished)
            return finished
        }
    }
}

/// A row with its values for each seed.
private struct MeasuredRow {
    let planned: PlannedRow
    var row: ExperimentTable.Row
    var problems = 0
    /// For each seed.
    private var teachers: [Double] = []
    private var students: [Double] = []

    init(_ planned: PlannedRow, _ results: inout StageResults) throws(ExperimentError) {
        self.planned = planned
        var released: [StageResults.TraceFigures] = []
        var learnt: [StageResults.TraceFigures] = []
        var generated: [Double] = []
        var similarities: [Double] = []
        var judgements: [Double?] = []
        for point in planned.points {
            let sampled = try results.figures(point.kept)
            var figures = sampled
            if let score = point.score {
                let scored = try results.score(score)
                figures = try results.figures(point.released)
                figures.meanTokens = scored.meanTokens
                figures.meanLogProbability = scored.meanLogProb
                figures.klPerToken = sampled.klPerToken
                figures.klPerTrace = sampled.klPerTrace
                if let value = try results.similarity(point.kept, point.released) { similarities.append(value) }
            }
            if let stage = point.judgement { judgements.append(try results.judgement(stage)) }
            released.append(figures)
            learnt.append(try results.figures(point.learnt))
            generated.append(
                Double(try results.sampledTokens(point.sample)) / Double(max(1, figures.traces)))
            let evaluation = try results.evaluation(point.evaluation)
            problems = evaluation.problems
            students.append(evaluation.accuracy)
            if let accuracy = figures.accuracy { teachers.append(accuracy) }
        }
        let band = MeanEstimate.accuracy(students, problems: problems)
        row = ExperimentTable.Row(
            defence: planned.defence, setting: planned.label, attacker: planned.attacker, against: planned.against)
        row.teacherAccuracy = Self.mean(released.map(\.accuracy))
        row.generatedTokens = Self.mean(generated) ?? 0
        row.meanTokens = Self.mean(released.map(\.meanTokens))
        row.meanLogProbability = Self.mean(released.map(\.meanLogProbability))
        row.klPerToken = Self.mean(released.map(\.klPerToken))
        row.klPerTrace = Self.mean(released.map(\.klPerTrace))
        row.similarity = similarities.count == planned.points.count ? Self.mean(similarities) : nil
        row.judgeScore = judgements.isEmpty ? nil : Self.mean(judgements)
        row.learntTraces = Self.mean(learnt.map { Double($0.traces) }) ?? 0
        row.learntAccuracy = Self.mean(learnt.map(\.accuracy))
        row.studentAccuracies = students.map(Self.rounded)
        row.studentAccuracy = Self.rounded(band?.mean ?? 0)
        row.studentLow = Self.rounded(band?.low ?? 0)
        row.studentHigh = Self.rounded(band?.high ?? 1)
        if !planned.isRewritten { row.similarity = nil }
        try audits(results)
    }

    private mutating func audits(_ results: StageResults) throws(ExperimentError) {
        var values: [Double] = []
        var found = 0
        var wrong = 0
        for (point, tenant) in zip(planned.points, planned.tenants) {
            guard let stage = point.audit else { return }
            let audit = try results.audit(stage, tenant: tenant)
            values.append(Self.rounded(audit.log10P))
            found += audit.isFound ? 1 : 0
            wrong += audit.others > 0 ? 1 : 0
        }
        guard !values.isEmpty else { return }
        row.auditLog10P = values
        row.auditFound = found
        row.auditWrong = wrong
    }

    /// Fills in gap and gain from the other rows.
    func compare(with rows: [MeasuredRow], _ row: inout ExperimentTable.Row) {
        if planned.attacker != ExperimentTable.noAttacker {
            let plain = rows.first {
                $0.planned.defence == planned.defence && $0.planned.label == planned.label
                    && $0.planned.attacker == ExperimentTable.noAttacker
            }
            row.recovered = plain.map { Self.rounded(row.studentAccuracy - $0.row.studentAccuracy) }
        }
        guard let against = planned.against, teachers.count == students.count else { return }
        let others = rows.filter {
            $0.planned.defence == against && $0.planned.attacker == planned.attacker
                && $0.teachers.count == students.count
        }
        var gaps: [Double] = []
        var places: [Double] = []
        for index in students.indices {
            guard
                let curve = TradeoffCurve(
                    others.map { (teacher: $0.teachers[index], student: $0.students[index]) })
            else { return }
            let other = curve.student(at: teachers[index])
            gaps.append(other.student - students[index])
            places.append(other.teacher)
        }
        guard let gap = MeanInterval(gaps, confidence: MeanEstimate.confidence) else { return }
        row.gap = Self.rounded(gap.mean)
        row.gapLow = gap.low.map(Self.rounded)
        row.gapHigh = gap.high.map(Self.rounded)
        row.gapTeacherAccuracy = Self.mean(places)
    }

    /// The mean, or nil where a value is missing.
    private static func mean(_ values: [Double?]) -> Double? {
        let known = values.compactMap { $0 }
        guard known.count == values.count, !known.isEmpty else { return nil }
        return rounded(known.reduce(0, +) / Double(known.count))
    }

    /// Six decimals: what lies beyond depends on how texts were batched.
    private static func rounded(_ value: Double) -> Double {
        guard value.isFinite else { return value }
        let rounded = (value * 1e6).rounded() / 1e6
        return rounded == 0 ? 0 : rounded
    }
}

extension ExperimentTable {
    /// Writes `table.csv`, `table.json` and `index.html` into a folder, each whole or not at all.
    ///
    /// - Throws: `ExperimentError.unwritable`.
    public func write(to folder: String, note: String = "") throws(ExperimentError) {
        try OutputFolder.replace("\(folder)/table.csv", csv())
        try OutputFolder.replace("\(folder)/table.json", json())
        try OutputFolder.replace("\(folder)/index.html", ExperimentPage.page(self, note: note))
    }
}
