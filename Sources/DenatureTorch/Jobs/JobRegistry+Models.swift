#if Torch
    import Denature

    extension JobRegistry {
        /// Every job that experiments are made of.
        public static let withModels = JobRegistry([
            Entry(EvaluateSettings.self) { try Evaluator($0).run() }
        ])
    }
#endif
