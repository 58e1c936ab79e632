import Auditing
import Tokenizers
import TrainingExamples

/// A model whose weights are at hand, so that it can read texts: a suspect, or the reference.
public struct AuditWeights {
    /// What reads, in the model's own ids.
    public let reader: any NextTokenReader
    /// The model's tokenizer.
    public let tokenizer: Tokenizer
    /// How problems are put to it.
    public let format: PromptFormat
    /// The most tokens that it can hold.
    public let contextLength: Int

    /// - Parameters:
    ///   - reader: What reads, in the model's own ids.
    ///   - tokenizer: The model's tokenizer.
    ///   - format: How problems are put to it.
    ///   - contextLength: The most tokens that it can hold.
    public init(reader: any NextTokenReader, tokenizer: Tokenizer, format: PromptFormat, contextLength: Int) {
        self.reader = reader
        self.tokenizer = tokenizer
        self.format = format
        self.contextLength = contextLength
    }

    /// Whether its token ids are those that the plan's marks are made in.
    ///
    /// - Throws: ``AuditInputError`` where the tokenizer's file is gone.
    public func sharesTokens(with plan: AuditPlan) throws -> Bool {
        guard let planned = plan.tokenizer else { return true }
        return try AuditFiles.tokenizer(tokenizer.file).sha256 == planned.sha256
    }

    /// What reads in the marks' ids, whatever the model's own are.
    func reader(sharesTokens: Bool, marks: AuditMarkTokens?) -> any NextTokenReader {
        guard !sharesTokens, let marks else { return reader }
        return AlignedReader(reader, tokenizer: tokenizer, marks: marks.tokenizer)
    }
}

/// Loads models for audits. The library `DenatureTorch` has one that runs checkpoints on libtorch.
public protocol AuditModels: Sendable {
    /// A checkpoint under suspicion.
    ///
    /// - Parameter folder: Its folder.
    func suspect(_ folder: String) -> any AuditSuspect

    /// A model that reads for a plan.
    ///
    /// - Parameters:
    ///   - folder: Its folder.
    ///   - plan: The plan; it says how problems are put to models.
    /// - Throws: What prevents loading it.
    func weights(_ folder: String, for plan: AuditPlan) throws -> AuditWeights
}
