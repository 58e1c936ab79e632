#if Torch
    import Auditing
    import Denature
    import Sanitizing

    extension JobRegistry {
        /// Every job that experiments are made of.
        public static let withModels = JobRegistry(
            AttackerRegistry.withTorch.attackers.map { attack($0) } + [
                Entry(AuditRunSettings.self) { settings in
                    let models = CheckpointModels(runtime: settings.runtime, batchSize: settings.batchSize)
                    return try AuditRunner(settings, models: models).run()
                },
                Entry(AuditPlanSettings.self) { settings in
                    let planner = try AuditPlanner(settings)
                    return JobRun<Never, AuditPlanSummary> { _ in
                        try AuditPlanSummary(planner.run(), path: settings.output)
                    }
                },
                Entry(AuditVerifySettings.self) { settings in
                    JobRun<Never, AuditReport> { _ in try AuditVerifier.verify(settings).report }
                },
                Entry(EvaluateSettings.self) { try Evaluator($0).run() },
                Entry(GradientSettings.self) { try GradientWriter($0).run() },
                Entry(JudgeSettings.self) { judge($0) },
                Entry(ModelsScoreSettings.self) { try TraceScorer($0).run() },
                Entry(SampleSettings.self) { try TraceSampler($0).run() },
                Entry(SanitizeSettings.self) { sanitize($0) },
                Entry(TrainSettings.self) { try ModelTrainer($0).run() },
            ])

        private static func attack<Attacker: TraceAttacker>(_ attacker: Attacker.Type) -> Entry {
            Entry(AttackSettings<Attacker>.self) { try Attack($0).run() }
        }

        /// A mean over the replies that came would be another judge's opinion.
        private static func judge(_ settings: JudgeSettings) -> JobRun<Never, JudgeReport> {
            JobRun { reporter in
                let report = try await Judge(settings).run().report(notice: reporter.notice)
                guard report.failed == 0 else {
                    throw JobError(.mismatch, "\(report.failed) of \(report.traces) requests to the judge failed")
                }
                return report
            }
        }

        /// Traces that are withheld are missing in the output, and no failure.
        private static func sanitize(_ settings: SanitizeSettings) -> JobRun<Never, SanitizedTraces> {
            JobRun { reporter in
                let defence = try Defence(settings, rewriters: .withTorch)
                do {
                    let summary = try await defence.sanitize().report(notice: reporter.notice)
                    await defence.shutdown()
                    return SanitizedTraces(summary)
                } catch {
                    await defence.shutdown()
                    throw error
                }
            }
        }

        /// How many traces ended in which state.
        private struct SanitizedTraces: Encodable, Sendable {
            var states: [String: Int]

            init(_ summary: SanitizeSummary) {
                states = Dictionary(uniqueKeysWithValues: summary.states.map { ($0.key.rawValue, $0.value) })
            }
        }
    }
#endif
