import Generation
import Tokenizers
import TraceGeneration
import TrainingExamples

/// How a model is shared among requests.
package struct ServingOptions: Hashable, Sendable {
    /// The most sequences that are decoded together.
    package var slots = 16
    /// The most sequences that wait for a slot; more are refused.
    package var queue = 256
    /// The most tokens of a completion, whatever a request says.
    package var maxNewTokens = 512
    /// The most tokens of prompt and completion together; the model's context at most, and if nil.
    package var context: Int?

    /// The usual values.
    package init() {}
}

/// A model with what turns texts into its tokens and back.
package struct ServedModel {
    /// What completes.
    package var model: any CausalLanguageModel
    /// The model's tokenizer.
    package var tokenizer: Tokenizer
    /// How conversations are written out.
    package var format: PromptFormat
    /// Makes what turns one sequence's tokens into text.
    package var makeTextDecoder: () -> any IncrementalTextDecoder

    /// A model to serve.
    package init(model: any CausalLanguageModel, tokenizer: Tokenizer, format: PromptFormat) {
        self.model = model
        self.tokenizer = tokenizer
        self.format = format
        makeTextDecoder = { SequenceTextDecoder(tokenizer) }
    }
}
