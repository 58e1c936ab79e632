#if Torch
    import AntidistillationSampling
    import KeyedPRF
    import TextWatermarking
    import Tokenizers
    import Torch
    import TorchAntidistillation
    import TorchModels
    import TraceGeneration
    import Traces

    /// What runs beside the teacher: the proxy with its gradient, and the key of a selection mark.
    struct SampleCompanions {
        /// How Δ is computed.
        enum Derivative: String, CaseIterable {
            case exact, central
        }

        private(set) var companions = SampleJob.Companions()
        /// What the penalty is, for the report; without what it did.
        private(set) var penalty: SampleReport.Penalty?
        /// What of it the output depends on.
        private(set) var settings: [String: String] = [:]

        init(_ command: SampleCommand, teacher: SampleModel, capacity: Int, slots: Int) throws {
            if let folder = command.proxy, let path = command.gradient {
                try addProxy(folder, gradient: path, command, teacher: teacher, capacity: capacity, slots: slots)
            }
            if let keyring = command.keyring, let tenant = command.tenant {
                try addMark(keyring, tenant: tenant, epoch: command.epoch)
            }
        }

        private mutating func addProxy(
            _ folder: String, gradient path: String, _ command: SampleCommand, teacher: SampleModel, capacity: Int,
            slots: Int
        ) throws {
            let dtype = try command.torch.dtype()
            let proxy = try DecoderModel.load(folder, dtype: dtype, device: teacher.model.device)
            let digest = try ModelDigest.of(folder: folder)
            let gradient = try GradientFile.load(path, for: proxy, modelDigest: digest)
            let isHalf = proxy.dtype == .bfloat16 || proxy.dtype == .float16
            let derivative = command.derivative ?? (isHalf ? .exact : .central)
            let tokenizer = try Tokenizer.load(folder)
            let map = try VocabularyMap(
                teacher: Self.vocabulary(teacher.tokenizer), proxy: Self.vocabulary(tokenizer),
                teacherSize: teacher.model.vocabularySize, proxySize: proxy.vocabularySize)
            companions.vocabulary = map
            settings["proxy"] = digest
            settings["gradient"] = SampleModel.digest(file: path)
            settings["derivative"] = derivative.rawValue
            settings["step"] = "\(command.step)"
            // The proxies read prompts and sampled tokens, and no forced answers.
            let makeSession: () throws -> any DirectionalDerivativeSession
            switch derivative {
            case .central:
                let pair = try PerturbedPair(proxy, gradient: gradient, step: command.step)
                companions.scorer = CentralDifferenceScorer(pair)
                makeSession = { try CentralDifferenceSession(pair, slots: slots, capacity: capacity) }
            case .exact:
                companions.scorer = try ExactDerivativeScorer(proxy, gradient: gradient)
                makeSession = {
                    try ExactDerivativeSession(proxy, gradient: gradient, slots: slots, capacity: capacity)
                }
            }
            guard let strength = command.penaltyStrength else { return }
            guard capacity <= proxy.contextLength else {
                throw CommandFailure(
                    description:
                        "\(folder): the proxy's context has \(proxy.contextLength) tokens, and prompt and trace may "
                        + "have \(capacity); lower --max-new-tokens")
            }
            let control = Set(teacher.tokenizer.addedTokens.filter(\.isSpecial).map(\.id))
                .union(teacher.format.stopTokens(teacher.tokenizer))
            let processor = try AntidistillationLogitsProcessor(
                session: makeSession(), gradientNorm: gradient.norm, vocabulary: map,
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

        private mutating func addMark(_ keyring: String, tenant: String, epoch: String?) throws {
            let keys: Keyring
            do {
                keys = try Keyring.load(Keyring.Source(argument: keyring))
            } catch {
                throw CommandFailure(description: error.description)
            }
            let key = try withKeyringErrors { () throws(KeyedPRFError) in
                let active = try keys.activeEpoch(of: tenant)
                return try keys.subkey(.selection, tenant: tenant, epoch: epoch ?? active)
            }
            let scorer = try SelectionScorer(key: key)
            companions.markScore = { text in
                scorer.score(text, reasoning: TraceRegions.find(in: text, role: .trace).reasoning)
            }
            settings["tenant"] = tenant
            settings["epoch"] = epoch
        }

        private static func vocabulary(_ tokenizer: Tokenizer) -> Vocabulary {
            Vocabulary(
                name: tokenizer.file, tokens: (0..<Int32(tokenizer.idBound)).map { tokenizer.token(for: $0) },
                addedIDs: Set(tokenizer.addedTokens.map(\.id)))
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
