#if Torch
    import Statistics
    import Torch
    import TorchModels

    /// A copy of a model with the tensors of it that are to be trained.
    struct TrainedTensors {
        let model: DecoderModel
        /// In the order of the model's parameters; adapters as PEFT names them within the model.
        let names: [String]
        /// What the model computes with.
        let leaves: [Tensor]
        /// The same in float32: where the leaves are float32 the leaves themselves.
        let masters: [Tensor]

        init(_ source: DecoderModel, options: TrainingOptions) throws {
            var leaves: [Tensor] = []
            if let adapters = options.adapters {
                model = try source.replacing([:])
                (names, leaves) = try Self.attachAdapters(adapters, seed: options.seed, to: model)
            } else {
                guard source.adapters.isEmpty else {
                    throw FineTuningError(
                        .invalidOption, "the model has adapters: merge them before training all weights")
                }
                names = source.parameterNames
                leaves = try names.map { try source.parameter($0).detach().clone() }
                model = try source.replacing(Dictionary(zip(names, leaves), uniquingKeysWith: { first, _ in first }))
            }
            for leaf in leaves { try leaf.setRequiresGrad(true) }
            self.leaves = leaves
            masters = try leaves.map { leaf in
                leaf.dtype == .float32 ? leaf : try leaf.detach().to(.float32).contiguous()
            }
        }

        /// Gives every module that the options name an adapter, or copies the one that it has.
        private static func attachAdapters(
            _ options: AdapterOptions, seed: UInt64, to model: DecoderModel
        ) throws -> (names: [String], leaves: [Tensor]) {
            var generator = SeededGenerator(seed: SeededGenerator.mix(~seed))
            var adapters = model.adapters
            var names: [String] = []
            var leaves: [Tensor] = []
            let modules = try modules(options, of: model)
            if let other = adapters.keys.filter({ !modules.contains($0) }).min() {
                throw FineTuningError(.adapterMismatch, "\(other) has an adapter and is not among the targets")
            }
            for module in modules {
                var adapter: LowRankAdapter
                if let present = adapters[module] {
                    guard present.a.size(0) == options.rank,
                        abs(present.scale * Double(options.rank) - options.alpha) < 1e-9 * options.alpha
                    else {
                        let (rank, scale) = (present.a.size(0), present.scale)
                        throw FineTuningError(
                            .adapterMismatch,
                            "\(module) has an adapter of rank \(rank) and alpha \(scale * Double(rank)), not \(options.rank) "
                                + "and \(options.alpha)")
                    }
                    adapter = try LowRankAdapter(
                        a: present.a.detach().to(.float32).clone(), b: present.b.detach().to(.float32).clone(),
                        scale: present.scale)
                } else {
                    adapter = try fresh(
                        for: model.parameter(module + ".weight"), options, device: model.device, using: &generator)
                }
                adapters[module] = adapter
                names += [module + ".lora_A.weight", module + ".lora_B.weight"]
                leaves += [adapter.a, adapter.b]
            }
            model.adapters = adapters
            return (names, leaves)
        }

        /// A drawn from U(−1/√in, 1/√in) and B = 0, as PEFT begins: the model starts unchanged.
        private static func fresh(
            for weight: Tensor, _ options: AdapterOptions, device: Device, using generator: inout SeededGenerator
        ) throws -> LowRankAdapter {
            let (rows, columns) = (weight.size(0), weight.size(1))
            let bound = 1 / Double(columns).squareRoot()
            let values = (0..<options.rank * columns).map { _ in
                Float((Double(generator.next() >> 11) * 0x1p-52 - 1) * bound)
            }
            return try LowRankAdapter(
                a: Tensor(values, shape: [options.rank, columns]).to(device),
                b: Tensor.zeros([rows, options.rank], device: device), scale: options.alpha / Double(options.rank))
        }

        /// The linear modules whose names end with a target, in the model's order.
        private static func modules(
            _ options: AdapterOptions, of model: DecoderModel
        ) throws(FineTuningError) -> [String] {
            let linear = model.parameterNames.compactMap { name -> String? in
                guard name.hasSuffix(".weight") else { return nil }
                let module = String(name.dropLast(".weight".count))
                return DecoderConfiguration.linearModules.contains { module.hasSuffix("." + $0) } ? module : nil
            }
            for target in options.suffixes where !linear.contains(where: { $0.isModule(named: target) }) {
                throw FineTuningError(
                    .adapterMismatch,
                    "no linear module is named '\(target)'; there are "
                        + AdapterOptions.allLinear.joined(separator: ", ") + " and all-linear")
            }
            return linear.filter { module in options.suffixes.contains { module.isModule(named: $0) } }
        }
    }

    extension String {
        /// Whether this module's name is or ends with a target's, component by component.
        func isModule(named target: String) -> Bool {
            self == target || hasSuffix("." + target)
        }
    }
#endif
