import Foundation
import KeyedPRF
import Yams

/// Why a prompt template could not be loaded.
public struct PromptTemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The template's file.
    public var file: String
    /// The line, 1-based, where one can be named.
    public var line: Int?
    /// What is wrong.
    public var message: String

    /// `file:line: message`.
    public var description: String {
        line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
    }
}

/// An instruction for an endpoint: a Markdown file with YAML front matter, a `# System` and a `# User` section, and
/// variables in double braces. Everything is checked when the file is loaded, nothing when it is used.
public struct PromptTemplate: Sendable {
    /// Values a template may use.
    public enum Variable: String, CaseIterable, Sendable {
        /// The problem the trace answers.
        case problem
        /// The reasoning to rewrite.
        case reasoning
        /// The final answer, which must survive.
        case answer
        /// A sentence to place at a natural spot.
        case statement
    }

    /// Sampling defaults of the template.
    public struct Sampling: Hashable, Sendable {
        /// Sampling temperature, 0-2.
        public var temperature: Double?
        /// Nucleus mass, (0, 1].
        public var topP: Double?
        /// Upper bound of the tokens written.
        public var maxTokens: Int?

        /// No defaults: the endpoint's own apply.
        public init(temperature: Double? = nil, topP: Double? = nil, maxTokens: Int? = nil) {
            self.temperature = temperature
            self.topP = topP
            self.maxTokens = maxTokens
        }
    }

    private enum Piece: Sendable {
        case text(String)
        /// With the line where it stands.
        case variable(Variable, line: Int)
    }

    /// The template's name.
    public let name: String
    /// What it is for.
    public let purpose: String
    /// Where it comes from.
    public let source: String
    /// The variables it uses.
    public let variables: Set<Variable>
    /// Its sampling defaults.
    public let sampling: Sampling
    /// SHA-256 of the whole file, hex: stored with every trace it rewrote.
    public let digest: String

    private let system: [Piece]
    private let user: [Piece]
    /// The template's own words in order, for the gate's leakage check.
    package let instructionText: String

    /// Parses a template; `file` is used in errors only.
    ///
    /// - Throws: ``PromptTemplateError`` naming file and line.
    public init(markdown: String, file: String) throws(PromptTemplateError) {
        // A carriage return and a line feed are one Character.
        let lines = (markdown.hasPrefix("\u{FEFF}") ? markdown.dropFirst() : markdown[...])
            .split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
        guard lines.first == "---", let close = lines.dropFirst().firstIndex(of: "---") else {
            throw PromptTemplateError(file: file, line: 1, message: "the file must begin with YAML front matter (---)")
        }
        let header = try FrontMatter(yaml: lines[1..<close].joined(separator: "\n"), file: file)
        let sections = try Self.sections(lines, from: close + 1, file: file)
        var used: [Variable: Int] = [:]
        var words = ""
        func pieces(_ section: (text: String, line: Int)?) throws(PromptTemplateError) -> [Piece] {
            guard let section else { return [] }
            let result = try Self.pieces(section.text, line: section.line, file: file)
            for piece in result {
                switch piece {
                case .text(let text): words += text + "\n"
                case .variable(let variable, let line): used[variable] = used[variable] ?? line
                }
            }
            return result
        }
        system = try pieces(sections.system)
        user = try pieces(sections.user)
        for variable in Variable.allCases where (header.variables[variable] == nil) != (used[variable] == nil) {
            let fault = used[variable] == nil ? "declared but not used" : "used but not declared"
            throw PromptTemplateError(
                file: file, line: header.variables[variable] ?? used[variable],
                message: "the variable '\(variable.rawValue)' is \(fault)")
        }
        name = header.name
        purpose = header.purpose
        source = header.source
        variables = Set(used.keys)
        sampling = header.sampling
        digest = SHA256Digest.of(markdown).hex
        instructionText = words
    }

    /// Reads a template file.
    ///
    /// - Throws: ``PromptTemplateError`` naming file and line.
    public static func load(path: String) throws(PromptTemplateError) -> PromptTemplate {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw PromptTemplateError(file: path, line: nil, message: "cannot be read")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw PromptTemplateError(file: path, line: nil, message: "is not UTF-8")
        }
        return try PromptTemplate(markdown: text, file: path)
    }

    /// The prompt with every variable filled in; a value the caller does not have is an empty string.
    public func render(_ values: [Variable: String]) -> RenderedPrompt {
        func fill(_ pieces: [Piece]) -> String {
            var result = ""
            for piece in pieces {
                switch piece {
                case .text(let text): result += text
                case .variable(let variable, _): result += values[variable] ?? ""
                }
            }
            return result
        }
        return RenderedPrompt(system: system.isEmpty ? nil : fill(system), user: fill(user), sampling: sampling)
    }

    private static func sections(
        _ lines: [String], from start: Int, file: String
    ) throws(PromptTemplateError) -> (system: (text: String, line: Int)?, user: (text: String, line: Int)?) {
        var found: [String: (lines: [String], line: Int)] = [:]
        var current: String?
        for (index, line) in lines.enumerated().dropFirst(start) {
            let heading = line.lowercased()
            if heading == "# system" || heading == "# user" {
                let key = String(heading.dropFirst(2))
                guard found[key] == nil else {
                    throw PromptTemplateError(file: file, line: index + 1, message: "a second '\(line)' section")
                }
                found[key] = ([], index + 2)
                current = key
            } else if let current {
                found[current]?.lines.append(line)
            } else if !line.allSatisfy(\.isWhitespace) {
                throw PromptTemplateError(
                    file: file, line: index + 1, message: "text before the first '# System' or '# User' section")
            }
        }
        guard found["user"] != nil else {
            throw PromptTemplateError(file: file, line: nil, message: "there is no '# User' section")
        }
        func section(_ key: String) -> (text: String, line: Int)? {
            found[key].map { section in
                let blank = section.lines.prefix { $0.allSatisfy(\.isWhitespace) }.count
                let text = section.lines.dropFirst(blank).joined(separator: "\n")
                return (text.trimmingCharacters(in: .whitespacesAndNewlines), section.line + blank)
            }
        }
        return (section("system"), section("user"))
    }

    private static func pieces(_ text: String, line: Int, file: String) throws(PromptTemplateError) -> [Piece] {
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.range(of: "{{") {
            let lineNumber = line + text[..<open.lowerBound].count { $0 == "\n" }
            guard let close = rest[open.upperBound...].range(of: "}}") else {
                throw PromptTemplateError(file: file, line: lineNumber, message: "'{{' without '}}'")
            }
            let name = rest[open.upperBound..<close.lowerBound].trimmingCharacters(in: .whitespaces)
            guard let variable = Variable(rawValue: name) else {
                let known = Variable.allCases.map(\.rawValue).joined(separator: ", ")
                throw PromptTemplateError(
                    file: file, line: lineNumber, message: "unknown variable '\(name)' (known: \(known))")
            }
            pieces.append(.text(String(rest[..<open.lowerBound])))
            pieces.append(.variable(variable, line: lineNumber))
            rest = rest[close.upperBound...]
        }
        pieces.append(.text(String(rest)))
        return pieces
    }
}

/// The YAML header of a template.
private struct FrontMatter {
    var name: String
    var purpose: String
    var source: String
    /// With the line of each declaration.
    var variables: [PromptTemplate.Variable: Int]
    var sampling: PromptTemplate.Sampling

    init(yaml: String, file: String) throws(PromptTemplateError) {
        func fail(_ message: String, _ line: Int? = nil) -> PromptTemplateError {
            PromptTemplateError(file: file, line: line, message: message)
        }
        let root: Node
        do {
            guard let node = try Yams.compose(yaml: yaml) else { throw fail("the front matter is empty", 2) }
            root = node
        } catch let error as PromptTemplateError {
            throw error
        } catch YamlError.scanner(_, let problem, let mark, _) {
            throw fail("the front matter is not YAML: \(problem)", mark.line + 1)
        } catch YamlError.parser(_, let problem, let mark, _) {
            throw fail("the front matter is not YAML: \(problem)", mark.line + 1)
        } catch {
            throw fail("the front matter is not YAML")
        }
        guard case .mapping(let mapping) = root else { throw fail("the front matter must be a mapping", 2) }
        let known = ["name", "purpose", "source", "variables", "sampling"]
        for key in mapping.keys where !known.contains(key.string ?? "") {
            throw fail("unknown key '\(key.string ?? "?")' (known: \(known.joined(separator: ", ")))", Self.line(key))
        }
        func text(_ key: String) throws(PromptTemplateError) -> String {
            guard let value = mapping[Node(key)]?.string, !value.isEmpty else { throw fail("'\(key)' is missing", 2) }
            return value
        }
        name = try text("name")
        purpose = try text("purpose")
        source = try text("source")
        variables = [:]
        guard let list = mapping[Node("variables")]?.sequence else { throw fail("'variables' must be a list", 2) }
        for node in list {
            guard let variable = node.string.flatMap(PromptTemplate.Variable.init(rawValue:)) else {
                throw fail("unknown variable '\(node.string ?? "?")'", Self.line(node))
            }
            variables[variable] = Self.line(node) ?? 2
        }
        sampling = PromptTemplate.Sampling()
        if let node = mapping[Node("sampling")] {
            sampling = try Self.sampling(node, fail: fail)
        }
    }

    private static func sampling(
        _ node: Node, fail: (String, Int?) -> PromptTemplateError
    ) throws(PromptTemplateError) -> PromptTemplate.Sampling {
        guard case .mapping(let mapping) = node else { throw fail("'sampling' must be a mapping", line(node)) }
        var result = PromptTemplate.Sampling()
        for (key, value) in mapping {
            switch key.string {
            case "temperature":
                guard let number = value.float ?? value.int.map(Double.init), (0...2).contains(number) else {
                    throw fail("'temperature' must be a number from 0 to 2", line(value))
                }
                result.temperature = number
            case "top_p":
                guard let number = value.float ?? value.int.map(Double.init), number > 0, number <= 1 else {
                    throw fail("'top_p' must be a number in (0, 1]", line(value))
                }
                result.topP = number
            case "max_tokens":
                guard let number = value.int, number > 0 else {
                    throw fail("'max_tokens' must be a positive whole number", line(value))
                }
                result.maxTokens = number
            default:
                throw fail("unknown sampling key '\(key.string ?? "?")'", line(key))
            }
        }
        return result
    }

    /// The line in the file: the front matter begins on its second line.
    private static func line(_ node: Node) -> Int? {
        node.mark.map { $0.line + 1 }
    }
}
