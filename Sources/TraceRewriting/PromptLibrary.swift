import Foundation

/// The templates shipped with the program, and those of a folder.
public enum PromptLibrary {
    /// Names of the shipped templates, in order.
    public static let shippedNames = ["answer-forcing", "judge", "optimized", "paraphrase", "semantic", "watermark"]

    /// A template by its shipped name, or by the path of a Markdown file; `folder` is looked in before the shipped ones.
    ///
    /// - Throws: ``PromptTemplateError`` for a name that is not there, or a file that is no template.
    public static func template(_ nameOrPath: String, folder: String? = nil) throws(PromptTemplateError)
        -> PromptTemplate
    {
        if nameOrPath.hasSuffix(".md") || nameOrPath.contains("/") { return try PromptTemplate.load(path: nameOrPath) }
        if let folder {
            let path = folder + "/" + nameOrPath + ".md"
            if FileManager.default.fileExists(atPath: path) { return try PromptTemplate.load(path: path) }
        }
        guard let bytes = shipped[nameOrPath] else {
            throw PromptTemplateError(
                file: nameOrPath, line: nil,
                message:
                    "no such template (shipped: \(shippedNames.joined(separator: ", ")); or give the path of a .md)")
        }
        return try PromptTemplate(
            markdown: String(decoding: bytes(), as: UTF8.self), file: "prompts/\(nameOrPath).md")
    }

    private static let shipped: [String: @Sendable () -> [UInt8]] = [
        "answer-forcing": { PackageResources.answer_forcing_md },
        "judge": { PackageResources.judge_md },
        "optimized": { PackageResources.optimized_md },
        "paraphrase": { PackageResources.paraphrase_md },
        "semantic": { PackageResources.semantic_md },
        "watermark": { PackageResources.watermark_md },
    ]
}
