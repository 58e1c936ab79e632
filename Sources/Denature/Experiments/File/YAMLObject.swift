import Lab
import Yams

/// A mapping of an experiment's file whose values are asked for by name and type; every mistake has its line.
///
/// Names are written with `-` or `_`, and asked for with `-`.
struct YAMLObject {
    let file: String
    /// What the mapping describes, for messages: "a defence".
    let name: String
    /// The line it begins in.
    let line: Int
    private let entries: [(key: String, line: Int, value: Node)]

    /// - Throws: `ExperimentFileError` where `node` is no mapping, or has a key that is not among `keys`.
    init(_ node: Node, file: String, name: String, keys: [String]) throws(ExperimentFileError) {
        self.file = file
        self.name = name
        line = node.mark?.line ?? 1
        guard let mapping = node.mapping else {
            throw ExperimentFileError(file: file, line: line, message: "\(name) must be a mapping of keys to values")
        }
        var entries: [(key: String, line: Int, value: Node)] = []
        for (key, value) in mapping {
            let keyLine = key.mark?.line ?? line
            guard let text = key.string?.replacing("_", with: "-"), keys.contains(text) else {
                let known = keys.sorted().joined(separator: ", ")
                throw ExperimentFileError(
                    file: file, line: keyLine,
                    message: "unknown key '\(key.string ?? "?")' in \(name); known are \(known)")
            }
            if entries.contains(where: { $0.key == text }) {
                throw ExperimentFileError(file: file, line: keyLine, message: "'\(text)' occurs twice in \(name)")
            }
            entries.append((text, keyLine, value))
        }
        self.entries = entries
    }

    /// The keys in the order of the file.
    var keys: [String] { entries.map(\.key) }

    func has(_ key: String) -> Bool { entries.contains { $0.key == key } }

    /// The line of a key, or of the mapping.
    func line(of key: String) -> Int { entries.first { $0.key == key }?.line ?? line }

    func node(_ key: String) -> Node? {
        guard let node = entries.first(where: { $0.key == key })?.value, node.null == nil else { return nil }
        return node
    }

    func error(_ key: String, _ message: String) -> ExperimentFileError {
        ExperimentFileError(file: file, line: line(of: key), message: message)
    }

    // MARK: Values

    func text(_ key: String) throws(ExperimentFileError) -> String? {
        guard let node = node(key) else { return nil }
        return try Self.text(node, key, file)
    }

    func requiredText(_ key: String) throws(ExperimentFileError) -> String {
        guard let text = try text(key) else {
            throw ExperimentFileError(file: file, line: line, message: "\(name) needs '\(key)'")
        }
        return text
    }

    func number(_ key: String, _ range: ClosedRange<Double>) throws(ExperimentFileError) -> Double? {
        guard let node = node(key) else { return nil }
        return try Self.number(node, key, range, file)
    }

    /// One number or a list of them; empty where the key is missing.
    func numbers(_ key: String, _ range: ClosedRange<Double>) throws(ExperimentFileError) -> [Double] {
        guard let node = node(key) else { return [] }
        guard let sequence = node.sequence else { return [try Self.number(node, key, range, file)] }
        guard !sequence.isEmpty else { throw error(key, "'\(key)' must not be an empty list") }
        var numbers: [Double] = []
        for item in sequence { numbers.append(try Self.number(item, key, range, file)) }
        return numbers
    }

    func whole(_ key: String, _ range: ClosedRange<Int>) throws(ExperimentFileError) -> Int? {
        guard let value = try number(key, Double(range.lowerBound)...Double(range.upperBound)) else { return nil }
        guard let whole = Int(exactly: value) else { throw error(key, "'\(key)' must be a whole number") }
        return whole
    }

    func flag(_ key: String) throws(ExperimentFileError) -> Bool {
        guard let node = node(key) else { return false }
        guard let flag = node.bool else { throw error(key, "'\(key)' must be true or false") }
        return flag
    }

    func choice(_ key: String, _ choices: [String]) throws(ExperimentFileError) -> String? {
        guard let text = try text(key) else { return nil }
        guard choices.contains(text) else {
            throw error(key, "'\(key)' must be one of \(choices.joined(separator: ", ")), not '\(text)'")
        }
        return text
    }

    /// A text or a list of them, with their lines; empty where the key is missing.
    func texts(_ key: String) throws(ExperimentFileError) -> [(text: String, line: Int)] {
        guard let node = node(key) else { return [] }
        var items = [node]
        if let sequence = node.sequence { items = Array(sequence) }
        var texts: [(text: String, line: Int)] = []
        for item in items { texts.append((try Self.text(item, key, file), item.mark?.line ?? line(of: key))) }
        return texts
    }

    /// The members of a list; empty where the key is missing.
    func list(_ key: String) throws(ExperimentFileError) -> [Node] {
        guard let node = node(key) else { return [] }
        guard let sequence = node.sequence else { throw error(key, "'\(key)' must be a list") }
        return Array(sequence)
    }

    private static func text(_ node: Node, _ key: String, _ file: String) throws(ExperimentFileError) -> String {
        guard let scalar = node.scalar, !scalar.string.isEmpty else {
            throw ExperimentFileError(
                file: file, line: node.mark?.line ?? 1, message: "'\(key)' must be a text that is not empty")
        }
        return scalar.string
    }

    private static func number(
        _ node: Node, _ key: String, _ range: ClosedRange<Double>, _ file: String
    ) throws(ExperimentFileError) -> Double {
        let line = node.mark?.line ?? 1
        guard let text = node.scalar?.string, let value = Double(text), value.isFinite else {
            throw ExperimentFileError(file: file, line: line, message: "'\(key)' must be a number")
        }
        guard range.contains(value) else {
            let (low, high) = (NumberText.of(range.lowerBound), NumberText.of(range.upperBound))
            throw ExperimentFileError(
                file: file, line: line,
                message: "'\(key)' must be from \(low) to \(high), not \(NumberText.of(value))")
        }
        return value
    }
}
