import StrictJSON

/// A record with new texts for some of its fields, in which no copy of their old reasoning is left.
package struct DefendedRecord: Sendable {
    /// The record's bytes, without a line terminator.
    package var bytes: [UInt8]
    /// Paths of strings that held a copy of the reasoning and hold the new text now.
    package var copies: [String] = []
    /// Paths of members that spelt a rewritten text token by token, and are gone.
    package var companions: [String] = []
    /// Paths of signatures over a rewritten text, which are gone.
    package var signatures: [String] = []
}

/// A copy of the original reasoning that cannot be rewritten without touching what must stay.
package struct UnmarkedCopy: Error, Hashable, Sendable {
    /// Where it stands: `messages[0].content`.
    package var path: String
    /// The same with `[]` for every place in an array: what to give `--keep-unmarked`.
    package var pattern: String { Self.pattern(path) }

    /// A path with `[]` for every place in an array.
    package static func pattern(_ path: String) -> String {
        var pattern = ""
        var isInside = false
        for character in path {
            if character == "]" { isInside = false }
            if !isInside { pattern.append(character) }
            if character == "[" { isInside = true }
        }
        return pattern
    }
}

extension TraceRecord {
    /// The record with the given fields replaced, and every copy of what was reasoning in them with it.
    ///
    /// A string that equals an old text gets the new one, and so does every place in a string where an old region stands
    /// word for word, also as JSON within JSON. Members that spell a rewritten text by tokens and signatures over it are
    /// removed. Strings of users, systems and tools, and replies, are never changed: a copy there, and any other string of
    /// more than 200 characters that repeats a stretch of the original in other words' company, is an error.
    ///
    /// - Parameters:
    ///   - replacements: The new texts.
    ///   - kept: Paths that may keep a copy.
    /// - Throws: ``UnmarkedCopy``.
    package func defended(
        replacing replacements: [FieldReplacement], keeping kept: [TraceFieldPaths.Path] = []
    ) throws(UnmarkedCopy) -> DefendedRecord {
        let changed = replacements.filter { replacement in
            turns.indices.contains(replacement.turn)
                && turns[replacement.turn].fields.indices.contains(replacement.field)
                && !turns[replacement.turn].fields[replacement.field].text.utf8.elementsEqual(replacement.text.utf8)
        }
        guard format.isLineBased, !changed.isEmpty else {
            return DefendedRecord(bytes: encoded(replacing: replacements))
        }
        var result: Result<DefendedRecord, UnmarkedCopy>?
        source.withUnsafeBytes { bytes in
            // These bytes were read before.
            guard let view = try? JSONView(scanning: bytes) else { return }
            do throws(UnmarkedCopy) {
                var defence = RecordDefence(record: self, view: view, changed: changed, kept: kept)
                result = .success(try defence.run())
            } catch {
                result = .failure(error)
            }
        }
        return try result?.get() ?? DefendedRecord(bytes: encoded(replacing: replacements))
    }
}

/// The work of ``TraceRecord/defended(replacing:keeping:)``.
private struct RecordDefence {
    /// The least length of an old region that is looked for inside of other strings, in bytes.
    private static let minimalRegion = 24
    /// Strings that are longer than this, in characters, are compared with the original.
    private static let minimalCopy = 200

    private let record: TraceRecord
    private let view: JSONView
    private let kept: [TraceFieldPaths.Path]
    /// New texts by the offset of the field's string.
    private var texts: [Int: String] = [:]
    private var pairs = RegionPairs()
    private var stretches: CopiedStretches
    /// Offsets of strings that are replies, or fields that were not changed.
    private var untouched: Set<Int> = []
    private var edits: [(range: Range<Int>, bytes: [UInt8])] = []
    private var result = DefendedRecord(bytes: [])
    /// Objects with members to remove, and those members' keys.
    private var removed: [Int: Set<Int>] = [:]

    init(record: TraceRecord, view: JSONView, changed: [FieldReplacement], kept: [TraceFieldPaths.Path]) {
        self.record = record
        self.view = view
        self.kept = kept
        var originals: [String] = []
        for replacement in changed {
            let field = record.turns[replacement.turn].fields[replacement.field]
            texts[record.slots[replacement.turn][replacement.field].lowerBound] = replacement.text
            originals += pairs.add(old: field, new: replacement.text)
        }
        for slot in record.slots.joined() where texts[slot.lowerBound] == nil { untouched.insert(slot.lowerBound) }
        stretches = CopiedStretches(of: originals)
    }

    mutating func run() throws(UnmarkedCopy) -> DefendedRecord {
        try walk(0, ancestors: [])
        removeMembers()
        result.bytes = apply()
        return result
    }

    /// A step from an object or array to what is in it.
    private struct Step {
        var container: Int
        /// The key of a member, or nil.
        var key: Int?
        var element = 0
    }

    // MARK: Strings

    private mutating func walk(_ value: Int, ancestors: [Step]) throws(UnmarkedCopy) {
        switch view.kind(value) {
        case .object:
            for (key, member) in view.tape.members(of: value) {
                try walk(member, ancestors: ancestors + [Step(container: value, key: key)])
            }
        case .array:
            var words = ""
            var hasText = false
            for (number, element) in view.tape.elements(of: value).enumerated() {
                try walk(element, ancestors: ancestors + [Step(container: value, key: nil, element: number)])
                if let token = token(element) {
                    words += token
                    hasText = true
                }
            }
            // Tokens one by one, whatever the member is called.
            if hasText { try checkTokens(words, value, ancestors) }
        case .string: try string(value, ancestors)
        default: break
        }
    }

    /// The text of an element that may be a token: a string, or an object's `token`.
    private func token(_ element: Int) -> String? {
        switch view.kind(element) {
        case .string: return view.range(element).count <= 64 ? view.string(element) : nil
        case .object:
            guard let token = view.member(element, "token"), view.kind(token) == .string else { return nil }
            return view.string(token)
        default: return nil
        }
    }

    private mutating func checkTokens(_ words: String, _ array: Int, _ ancestors: [Step]) throws(UnmarkedCopy) {
        guard words.utf8.count > Self.minimalCopy, stretches.repeats(words, asWhole: false) else { return }
        // A companion is removed as a whole with the text it spells.
        if let first = ancestors.firstIndex(where: { step in
            step.key.map { ReasoningTable.isCompanion(view.string($0)) } ?? false
        }) {
            remove(memberOf: ancestors, from: first)
            return
        }
        try refuse(ancestors)
    }

    private mutating func string(_ value: Int, _ ancestors: [Step]) throws(UnmarkedCopy) {
        let range = view.range(value)
        if let text = texts[range.lowerBound] {
            replace(range, by: text)
            removeCompanions(of: ancestors)
            return
        }
        guard range.count > Self.minimalRegion else { return }
        let old = view.string(value)
        let isUntouched =
            untouched.contains(range.lowerBound)
            || record.prompts.contains { $0.lowerBound <= range.lowerBound && range.upperBound <= $0.upperBound }
        if isUntouched {
            guard old.count > Self.minimalCopy else { return }
            let isLong = pairs.longest > Self.minimalCopy && pairs.apply(to: old) != nil
            if isLong || stretches.repeats(old, asWhole: true) { try refuse(ancestors) }
            return
        }
        if let (new, rest) = pairs.apply(to: old) {
            if rest.count > Self.minimalCopy, stretches.repeats(rest, asWhole: false) { try refuse(ancestors) }
            replace(range, by: new)
            result.copies.append(path(ancestors))
            removeCompanions(of: ancestors)
        } else if old.count > Self.minimalCopy, stretches.repeats(old, asWhole: false) {
            try refuse(ancestors)
        }
    }

    private func refuse(_ ancestors: [Step]) throws(UnmarkedCopy) {
        let path = path(ancestors)
        if kept.contains(where: { $0.covers(path) }) { return }
        throw UnmarkedCopy(path: path)
    }

    private mutating func replace(_ range: Range<Int>, by text: String) {
        var bytes: [UInt8] = []
        JSONText.append(text, to: &bytes, asciiOnly: JSONText.isASCIIOnly(record.source[range]))
        edits.append((range, bytes))
    }

    private func path(_ ancestors: [Step]) -> String {
        var path = ""
        for step in ancestors {
            if let key = step.key {
                path += (path.isEmpty ? "" : ".") + view.string(key)
            } else {
                path += "[\(step.element)]"
            }
        }
        return path
    }

    // MARK: Companions

    /// Marks the companions and signatures of a rewritten text for removal: those in the objects around it.
    private mutating func removeCompanions(of ancestors: [Step]) {
        let name = ancestors.last { $0.key != nil }?.key.map { ReasoningTable.folded(view.string($0)) } ?? ""
        for (depth, step) in ancestors.enumerated() where view.kind(step.container) == .object {
            let isOwn = !ancestors[(depth + 1)...].contains { view.kind($0.container) == .object }
            for (key, value) in view.tape.members(of: step.container) where !isRemoved(key, step.container) {
                let member = ReasoningTable.folded(view.string(key))
                let here = Array(ancestors[..<depth]) + [Step(container: step.container, key: key)]
                if isOwn, ReasoningTable.signatures.contains(member), view.kind(value) == .string {
                    removed[step.container, default: []].insert(key)
                    result.signatures.append(path(here))
                } else if ReasoningTable.isCompanion(member), isTokens(value, member) {
                    removeCompanion(key, value, here, of: name)
                }
            }
        }
    }

    /// A companion with members of its own loses the one for the rewritten text; others go as a whole.
    private mutating func removeCompanion(_ key: Int, _ value: Int, _ steps: [Step], of name: String) {
        if view.kind(value) == .object {
            let members = view.tape.members(of: value)
            if let own = members.first(where: { ReasoningTable.folded(view.string($0.key)) == name }) {
                if isRemoved(own.key, value) { return }
                removed[value, default: []].insert(own.key)
                result.companions.append(path(steps + [Step(container: value, key: own.key)]))
                return
            }
        }
        guard let container = steps.last?.container else { return }
        removed[container, default: []].insert(key)
        result.companions.append(path(steps))
    }

    /// Whether a value may spell a text: not a count, nor a list of words that is called `labels` or `context`.
    private func isTokens(_ value: Int, _ name: String) -> Bool {
        switch view.kind(value) {
        case .object: return name.contains("logprob") || name.contains("probabilities")
        case .array:
            guard let first = view.tape.elements(of: value).first else { return false }
            switch view.kind(first) {
            case .string: return name.contains("token")
            default: return true
            }
        default: return name == "detokenizedtext" || name == "cumulativelogprob"
        }
    }

    /// Removes the innermost member of a companion that spells the text, unless something around it goes anyway.
    private mutating func remove(memberOf ancestors: [Step], from first: Int) {
        let isGone = ancestors.contains { step in step.key.map { isRemoved($0, step.container) } ?? false }
        guard !isGone, let depth = ancestors[first...].lastIndex(where: { $0.key != nil }),
            let key = ancestors[depth].key
        else { return }
        removed[ancestors[depth].container, default: []].insert(key)
        result.companions.append(path(Array(ancestors[...depth])))
    }

    private func isRemoved(_ key: Int, _ container: Int) -> Bool { removed[container]?.contains(key) ?? false }

    /// Cuts members with a comma each, so that an object with the others is left.
    private mutating func removeMembers() {
        for (object, keys) in removed {
            let members = view.tape.members(of: object)
            var hasKept = false
            for (number, member) in members.enumerated() {
                guard keys.contains(member.key) else {
                    hasKept = true
                    continue
                }
                let end = view.range(member.value).upperBound
                if hasKept {
                    edits.append((view.range(members[number - 1].value).upperBound..<end, []))
                } else if number + 1 < members.count {
                    edits.append((view.offset(member.key)..<view.offset(members[number + 1].key), []))
                } else {
                    edits.append((view.offset(member.key)..<end, []))
                }
            }
        }
    }

    // MARK: Writing

    private func apply() -> [UInt8] {
        // A cut comes before what it contains.
        let ordered = edits.sorted {
            ($0.range.lowerBound, -$0.range.upperBound) < ($1.range.lowerBound, -$1.range.upperBound)
        }
        var output: [UInt8] = []
        output.reserveCapacity(record.source.count + ordered.reduce(0) { $0 + $1.bytes.count })
        var copied = 0
        for edit in ordered where edit.range.lowerBound >= copied {
            output += record.source[copied..<edit.range.lowerBound]
            output += edit.bytes
            copied = edit.range.upperBound
        }
        output += record.source[copied...]
        return output
    }
}
