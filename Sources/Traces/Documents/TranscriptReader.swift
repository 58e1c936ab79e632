import Answers
import CLibXML2

/// Finds records, turns and text nodes in a document tree; ``TraceDocument`` lists the shapes.
struct TranscriptReader {
    /// The text nodes behind a record's fields, by turn and field.
    typealias Nodes = [[xmlNodePtr]]

    private struct Building {
        var record: TraceRecord
        var nodes: Nodes = []
        var problem: String?
    }

    private enum Speaker {
        case user
        case assistant
        case other
    }

    private static let containers: Set<String> = ["transcript", "conversation", "dialogue", "dialog", "record"]
    private static let problemNames: Set<String> = ["problem", "question"]
    private static let traceNames: Set<String> = ["trace", "original_trace", "response"]
    private static let skippedNames: Set<String> = ["script", "style", "template", "svg", "button", "pre", "code"]

    private let format: TraceFormat
    private let file: String
    private(set) var records: [TraceRecord] = []
    private(set) var nodes: [Nodes] = []

    init(tree: XMLTree, format: TraceFormat, file: String) throws(TraceError) {
        self.format = format
        self.file = file
        guard let root = xmlDocGetRootElement(tree.document) else { return }
        var outer = Building(record: emptyRecord(root))
        if Self.isContainer(root, format) { describe(&outer, root) }
        walk(root, into: &outer)
        finish(outer)
        if records.isEmpty {
            throw TraceError(
                .missingField, at: SourceLocation(file: file, line: 1),
                "no assistant turn was found; understood are <turn role=\"assistant\">, <message role=\"assistant\">, "
                    + "<trace>, and in HTML data-message-author-role, data-role or a class of user or assistant")
        }
    }

    private func emptyRecord(_ node: xmlNodePtr) -> TraceRecord {
        TraceRecord(
            format: format, location: SourceLocation(file: file, line: max(1, Int(xmlGetLineNo(node)))), id: nil,
            tenant: nil, solution: nil, metadata: nil, turns: [], source: [], slots: [])
    }

    private mutating func finish(_ building: Building) {
        guard !building.record.turns.isEmpty else { return }
        records.append(building.record)
        nodes.append(building.nodes)
    }

    // MARK: The tree

    /// Depth is bounded by the parser (256), so recursion is.
    private mutating func walk(_ parent: xmlNodePtr, into building: inout Building) {
        var child = parent.pointee.children
        while let node = child {
            child = node.pointee.next
            guard node.pointee.type == XML_ELEMENT_NODE else { continue }
            let name = Self.name(node)
            if Self.isContainer(node, format) {
                var inner = Building(record: emptyRecord(node))
                describe(&inner, node)
                walk(node, into: &inner)
                finish(inner)
            } else if let speaker = Self.speaker(node, name, format) {
                switch speaker {
                case .user: building.problem = Self.text(of: node)
                case .assistant: addTurn(node, isTrace: false, to: &building)
                case .other: break
                }
            } else if Self.problemNames.contains(name) {
                building.problem = Self.text(of: node)
            } else if Self.traceNames.contains(name) {
                addTurn(node, isTrace: name != "response", to: &building)
            } else if name == "solution", format == .xml {
                building.record.solution = Self.text(of: node)
            } else if !Self.skippedNames.contains(name) {
                walk(node, into: &building)
            }
        }
    }

    private func describe(_ building: inout Building, _ node: xmlNodePtr) {
        building.record.id = Self.attribute(node, "id") ?? Self.attribute(node, "data-id")
        building.record.tenant = Self.attribute(node, "tenant") ?? Self.attribute(node, "data-tenant")
    }

    private static func isContainer(_ node: xmlNodePtr, _ format: TraceFormat) -> Bool {
        if containers.contains(name(node)) { return true }
        guard format == .html, let classes = attribute(node, "class") else { return false }
        return words(classes).contains { containers.contains($0) }
    }

    private static func speaker(_ node: xmlNodePtr, _ name: String, _ format: TraceFormat) -> Speaker? {
        if format == .html {
            if let role = attribute(node, "data-message-author-role") ?? attribute(node, "data-role") {
                return speaker(role)
            }
            guard let classes = attribute(node, "class") else { return nil }
            return words(classes).lazy.compactMap { word -> Speaker? in
                let found = speaker(String(word.split(separator: "-").first ?? ""))
                return found == .other ? nil : found
            }.first
        }
        switch name {
        case "turn", "message", "utterance":
            return (attribute(node, "role") ?? attribute(node, "from") ?? attribute(node, "speaker")).map(speaker)
                ?? .other
        case "user", "human", "assistant": return speaker(name)
        default: return nil
        }
    }

    private static func speaker(_ role: String) -> Speaker {
        switch role.lowercased() {
        case "user", "human": .user
        case "assistant", "gpt", "model", "bot": .assistant
        default: .other
        }
    }

    // MARK: Turns

    private func addTurn(_ element: xmlNodePtr, isTrace: Bool, to building: inout Building) {
        var found: [(node: xmlNodePtr, isReasoning: Bool)] = []
        Self.collect(element, isReasoning: false, format, into: &found)
        guard !found.isEmpty else { return }
        var fields = found.map { item in
            TraceField(role: item.isReasoning ? .reasoning : .content, text: Self.content(item.node))
        }
        if !found.contains(where: \.isReasoning) { Self.assignRoles(&fields, isTrace: isTrace) }
        building.record.turns.append(TraceTurn(problem: building.problem, fields: fields))
        building.nodes.append(found.map(\.node))
    }

    /// Text without reasoning elements, cut up by other elements (paragraphs): reasoning up to the piece with the final
    /// answer. What an assistant says in a chat is a reply, unless it ends as a trace does or marks say more.
    private static func assignRoles(_ fields: inout [TraceField], isTrace: Bool) {
        let isTrace = isTrace || RecordReader.endsWithHashes(fields.last?.text ?? "")
        if !isTrace || fields.contains(where: { TraceRegions.hasTags($0.text) }) {
            for index in fields.indices { fields[index].role = isTrace ? .trace : .reply }
            return
        }
        let whole = fields.map(\.text).joined(separator: "\n")
        // A number that reasoning goes on behind is no end.
        let found = AnswerExtractor.extract(from: whole).flatMap {
            AnswerExtractor.reasoningFollows($0.markerRange.upperBound, in: whole) ? nil : $0.markerRange
        }
        let answer = found ?? whole.utf8.count..<whole.utf8.count
        var start = 0
        for index in fields.indices {
            let end = start + fields[index].text.utf8.count
            fields[index].role =
                answer.lowerBound > end ? .reasoning : answer.upperBound <= start ? .content : .trace
            start = end + 1
        }
    }

    private static func isReasoning(_ name: String) -> Bool {
        ReasoningTable.region(ofWord: name, isToken: false) == .reasoning
    }

    private static func collect(
        _ parent: xmlNodePtr, isReasoning: Bool, _ format: TraceFormat,
        into found: inout [(node: xmlNodePtr, isReasoning: Bool)]
    ) {
        var child = parent.pointee.children
        while let node = child {
            child = node.pointee.next
            switch node.pointee.type {
            case XML_TEXT_NODE, XML_CDATA_SECTION_NODE:
                if content(node).utf8.contains(where: { $0 > 0x20 }) { found.append((node, isReasoning)) }
            case XML_ELEMENT_NODE:
                let name = name(node)
                if skippedNames.contains(name) { continue }
                let isThought =
                    Self.isReasoning(name)
                    || format == .html && words(attribute(node, "class") ?? "").contains(where: Self.isReasoning)
                collect(node, isReasoning: isReasoning || isThought, format, into: &found)
            default: break
            }
        }
    }

    // MARK: Nodes

    private static func name(_ node: xmlNodePtr) -> String {
        XMLTree.string(node.pointee.name)?.lowercased() ?? ""
    }

    private static func words(_ text: String) -> [String] {
        text.lowercased().split { $0 == " " || $0 == "\n" || $0 == "\t" }.map(String.init)
    }

    private static func attribute(_ node: xmlNodePtr, _ name: String) -> String? {
        guard let value = xmlGetProp(node, name) else { return nil }
        defer { CLibXML2_free(value) }
        return String(cString: value)
    }

    static func content(_ node: xmlNodePtr) -> String {
        XMLTree.string(node.pointee.content) ?? ""
    }

    private static func text(of node: xmlNodePtr) -> String {
        guard let value = xmlNodeGetContent(node) else { return "" }
        defer { CLibXML2_free(value) }
        return String(cString: value)
    }
}
