#if Torch
    import Auditing
    import Denature

    extension JobRegistry {
        /// Every job that experiments are made of.
        public static let withModels = JobRegistry([
            Entry(EvaluateSettings.self) { try Evaluator($0).run() },
            Entry(GradientSettings.self) { try GradientWriter($0).run() },
            Entry(ModelsScoreSettings.self) { try TraceScorer($0).run() },
            Entry(TrainSettings.self) { try ModelTrainer($0).run() },
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
        ])
    }
#endif
