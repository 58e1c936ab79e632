import Foundation
import Synchronization
import Testing

@testable import ChatTemplates

/// Cases made by transformers: scripts/golden/chat_templates.py.
struct Golden {
    struct Case: Sendable {
        var name: String
        var source: String
        var conversation: ChatTemplate.Conversation
        /// What transformers writes; nil where it ends with an error.
        var text: String?
        var error: String?
    }

    /// Templates that were read before: many cases share one.
    private static let read = Mutex<[String: ChatTemplate]>([:])

    private static func template(_ source: String) throws(ChatTemplateError) -> ChatTemplate {
        if let template = read.withLock({ $0[source] }) { return template }
        let template = try ChatTemplate(source)
        read.withLock { $0[source] = template }
        return template
    }

    /// What became of a case.
    enum Outcome: Equatable {
        case equal
        /// Refused here, and not by transformers.
        case refused(ChatTemplateError)
        case different(String)
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The clock of scripts/golden/chat_templates.py.
    static var date: ChatTemplateDate {
        ChatTemplateDate(year: 2026, month: 3, day: 9, hour: 14, minute: 5, second: 7) ?? .now
    }

    static func cases(_ path: String) throws -> [Case] {
        let url = path.hasPrefix("/") ? URL(fileURLWithPath: path) : root.appendingPathComponent(path)
        let file = try ChatTemplateValue(json: [UInt8](Data(contentsOf: url)))
        var variables: [String: ChatTemplateValue] = [:]
        for member in file["variables"]?.members ?? [] { variables[member.name] = member.value }
        return try (file["cases"]?.elements ?? []).enumerated().map { i, item in
            var conversation = ChatTemplate.Conversation(
                try #require(file["messages"] ?? file.conversation(item)).elements, variables: variables, date: date)
            conversation.addGenerationPrompt = item["generation"] == true
            if item["tools"] == true { conversation.tools = file["tools"]?.elements }
            let name = item["template"]?.text ?? "\(i)"
            return Case(
                name: name, source: try #require((item["source"] ?? file["templates"]?[name])?.text),
                conversation: conversation, text: item["text"]?.text, error: item["error"]?.text)
        }
    }

    static func outcome(_ example: Case) -> Outcome {
        do throws(ChatTemplateError) {
            let text = try template(example.source).render(example.conversation).text
            // Compared by code points: as characters, a combining mark would be one with what is before it.
            guard let expected = example.text else { return .different("rendered: \(text.debugDescription)") }
            return text.unicodeScalars.elementsEqual(expected.unicodeScalars)
                ? .equal : .different("\(text.debugDescription)\n  and not \(expected.debugDescription)")
        } catch {
            return example.text == nil ? .equal : .refused(error)
        }
    }
}

extension ChatTemplateValue {
    var elements: [ChatTemplateValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }

    var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    fileprivate func conversation(_ item: ChatTemplateValue) -> ChatTemplateValue? {
        guard case .integer(let number)? = item["conversation"] else { return nil }
        return self["conversations"]?.elements[number]
    }
}
