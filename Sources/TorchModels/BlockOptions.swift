#if Torch
    import Torch

    /// In what a model's block departs from Llama's. Everything at its default is Llama's block.
    public struct BlockOptions: Hashable, Sendable {
        /// Where the block has its norms.
        public enum Norms: Hashable, Sendable {
            /// Before the attention and before the MLP.
            case before
            /// Of what the attention and the MLP give, before it is added (OLMo 2).
            case after
            /// Both (Gemma 2 and 3).
            case around
        }

        /// What the gate of the MLP goes through.
        public enum Activation: String, Hashable, Sendable {
            /// x · σ(x).
            case silu
            /// GELU by its approximation with a hyperbolic tangent.
            case gelu = "gelu_pytorch_tanh"
        }

        /// Where the block has its norms.
        public var norms = Norms.before
        /// Added to the weights of all norms: 1 where files hold what they differ from 1 by.
        public var normOffset = 0.0
        /// Whether queries and keys are normalised over all heads together instead of each by itself.
        public var normalizesAllHeads = false
        /// What the gate of the MLP goes through.
        public var activation = Activation.silu
        /// Input embeddings are multiplied by this.
        public var embeddingScale = 1.0
        /// Scores of the attention are multiplied by this; nil for 1/√D.
        public var attentionScale: Double?
        /// Scores s of the attention become c · tanh(s / c).
        public var attentionCap: Double?
        /// The same for the scores of tokens.
        public var outputCap: Double?
        /// In windowed layers a token sees itself and so many before it, less one.
        public var window: Int?
        /// Which layers are windowed, by number.
        public var windowedLayers: Set<Int> = []
        /// Base of the rotary frequencies of windowed layers, which are not scaled then; nil for those of all layers.
        public var windowTheta: Double?
        /// Layers without rotation of queries and keys, by number.
        public var unrotatedLayers: Set<Int> = []

        /// Llama's block.
        public init() {}

        /// Whether the fused decoder computes such a block.
        var isPlain: Bool { self == BlockOptions() }
    }

    extension DecoderModel {
        /// Rotations of the positions of a pass, for each layer.
        struct LayerRotations {
            let all: RotaryTable.Rows
            let windowed: RotaryTable.Rows?
            let options: BlockOptions

            /// The rotation of a layer; nil where it has none.
            subscript(layer: Int) -> RotaryTable.Rows? {
                if options.unrotatedLayers.contains(layer) { return nil }
                return options.windowedLayers.contains(layer) ? windowed ?? all : all
            }
        }

        /// Masks of a pass, for each layer.
        struct LayerMasks {
            let all: AttentionMask
            let windowed: AttentionMask?
            let options: BlockOptions

            subscript(layer: Int) -> AttentionMask {
                options.windowedLayers.contains(layer) ? windowed ?? all : all
            }
        }

        /// How attention is computed where `kind` was asked for: scores that are capped have no fused kernel.
        func kind(_ kind: AttentionKind) -> AttentionKind {
            configuration.block.attentionCap == nil ? kind : .explicit
        }

        /// The rotations of the positions that `choose` takes of a table's rows for `count` positions at least.
        func rotations(
            atLeast count: Int, _ choose: (RotaryTable.Rows) throws -> RotaryTable.Rows
        ) throws -> LayerRotations {
            LayerRotations(
                all: try choose(rotary.rows(atLeast: count)).perHead(),
                windowed: try windowRotary.map { try choose($0.rows(atLeast: count)).perHead() },
                options: configuration.block)
        }

        /// The masks of which `make` makes one for layers with that window, nil for those that see everything.
        func masks(_ make: (Int?) throws -> AttentionMask) throws -> LayerMasks {
            let options = configuration.block
            let window = options.windowedLayers.isEmpty ? nil : options.window
            return LayerMasks(
                all: try make(nil), windowed: try window.map { try make($0) }, options: options)
        }

        /// Scores of tokens after the model's cap, where it has one.
        package func capped(_ scores: Tensor) throws -> Tensor {
            guard let cap = configuration.block.outputCap else { return scores }
            return try scores.multiplied(by: 1 / cap).tanh().multiplied(by: cap)
        }
    }
#endif
