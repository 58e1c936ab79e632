#if Torch
    /// A family of models: everything that is asked of one. A new one is a type of its own and a line in
    /// ``ArchitectureRegistry/standard``, or an ``ArchitectureRegistry/adding(_:)`` by whoever brings it.
    ///
    /// All are the Llama block (RMSNorm, rotary attention with grouped keys and values, gated SiLU MLP) with the options below and those of
    /// ``BlockOptions``.
    public protocol DecoderArchitecture: Sendable {
        /// What `model_type` in a `config.json` says.
        var modelType: String { get }
        /// The name of its class in transformers, for `architectures`.
        var className: String { get }
        /// Whether the query, key and value projections have biases; nil where each model's configuration says so.
        var attentionBias: Bool? { get }
        /// Whether the attention's output projection has a bias too where those have.
        var biasesAttentionOutput: Bool { get }
        /// Whether queries and keys are normalised per head.
        var normalizesHeads: Bool { get }

        /// Makes a configuration of a `config.json`;
        /// ``readCommon(_:maxPositions:headDim:kvHeads:tied:activation:rope:block:)`` reads what Hugging Face's files of such models
        /// have in common.
        ///
        /// - Throws: ``ModelError`` that names the key, also for options that would change the result and are not known.
        func read(_ values: ConfigurationValues) throws(ModelError) -> DecoderConfiguration

        /// Changes what is written into a `config.json` from what all architectures write, so that
        /// ``read(_:)`` and transformers read the same model.
        func write(_ configuration: DecoderConfiguration, to members: inout ConfigurationMembers)

        /// What a parameter is called in files, of its name in ``DecoderModel/parameterNames``. Parameters of
        /// one name are stored as one tensor, their rows one after the other in the order of those names.
        func storedName(of parameter: String) -> String
    }

    extension DecoderArchitecture {
        /// The same name.
        public func storedName(of parameter: String) -> String { parameter }
    }

    extension DecoderConfiguration {
        /// Which of the architectures a model is of. Equal where the model types are.
        public struct Architecture: Hashable, Sendable, CustomStringConvertible {
            /// What the architecture decides.
            public let definition: any DecoderArchitecture

            /// - Parameter definition: What the architecture decides.
            public init(_ definition: any DecoderArchitecture) { self.definition = definition }

            /// What `model_type` in a `config.json` says.
            public var modelType: String { definition.modelType }

            /// One line for people.
            public var description: String { modelType }

            /// Whether both are the same.
            public static func == (a: Architecture, b: Architecture) -> Bool { a.modelType == b.modelType }

            /// Feeds what two equal values have in common.
            public func hash(into hasher: inout Hasher) { hasher.combine(modelType) }
        }
    }
#endif
