import Foundation
import TestSupport
import Testing

/// What pages and messages tell people to type after `make` is there.
@Suite struct DocumentedTargetTests {
    private static func text(_ path: String) throws -> String {
        try String(contentsOfFile: Repository.path(path), encoding: .utf8)
    }

    private static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: Repository.path(folder)).sorted()
    }

    /// Makefile and the parts that it includes.
    private static func rules() throws -> String {
        let folders = try names(in: ".").filter {
            FileManager.default.fileExists(atPath: Repository.path($0 + "/targets.mk"))
        }
        return try (["Makefile"] + folders.map { $0 + "/targets.mk" }).map(text).joined(separator: "\n")
    }

    private static func targets(_ rules: String) -> Set<String> {
        Set(rules.matches(of: /(?m)^\.PHONY:(.*)$/).flatMap { $0.1.split(separator: " ").map(String.init) })
    }

    /// Variables that the rules or the scripts behind them read.
    private static func variables(_ rules: String) throws -> Set<String> {
        let folder = FileManager.default.enumerator(atPath: Repository.path("scripts"))?.allObjects as? [String]
        let scripts = try (folder ?? []).filter { $0.hasSuffix(".sh") }.map { try text("scripts/" + $0) }
        let read = (scripts + [rules]).joined(separator: "\n").matches(of: /\$[({]?([A-Z][A-Z_]*)\b/)
        return Set(read.map { String($0.1) })
    }

    /// Targets in code spans, on indented lines and on lines of code blocks that begin with `make`.
    static func namedTargets(_ page: String) -> Set<String> {
        let blocks = page.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        let found =
            page.matches(of: /(?m)(?:`|^ {4,})make(?: +[A-Z_]+=\S+)* +([a-z][a-z0-9-]*)/).map(\.1)
            + blocks.flatMap { $0.matches(of: /(?m)^make(?: +[A-Z_]+=\S+)* +([a-z][a-z0-9-]*)/).map(\.1) }
        return Set(found.map(String.init))
    }

    /// Variables given to `make` anywhere.
    static func namedVariables(_ text: String) -> Set<String> {
        Set(
            text.matches(of: /\bmake(?: +[a-z-]+)?((?: +[A-Z_]+=)+)/).flatMap {
                $0.1.matches(of: /[A-Z_]+/).map { String($0.output) }
            })
    }

    private static let pages: [String] = {
        let fixed = ["README.md", "CONTRIBUTING.md", "Measurements.md", "SECURITY.md", "Benchmarks/README.md"]
        let lab = (try? names(in: "fixtures/lab")) ?? []
        return fixed + lab.filter { $0.hasSuffix(".md") }.map { "fixtures/lab/" + $0 }
            + sources.filter { $0.hasSuffix(".md") }
    }()

    private static let sources: [String] = {
        let all = FileManager.default.enumerator(atPath: Repository.path("Sources"))?.allObjects as? [String]
        return (all ?? []).filter { $0.hasSuffix(".swift") || $0.hasSuffix(".md") }.sorted().map { "Sources/" + $0 }
    }()

    @Test func targetsOfPagesExist() throws {
        let known = try Self.targets(Self.rules())
        #expect(known.count > 20 && Self.pages.count > 20)
        for page in Self.pages {
            #expect(Self.namedTargets(try Self.text(page)).subtracting(known) == [], "\(page)")
        }
    }

    @Test func variablesOfPagesAndMessagesExist() throws {
        let known = try Self.variables(Self.rules())
        #expect(known.contains("ONLY") && known.contains("TORCH_CUDA") && !known.contains("TORCH"), "\(known.sorted())")
        for file in Self.pages + Self.sources {
            #expect(Self.namedVariables(try Self.text(file)).subtracting(known) == [], "\(file)")
        }
    }

    @Test func whatIsNotThereIsSeen() {
        #expect(Self.namedVariables("reading needs the program with models (make TORCH=1)") == ["TORCH"])
        #expect(
            Self.namedVariables("`make test ONLY='X'`, make bench MEGABYTES=1 but make a model") == [
                "ONLY", "MEGABYTES",
            ])
        #expect(
            Self.namedTargets("to\nmake sure, `make no X=1`\n    make lab-effect\n```\nmake docs\n```") == [
                "no", "lab-effect", "docs",
            ])
    }
}
