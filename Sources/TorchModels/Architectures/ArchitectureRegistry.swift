#if Torch
    /// The architectures that models can be of, by `model_type`.
    public struct ArchitectureRegistry: Sendable {
        /// In the order in which they were added.
        public private(set) var architectures: [DecoderConfiguration.Architecture]

        /// - Parameter definitions: Of two with the same model type the later one holds.
        public init(_ definitions: [any DecoderArchitecture]) {
            architectures = []
            for definition in definitions { self = adding(definition) }
        }

        /// Those that come with Denature.
        public static let standard = ArchitectureRegistry([
            LlamaArchitecture(),
            Qwen2Architecture(),
            Qwen3Architecture(),
            MistralArchitecture(),
            SmolLM3Architecture(),
            OLMo2Architecture(),
            Gemma2Architecture(),
            Gemma3Architecture(),
            Phi3Architecture(),
        ])

        /// The same with one more, or with another for its model type.
        public func adding(_ definition: any DecoderArchitecture) -> ArchitectureRegistry {
            var registry = self
            registry.architectures.removeAll { $0.modelType == definition.modelType }
            registry.architectures.append(DecoderConfiguration.Architecture(definition))
            return registry
        }

        /// The architecture of a model type; nil where it is not known.
        public subscript(modelType: String) -> DecoderConfiguration.Architecture? {
            architectures.first { $0.modelType == modelType }
        }
    }
#endif
