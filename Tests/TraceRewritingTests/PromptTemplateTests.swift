import Foundation
import TestSupport
import Testing

@testable import TraceRewriting

@Suite struct PromptTemplateTests {
    private static let header = "---\nname: n\npurpose: p\nsource: s\nvariables: [reasoning]\n---\n"

    @Test(arguments: PromptLibrary.shippedNames)
    func shippedTemplateLoads(name: String) throws {
        let template = try PromptLibrary.template(name)
        #expect(template.name == name)
        #expect(!template.purpose.isEmpty && !template.source.isEmpty)
        #expect(template.variables.contains(.reasoning))
        #expect(template.digest.count == 64)
        let prompt = template.render([
            .problem: "PROBLEM", .reasoning: "REASONING", .answer: "ANSWER", .statement: "STATEMENT",
        ])
        #expect(prompt.user.contains("REASONING"))
        #expect(!prompt.user.contains("{{") && !(prompt.system ?? "").contains("{{"))
        #expect(prompt.user.contains("STATEMENT") == template.variables.contains(.statement))
    }

    @Test func onlyTheWatermarkTemplatePlacesStatements() throws {
        let placing = try PromptLibrary.shippedNames.filter {
            try PromptLibrary.template($0).variables.contains(.statement)
        }
        #expect(placing == ["watermark"])
    }

    @Test func unknownNameListsTheShippedOnes() {
        #expect {
            try PromptLibrary.template("nope")
        } throws: { error in
            let text = "\(error)"
            return PromptLibrary.shippedNames.allSatisfy(text.contains) && text.hasPrefix("nope: ")
        }
    }

    @Test func folderComesBeforeTheShippedOnes() throws {
        let folder = try TemporaryDirectory()
        let text = Self.header + "# User\n\nmine {{reasoning}}\n"
        try text.write(toFile: folder.file("semantic.md"), atomically: true, encoding: .utf8)
        let template = try PromptLibrary.template("semantic", folder: folder.path)
        #expect(template.render([.reasoning: "x"]).user == "mine x")
        #expect(try PromptLibrary.template("paraphrase", folder: folder.path).name == "paraphrase")
        #expect(try PromptLibrary.template(folder.file("semantic.md")).digest == template.digest)
    }

    @Test(arguments: [
        // text, line, part of the message
        ("", 1, "front matter"), ("# User\nx", 1, "front matter"), ("---\nname: n\n", 1, "front matter"),
        ("---\n---\n# User\nx", 2, "empty"), ("---\n- a\n---\n# User\nx", 2, "mapping"),
        ("---\nname: n\npurpose: [p\nsource: s\n---\n# User\nx", 4, "not YAML"),
        ("---\nname: \"n\npurpose: p\n---\n# User\nx", 3, "not YAML"),
        ("---\nname: n\npurpose: p\nsource: s\nvariables: []\nnmae: x\n---\n# User\nx", 6, "unknown key 'nmae'"),
        ("---\npurpose: p\nsource: s\nvariables: []\n---\n# User\nx", 2, "'name' is missing"),
        ("---\nname: n\nsource: s\nvariables: []\n---\n# User\nx", 2, "'purpose' is missing"),
        ("---\nname: n\npurpose: p\nvariables: []\n---\n# User\nx", 2, "'source' is missing"),
        ("---\nname: n\npurpose: p\nsource: s\n---\n# User\nx", 2, "'variables' must be a list"),
        (
            "---\nname: n\npurpose: p\nsource: s\nvariables: [reasoning,\n  raisoning]\n---\n# User\n{{reasoning}}", 6,
            "unknown variable 'raisoning'"
        ),
        (header + "# User\nfirst\n\n{{raisoning}}", 10, "unknown variable 'raisoning'"),
        (header + "\n\n# User\n\n\n{{reasoning}}\n{{ nope }}", 13, "unknown variable 'nope'"),
        (header + "# User\n{{reasoning}} {{answer}}", 8, "'answer' is used but not declared"),
        (header + "# User\nnothing", 5, "'reasoning' is declared but not used"),
        (header + "# User\n{{reasoning", 8, "without '}}'"), (header + "# User\n{{reasoning}}\n# user\nx", 9, "second"),
        (header + "stray\n# User\n{{reasoning}}", 7, "before the first"),
        (
            "---\nname: n\npurpose: p\nsource: s\nvariables: [reasoning]\nsampling: 3\n---\n# User\n{{reasoning}}", 6,
            "mapping"
        ),
        (sampling("temperature: 3"), 7, "'temperature'"), (sampling("temperature: warm"), 7, "'temperature'"),
        (sampling("top_p: 0"), 7, "'top_p'"), (sampling("max_tokens: 0.5"), 7, "'max_tokens'"),
        (sampling("top_k: 5"), 7, "unknown sampling key 'top_k'"),
    ])
    func faultIsNamedWithItsLine(text: String, line: Int, part: String) {
        #expect {
            try PromptTemplate(markdown: text, file: "t.md")
        } throws: { error in
            let description = "\(error)"
            return description.hasPrefix("t.md:\(line): ") && description.contains(part)
                ? true
                : {
                    Issue.record("\(description)")
                    return false
                }()
        }
    }

    @Test func aTemplateNeedsAUserSection() {
        #expect {
            try PromptTemplate(markdown: Self.header + "# System\n{{reasoning}}", file: "t.md")
        } throws: {
            "\($0)" == "t.md: there is no '# User' section"
        }
    }

    @Test func carriageReturnsAndSamplingAreRead() throws {
        let text = "\u{FEFF}" + Self.sampling("temperature: 1").replacing("\n", with: "\r\n")
        let template = try PromptTemplate(markdown: text, file: "t.md")
        #expect(template.sampling == .init(temperature: 1))
        #expect(
            template.render([.reasoning: "r"]) == RenderedPrompt(system: nil, user: "r", sampling: template.sampling))
    }

    @Test func valuesAreNotReadAsTemplates() throws {
        let template = try PromptTemplate(markdown: Self.header + "# User\n{{reasoning}}", file: "t.md")
        #expect(template.render([.reasoning: "{{answer}} {{reasoning}}"]).user == "{{answer}} {{reasoning}}")
    }

    @Test func unreadableFilesAreErrors() throws {
        let folder = try TemporaryDirectory()
        #expect(throws: PromptTemplateError.self) { try PromptTemplate.load(path: folder.file("none.md")) }
        #expect(throws: PromptTemplateError.self) { try PromptTemplate.load(path: folder.path) }
        try Data([0x2D, 0xFF]).write(to: URL(fileURLWithPath: folder.file("bad.md")))
        #expect {
            try PromptTemplate.load(path: folder.file("bad.md"))
        } throws: {
            "\($0)".hasSuffix("is not UTF-8")
        }
    }

    private static func sampling(_ line: String) -> String {
        "---\nname: n\npurpose: p\nsource: s\nvariables: [reasoning]\nsampling:\n  \(line)\n---\n# User\n{{reasoning}}"
    }
}
