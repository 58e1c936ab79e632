#if Torch
    import Antidistillation
    import KeyedPRF
    import Marks
    import Torch
    import TorchAntidistillation
    import TorchModels
    import TraceGeneration
    import Traces

    /// What runs beside the teacher: the proxy with its gradient, and the keys of marks.
    struct SampleCompanions {
        /// How Δ is computed.
        enum Derivative: String, CaseIterable {
            case exact, central
        }

        private(set) var companions = SampleJob.Companions()
        /// What the penalty is, for the report; without what it did.
        private(set) var penalty: SampleReport.Penalty?
        /// What the mark of the tokens is, for the report.
        private(set) var watermark: MarkLabel?
        /// What of them the output depends on.
        private(set) var settings: [String: String] = [:]

        init(_ command: SampleCommand, teacher: SampleModel, capacity: Int, slots: Int) throws {
            var proxy: SampleProxy?
            if let folder = command.proxy, let path = command.gradient {
                let loaded = try SampleProxy(folder, torch: command.torch, teacher: teacher)
                try addGradient(path, loaded, command, teacher: teacher, capacity: capacity, slots: slots)
                proxy = loaded
            }
            guard let argument = command.keyring, let tenant = command.tenant else { return }
            let keyring = try DetectionKeys.keyring(argument)
            func key(_ purpose: KeyPurpose) throws -> Subkey {
                try withKeyringErrors { () throws(KeyedPRFError) in
                    let epoch = try keyring.markingEpoch(of: tenant, named: command.epoch)
                    return try keyring.subkey(purpose, tenant: tenant, epoch: epoch)
                }
            }
            if let configuration = try command.mark.configuration() {
                if configuration.mark.embedding?.needsProxy == true, let folder = command.mark.fingerprintProxy,
                    folder != proxy?.folder
                {
                    proxy = try SampleProxy(folder, torch: command.torch, teacher: teacher)
                }
                let mark = try SampleWatermark(
                    configuration, key: key(.token), command, proxy: proxy, slots: slots, capacity: capacity)
                companions.watermark = mark.decoding
                watermark = mark.report
                settings.merge(mark.settings) { $1 }
            }
            if command.needsSelectionScore || watermark == nil { try addSelection(key(.selection)) }
        }

        private mutating func addGradient(
            _ path: String, _ proxy: SampleProxy, _ command: SampleCommand, teacher: SampleModel, capacity: Int,
            slots: Int
        ) throws {
            let gradient = try GradientFile.load(path, for: proxy.model, modelDigest: proxy.digest)
            let isHalf = proxy.model.dtype == .bfloat16 || proxy.model.dtype == .float16
            let derivative = command.derivative ?? (isHalf ? .exact : .central)
            companions.vocabulary = proxy.map
            settings["proxy"] = proxy.digest
            settings["gradient"] = SampleModel.digest(file: path)
            settings["derivative"] = derivative.rawValue
            let step = command.eps.map { $0 * gradient.norm } ?? command.step
            settings["step"] = "\(step)"
            let makeSession: () throws -> any DirectionalDerivativeSession
            switch derivative {
            case .central:
                let pair = try PerturbedPair(proxy.model, gradient: gradient, step: step)
                companions.scorer = CentralDifferenceScorer(pair)
                makeSession = { try CentralDifferenceSession(pair, slots: slots, capacity: capacity) }
            case .exact:
                companions.scorer = try ExactDerivativeScorer(proxy.model, gradient: gradient)
                makeSession = {
                    try ExactDerivativeSession(proxy.model, gradient: gradient, slots: slots, capacity: capacity)
                }
            }
            guard let strength = command.penaltyStrength else { return }
            try proxy.requireContext(capacity)
            let control = Set(teacher.tokenizer.addedTokens.filter(\.isSpecial).map(\.id))
                .union(teacher.format.stopTokens(teacher.tokenizer))
            let processor = try AntidistillationLogitsProcessor(
                session: makeSession(), gradientNorm: gradient.norm, vocabulary: proxy.map,
                options: .init(
                    strength: strength, budget: command.klBudget, order: command.penaltyOrder,
                    exempt: control.filter { Int($0) < teacher.model.vocabularySize },
                    isLazy: !command.eagerProxies, skipThreshold: command.lazyThreshold))
            companions.penalty = processor
            settings["lambda"] = "\(processor.lambda)"
            settings["kl-budget"] = command.klBudget.map { "\($0)" }
            settings["penalty-order"] = command.penaltyOrder.rawValue
            settings["lazy-threshold"] = command.lazyThreshold.map { "\($0)" }
            penalty = SampleReport.Penalty(
                strength: processor.lambda * gradient.norm, gradientNorm: gradient.norm, lambda: processor.lambda,
                derivative: derivative.rawValue, direction: gradient.info.direction.rawValue)
        }

        private mutating func addSelection(_ key: Subkey) throws {
            let scorer = try SelectionScorer(key: key)
            companions.markScore = { text in
                scorer.score(text, reasoning: TraceRegions.find(in: text, role: .trace).reasoning)
            }
            settings["tenant"] = key.identity.tenant
            settings["epoch"] = key.identity.epoch
            settings["selection-key"] = key.keyID
        }
    }

    extension SampleReport.Penalty {
        /// A penalty that has done nothing yet.
        init(strength: Double, gradientNorm: Double, lambda: Double, derivative: String, direction: String) {
            self.init(
                strength: strength, gradientNorm: gradientNorm, lambda: lambda, derivative: derivative,
                direction: direction, meanKl: 0, largestKl: 0, meanEntropy: 0, meanTeacherEntropy: 0, meanLambda: 0,
                steps: 0, penalizedSteps: 0, limitedSteps: 0, proxySteps: 0)
        }

        /// The same with what it did.
        func with(_ report: PenaltyReport) -> SampleReport.Penalty {
            SampleReport.Penalty(
                strength: strength, gradientNorm: gradientNorm, lambda: lambda, derivative: derivative,
                direction: direction, meanKl: report.meanDivergence, largestKl: report.largestDivergence,
                meanEntropy: report.meanEntropy, meanTeacherEntropy: report.meanTeacherEntropy,
                meanLambda: report.meanLambda, steps: report.steps, penalizedSteps: report.penalizedSteps,
                limitedSteps: report.limitedSteps, proxySteps: report.proxySteps)
        }
    }
#endif
