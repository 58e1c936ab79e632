import Yams

/// Reads the YAML of a lexicon, with the line of every mistake.
struct LexiconParser {
    let file: String
    private var sets: [String: LexicalNeighbourSet] = [:]
    private var owners: [String: String] = [:]

    init(file: String) {
        self.file = file
    }

    mutating func parse(_ yaml: String) throws(LexiconError) -> [Lexicon.ExpressionClass] {
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            throw unreadable(error)
        }
        guard let root, let mapping = root.mapping else {
            throw LexiconError(file: file, line: 1, message: "expected a mapping with the keys sets and classes")
        }
        var list: Node.Sequence?
        for (key, value) in mapping {
            switch key.string {
            case "sets": try parseSets(value)
            case "classes":
                guard let sequence = value.sequence else { throw error(value, "classes must be a list") }
                list = sequence
            default: throw error(key, "unknown key \(name(key))")
            }
        }
        guard let list, !list.isEmpty else { throw error(root, "no classes") }
        var classes: [Lexicon.ExpressionClass] = []
        var ids: Set<String> = []
        for node in list {
            let entry = try parseClass(node)
            guard ids.insert(entry.id).inserted else { throw error(node, "class \(entry.id) is defined twice") }
            classes.append(entry)
        }
        return classes
    }

    private mutating func parseSets(_ node: Node) throws(LexiconError) {
        guard let mapping = node.mapping else { throw error(node, "sets must be a mapping") }
        for (key, value) in mapping {
            guard let setName = key.string else { throw error(key, "a set needs a name") }
            sets[setName] = try parseSet(value)
        }
    }

    private mutating func parseClass(_ node: Node) throws(LexiconError) -> Lexicon.ExpressionClass {
        guard let mapping = node.mapping else { throw error(node, "a class must be a mapping") }
        var id: String?
        var note: String?
        var memberNodes: Node.Sequence?
        var guards: [LexicalGuard] = []
        for (key, value) in mapping {
            switch key.string {
            case "id": id = value.string
            case "note": note = value.string
            case "members": memberNodes = value.sequence
            case "guards":
                if let alternatives = value.sequence {
                    for alternative in alternatives { guards.append(try parseGuard(alternative)) }
                } else {
                    guards.append(try parseGuard(value))
                }
            default: throw error(key, "unknown key \(name(key)) in a class")
            }
        }
        guard let id, !id.isEmpty, id.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
            throw error(node, "a class needs an id of printable ASCII without spaces")
        }
        guard let memberNodes, (2...255).contains(memberNodes.count) else {
            throw error(node, "class \(id) needs at least two members")
        }
        var members: [Lexicon.Member] = []
        for memberNode in memberNodes {
            let member = try parseMember(memberNode, classID: id)
            if let owner = owners[member.text] {
                throw error(memberNode, "expression \"\(member.text)\" is already in class \(owner)")
            }
            owners[member.text] = id
            members.append(member)
        }
        return .init(id: id, members: members, note: note, guards: guards)
    }

    private func parseMember(_ node: Node, classID: String) throws(LexiconError) -> Lexicon.Member {
        var text = node.string
        var vowel: Bool?
        var guards: LexicalGuard?
        if let mapping = node.mapping {
            var rest = Node.Mapping([])
            for (key, value) in mapping {
                switch key.string {
                case "text": text = value.string
                case "sound":
                    guard let sound = value.string, sound == "vowel" || sound == "consonant" else {
                        throw error(value, "sound is vowel or consonant")
                    }
                    vowel = sound == "vowel"
                default: rest[key] = value
                }
            }
            if !rest.isEmpty { guards = try parseGuard(Node.mapping(rest)) }
        }
        guard let text else { throw error(node, "a member of class \(classID) has no text") }
        let words = NormalisedWords.words(of: text)
        guard (1...LexicalTable.maximumWords).contains(words.count), words.joined(separator: " ") == text,
            text.utf8.allSatisfy({ $0 < 128 })
        else {
            throw error(
                node, "member \"\(text)\" is not one to four lower-case ASCII words separated by single spaces")
        }
        let vowelLetter = text.utf8.first.map { "aeio".utf8.contains($0) } ?? false
        return .init(text: text, startsWithVowelSound: vowel ?? vowelLetter, guards: guards)
    }

    private func parseGuard(_ node: Node) throws(LexiconError) -> LexicalGuard {
        guard let mapping = node.mapping, !mapping.isEmpty else { throw error(node, "a guard must be a mapping") }
        var result = LexicalGuard()
        for (key, value) in mapping {
            if key.string == "position" {
                guard let position = value.string.flatMap(LexicalGuard.Position.init) else {
                    throw error(value, "position is initial or medial")
                }
                result.position = position
            } else if let entry = LexicalGuard.setPaths.first(where: { $0.key == key.string }) {
                result[keyPath: entry.value] = try parseSet(value)
            } else {
                throw error(key, "unknown guard \(name(key))")
            }
        }
        return result
    }

    private func parseSet(_ node: Node) throws(LexiconError) -> LexicalNeighbourSet {
        guard let sequence = node.sequence else { throw error(node, "expected a list of words") }
        var words: Set<String> = []
        var kinds: LexicalKinds = []
        for item in sequence {
            guard let text = item.string else { throw error(item, "expected a word") }
            if text.hasPrefix("$") {
                guard let set = sets[String(text.dropFirst())] else { throw error(item, "unknown set \(text)") }
                words.formUnion(set.words)
                kinds.formUnion(set.kinds)
            } else if text.hasPrefix("<") {
                guard let kind = LexicalKinds.named[text] else { throw error(item, "unknown kind \(text)") }
                kinds.formUnion(kind)
            } else {
                guard NormalisedWords.words(of: text) == [text] else {
                    throw error(item, "\"\(text)\" is not one lower-case word")
                }
                words.insert(text)
            }
        }
        return LexicalNeighbourSet(words: words.sorted(), kinds: kinds)
    }

    private func unreadable(_ error: any Error) -> LexiconError {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            LexiconError(file: file, line: mark.line, message: "not YAML: \(problem)")
        default: LexiconError(file: file, line: nil, message: "not YAML: \(error)")
        }
    }

    private func name(_ node: Node) -> String {
        "\"\(node.string ?? "?")\""
    }

    private func error(_ node: Node, _ message: String) -> LexiconError {
        LexiconError(file: file, line: node.mark?.line, message: message)
    }
}
