#if Torch
    /// What low-rank adapters to train (Hu et al. 2021, arXiv 2106.09685).
    public struct AdapterOptions: Codable, Hashable, Sendable {
        /// The rank of the product B·A that is added to a weight.
        public var rank = 8
        /// The product is multiplied by alpha / rank.
        public var alpha = 16.0
        /// The ends of the names of the modules that get one, such as `q_proj`; `all-linear` for every projection of
        /// attention and feed-forward parts.
        public var targets = ["q_proj", "v_proj"]

        /// The modules that `all-linear` stands for.
        public static let allLinear = [
            "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj",
        ]

        /// - Parameters:
        ///   - rank: The rank of the product that is added to a weight.
        ///   - alpha: The product is multiplied by alpha / rank.
        ///   - targets: The ends of the names of the modules that get one.
        public init(rank: Int = 8, alpha: Double = 16, targets: [String] = ["q_proj", "v_proj"]) {
            self.rank = rank
            self.alpha = alpha
            self.targets = targets
        }

        /// The ends of names meant by ``targets``.
        var suffixes: [String] { targets == ["all-linear"] ? Self.allLinear : targets }

        /// - Throws: ``FineTuningError`` with code `invalidOption`.
        func validate() throws(FineTuningError) {
            guard rank > 0, rank <= 1 << 16 else {
                throw FineTuningError(.invalidOption, "the adapters' rank must be above 0")
            }
            guard alpha.isFinite, alpha > 0 else {
                throw FineTuningError(.invalidOption, "the adapters' alpha must be above 0")
            }
            guard !targets.isEmpty, !targets.contains("") else {
                throw FineTuningError(.invalidOption, "the adapters have no targets")
            }
        }
    }
#endif
