import Files
import Foundation
import GGUF
import Safetensors
import StrictJSON

/// What was converted.
public struct ModelConversionReport: Encodable, Hashable, Sendable {
    /// `model_type` of the folder.
    public var architecture: String
    /// Weights.
    public var parameters: Int
    /// Tensors by the types they had.
    public var types: [String: Int]
    /// Tokens of the tokenizer.
    public var tokens: Int
    /// Whether there is a chat template.
    public var hasChatTemplate: Bool
    /// What was written, in the order in which it appeared.
    public var files: [String]
}

/// How far a conversion is.
public struct ModelConversionProgress: Hashable, Sendable {
    /// Tensors written.
    public var tensors: Int
    /// Tensors in all.
    public var of: Int
}

/// Makes a folder of a GGUF file: `config.json`, `tokenizer.json`, `tokenizer_config.json` and `model.safetensors`, as
/// Hugging Face's libraries and the jobs with models read them.
///
///     var settings = ModelsConvertSettings()
///     settings.model = "model.gguf"
///     settings.output = "model"
///     let report = try await ModelConverter(settings).run().report()
///
/// Tensors go through memory in pieces. Nothing appears before everything is on the disk; the weights appear last.
public struct ModelConverter: Sendable {
    /// What is converted.
    public let settings: ModelsConvertSettings

    /// Elements that are in memory at a time.
    private static let pieceElements = 1 << 21

    /// - Throws: ``SettingsError``.
    public init(_ settings: ModelsConvertSettings) throws(SettingsError) {
        try settings.validate()
        self.settings = settings
    }

    /// Converts the file. Errors of the run: ``ModelConversionError`` for what is not known or does not fit, `GGUFError` for
    /// the file, `SafetensorsError` for the folder.
    public func run() -> JobRun<ModelConversionProgress, ModelConversionReport> {
        JobRun { reporter in try convert(reporter) }
    }

    private func convert(_ reporter: JobReporter<ModelConversionProgress>) throws -> ModelConversionReport {
        var model = try GGUFModel(GGUFFile(path: settings.model))
        let plan = try GGUFArchitectures.plan(&model)
        let tokenizer = try GGUFTokenizer(model, vocabulary: plan.vocabularySize)
        let texts = [
            ("config.json", plan.configurationText(settings.dtype, tokenizer)),
            ("tokenizer.json", try tokenizer.definition()),
            ("tokenizer_config.json", tokenizer.configuration(contextLength: plan.contextLength)),
        ]
        try prepareFolder(texts.map(\.0))
        let writer = try CheckpointWriter(
            folder: settings.output,
            tensors: plan.tensors.map {
                TensorDeclaration(
                    name: $0.name, dtype: settings.dtype == .float32 ? .float32 : .bfloat16, shape: $0.shape)
            },
            replacing: settings.force)
        for (done, tensor) in plan.tensors.enumerated() {
            reporter.progress(ModelConversionProgress(tensors: done, of: plan.tensors.count))
            try write(tensor, of: model.file, to: writer)
        }
        do throws(FileError) {
            for (name, text) in texts {
                try WholeFile.write(text, to: settings.output + "/" + name, replacing: settings.force)
            }
        } catch {
            throw ModelConversionError(.unwritable, file: error.path, "cannot \(error.operation): \(error.reason)")
        }
        try writer.finish()
        reporter.lastProgress(ModelConversionProgress(tensors: plan.tensors.count, of: plan.tensors.count))
        return ModelConversionReport(
            architecture: plan.modelType, parameters: plan.tensors.reduce(0) { $0 + $1.shape.reduce(1, *) },
            types: Dictionary(model.file.tensors.map { ($0.type.name, 1) }, uniquingKeysWith: +),
            tokens: tokenizer.tokens.count, hasChatTemplate: tokenizer.chatTemplate != nil,
            files: texts.map(\.0) + writer.shardNames)
    }

    private func prepareFolder(_ names: [String]) throws(ModelConversionError) {
        do throws(FileError) {
            try FilePath.makeFolder(settings.output)
        } catch {
            throw ModelConversionError(.unwritable, file: settings.output, "cannot be made: \(error.reason)")
        }
        for name in names where !settings.force && FilePath.exists(settings.output + "/" + name) {
            throw ModelConversionError(
                .unwritable, file: settings.output + "/" + name, "already exists; `force` replaces it")
        }
    }

    /// A tensor in pieces of whole rows, or of whole heads where their rows change places.
    private func write(_ tensor: ConvertedTensor, of file: GGUFFile, to writer: CheckpointWriter) throws {
        guard let stored = file.tensor(tensor.source) else {
            throw ModelConversionError(.missing, file: file.path, "the tensor \(tensor.source) is missing")
        }
        // A vector is one row, so that its elements are what changes places.
        let width = stored.shape.count < 2 ? 1 : stored.rowElements
        let unit: Int
        switch tensor.order {
        case .asStored: unit = 1
        case .interleaved(let headDim): unit = stored.shape.count < 2 ? 1 : headDim
        }
        let step = max(1, Self.pieceElements / max(1, stored.rowElements) / unit) * unit
        for start in stride(from: 0, to: stored.rowCount, by: step) {
            guard !Task.isCancelled else {
                throw ModelConversionError(.interrupted, file: settings.output, "interrupted; nothing was written")
            }
            var values = try file.floats(tensor.source, rows: start..<min(stored.rowCount, start + step))
            if case .interleaved(let headDim) = tensor.order {
                values = RowOrder.deinterleaved(values, headDim: headDim, width: width)
            }
            if tensor.offset != 0 { for i in values.indices { values[i] += tensor.offset } }
            switch settings.dtype {
            case .float32: try writer.append(values, to: tensor.name)
            case .bfloat16: try writer.append(values.map { FloatBits.bfloat16($0) }, to: tensor.name)
            }
        }
    }
}
