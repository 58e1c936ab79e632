#if Torch
    import Auditing
    import TorchModels

    /// A checkpoint that reads texts.
    public final class ModelNextTokenReader {
        private let model: DecoderModel

        /// - Parameter model: The checkpoint.
        public init(_ model: DecoderModel) {
            self.model = model
        }
    }
#endif
