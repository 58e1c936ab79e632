#if Torch
    import Antidistillation
    import Denature
    import KeyedPRF
    import Marks
    import TorchAntidistillation
    import TorchModels
    import TraceGeneration
    import Traces

    /// What runs beside the teacher: the proxy with its gradient, and the keys of marks.
    struct SampleCompanions {
        private(set) var companions = SampleJob.Companions()
        /// What the penalty is, for the report; without what it did.
        private(set) var penalty: SampleReport.Penalty?
        /// What the mark of the tokens is, for the report.
        private(set) var watermark: MarkLabel?
        /// What of them the settings cannot say: which keys there are behind the names.
        private(set) var facts: [String: String] = [:]

        private let settings: SampleSettings
        private let teacher: PromptedModel
        private let capacity: Int
        private let slots: Int

        /// - Parameters:
        ///   - settings: What is wanted.
        ///   - teacher: The model that writes.
        ///   - capacity: The most tokens of a sequence.
        ///   - slots: Sequences decoded together.
        ///   - architectures: The kinds of models that a proxy may be of.
        init(
            _ settings: SampleSettings, teacher: PromptedModel, capacity: Int, slots: Int,
            architectures: ArchitectureRegistry
        ) throws {
            self.settings = settings
            self.teacher = teacher
            self.capacity = capacity
            self.slots = slots
            func load(_ folder: String) throws -> ProxyModel {
                try ProxyModel(folder, runtime: settings.runtime, teacher: teacher, architectures: architectures)
            }
            var proxy: ProxyModel?
            if let folder = settings.penalty.proxy, let path = settings.penalty.gradient {
                let loaded = try load(folder)
                try addGradient(path, loaded)
                proxy = loaded
            }
            guard let keyring = settings.key.keyring, let tenant = settings.key.tenant else { return }
            let keys = try Keyring.load(Keyring.Source(argument: keyring))
            let epoch = try keys.markingEpoch(of: tenant, named: settings.key.epoch)
            facts["epoch"] = epoch
            if let configuration = try settings.mark.configuration() {
                if configuration.mark.embedding?.needsProxy == true, let folder = settings.mark.fingerprintProxy,
                    folder != proxy?.folder
                {
                    proxy = try load(folder)
                }
                try addMark(configuration, key: keys.subkey(.token, tenant: tenant, epoch: epoch), proxy: proxy)
            }
            if settings.drafts.needsMarkScore || watermark == nil {
                try addSelection(keys.subkey(.selection, tenant: tenant, epoch: epoch))
            }
        }

        private mutating func addGradient(_ path: String, _ proxy: ProxyModel) throws {
            let gradient = try GradientFile.load(path, for: proxy.model, modelDigest: proxy.digest)
            let isHalf = proxy.model.dtype == .bfloat16 || proxy.model.dtype == .float16
            let derivative = settings.penalty.derivative ?? (isHalf ? .exact : .central)
            companions.vocabulary = proxy.map
            let step = settings.penalty.eps.map { $0 * gradient.norm } ?? settings.penalty.step
            let makeSession: () throws -> any DirectionalDerivativeSession
            switch derivative {
            case .central:
                let pair = try PerturbedPair(proxy.model, gradient: gradient, step: step)
                companions.scorer = CentralDifferenceScorer(pair)
                makeSession = { [slots, capacity] in
                    try CentralDifferenceSession(pair, slots: slots, capacity: capacity)
                }
            case .exact:
                companions.scorer = try ExactDerivativeScorer(proxy.model, gradient: gradient)
                makeSession = { [slots, capacity] in
                    try ExactDerivativeSession(proxy.model, gradient: gradient, slots: slots, capacity: capacity)
                }
            }
            guard let strength = settings.penalty.penaltyStrength else { return }
            try proxy.requireContext(capacity)
            let control = Set(teacher.tokenizer.addedTokens.filter(\.isSpecial).map(\.id))
                .union(teacher.format.stopTokens(teacher.tokenizer))
            let processor = try AntidistillationLogitsProcessor(
                session: makeSession(), gradientNorm: gradient.norm, vocabulary: proxy.map,
                options: .init(
                    strength: strength, budget: settings.penalty.klBudget, order: settings.penalty.penaltyOrder,
                    exempt: control.filter { Int($0) < teacher.model.vocabularySize },
                    isLazy: !settings.penalty.eagerProxies, skipThreshold: settings.penalty.lazyThreshold))
            companions.penalty = processor
            penalty = SampleReport.Penalty(
                strength: processor.lambda * gradient.norm, gradientNorm: gradient.norm, lambda: processor.lambda,
                derivative: derivative, direction: gradient.info.direction)
        }

        private mutating func addMark(
            _ configuration: WatermarkConfiguration, key: Subkey, proxy: ProxyModel?
        ) throws {
            var reader: ModelMarkProxy?
            if configuration.mark.embedding?.needsProxy == true, let proxy {
                try proxy.requireContext(capacity)
                reader = try ModelMarkProxy(
                    model: proxy.model, proxyIDs: proxy.map.isIdentity ? nil : proxy.map.proxyIDs, slots: slots,
                    capacity: capacity)
            }
            companions.watermark = try WatermarkedDecoding(
                configuration, key: key,
                sampler: settings.decoding.options(temperature: settings.temperature).sampler, proxy: reader)
            watermark = MarkLabel(configuration, key: key)
            facts["token_key"] = key.keyID
        }

        private mutating func addSelection(_ key: Subkey) throws {
            let scorer = try SelectionScorer(key: key)
            companions.markScore = { text in
                scorer.score(text, reasoning: TraceRegions.find(in: text, role: .trace).reasoning)
            }
            facts["selection_key"] = key.keyID
        }
    }
#endif
