import KeyedPRF

/// Writes the favoured member of each class into a text, from left to right on its own output.
///
/// At every occurrence outside protected spans the member `HMAC-SHA256(key, message).uniform(below: m)` is written, also
/// where the same context has been seen before: a detector counts a context once, and the repeats then agree with it.
/// Where that member may not stand (a member guard, a/an before it, or a joint with a neighbour that would be read as
/// another expression) the original stays. One per worker: the PRF context is reused.
public final class LexicalMarker {
    private let scheme: LexicalScheme
    private let prf: HMACSHA256
    private var message: [UInt8] = []
    private var output: [UInt8] = []
    /// Member bytes with the first letter in upper case, `[class][member]`.
    private let capitalised: [[[UInt8]]]

    /// Creates a marker for a tenant's key.
    ///
    /// - Throws: `KeyedPRFError` if libcrypto refuses.
    public convenience init(scheme: LexicalScheme, key: Subkey) throws(KeyedPRFError) {
        try self.init(scheme: scheme, secret: key.secret)
    }

    /// Creates a marker that only paraphrases: its choices come from a seed, and no mark is meant.
    ///
    /// - Throws: `KeyedPRFError` if libcrypto refuses.
    public convenience init(scheme: LexicalScheme, seed: UInt64) throws(KeyedPRFError) {
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: seed >> ($0 * 8)) }
        let digest = SHA256Digest.of(Array("denature/paraphrase/v1".utf8) + [0] + bytes)
        try self.init(scheme: scheme, secret: SecretBytes(copying: digest.bytes))
    }

    private init(scheme: LexicalScheme, secret: SecretBytes) throws(KeyedPRFError) {
        self.scheme = scheme
        prf = try HMACSHA256(key: secret)
        capitalised = scheme.lexicon.table.memberBytes.map { members in
            members.map { bytes in
                var copy = bytes
                if let first = copy.first, first &- UInt8(ascii: "a") < 26 { copy[0] = first & 0xDF }
                return copy
            }
        }
    }

    /// Marks a text.
    ///
    /// - Parameters:
    ///   - text: The trace.
    ///   - reasoning: Its reasoning regions as UTF-8 offsets, ascending and disjoint. Nothing else is touched.
    ///   - protected: Spans that are never touched (numbers, formulas, code, names), ascending.
    public func mark(_ text: String, reasoning: [Range<Int>], protected: [Range<Int>]) -> MarkedText {
        var source = text
        var counts = (replacements: 0, opportunities: 0)
        output.removeAll(keepingCapacity: true)
        source.withUTF8 { buffer in
            NormalisedWords.byteClasses.withUnsafeBufferPointer { classes in
                guard let base = buffer.baseAddress, let classTable = classes.baseAddress else { return }
                output.reserveCapacity(buffer.count + buffer.count / 8 + 64)
                var copied = 0
                for region in reasoning {
                    let bounds = region.clamped(to: copied..<max(copied, buffer.count))
                    output.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[copied..<bounds.lowerBound]))
                    copied = bounds.lowerBound
                    var scanner = LexicalScanner(
                        table: scheme.lexicon.table, bytes: base, classes: classTable, region: bounds,
                        shift: output.count - copied)
                    var spans = protected[...]
                    while let found = scanner.next(minimumWords: scheme.contextWidth) {
                        counts.opportunities += 1
                        let start = found.range.lowerBound
                        while let span = spans.first, span.upperBound <= start { spans.removeFirst() }
                        if let span = spans.first, span.lowerBound < found.range.upperBound { continue }
                        output.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[copied..<start]))
                        copied = start
                        if replace(found, scanner: &scanner, source: buffer, classes: classTable) {
                            counts.replacements += 1
                            copied = found.range.upperBound
                        }
                    }
                }
                output.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[copied...]))
            }
        }
        guard counts.replacements > 0 else {
            return MarkedText(text: text, replacements: 0, opportunities: counts.opportunities)
        }
        return MarkedText(
            text: String(decoding: output, as: UTF8.self), replacements: counts.replacements,
            opportunities: counts.opportunities)
    }

    /// Writes the favoured member at the end of `output` in place of `found`, when it differs and may stand there.
    private func replace(
        _ found: LexicalOccurrence, scanner: inout LexicalScanner, source: UnsafeBufferPointer<UInt8>,
        classes: UnsafePointer<UInt8>
    ) -> Bool {
        let table = scheme.lexicon.table
        let entry = table.classes[found.classIndex]
        output.withUnsafeBufferPointer { written in
            guard let base = written.baseAddress else { return }
            scheme.writeMessage(for: found.classIndex, scanner: scanner, text: base, into: &message)
        }
        let digest = message.withUnsafeBytes { prf.authenticate($0) }
        let favoured = Int(digest.uniform(below: UInt64(entry.members.count)))
        guard favoured != found.member else { return false }

        let member = entry.members[favoured]
        if found.previous.word == table.wordA && member.startsWithVowelSound { return false }
        if found.previous.word == table.wordAn && !member.startsWithVowelSound { return false }
        if let condition = member.guards,
            !condition.holds(
                isInitial: found.isInitial, previous: found.previous, next: found.next, beyond: found.beyond)
        {
            return false
        }

        let start = output.count
        let words = table.memberBytes[found.classIndex][favoured]
        output.append(contentsOf: found.isCapitalised ? capitalised[found.classIndex][favoured] : words)
        let written = start..<output.count
        let match = Int32(found.classIndex << 8 | favoured)
        // Enough of what follows to see an expression that would now run on; a word cut here is too long to match.
        let tailEnd = min(scanner.region.upperBound, found.range.upperBound + table.longestMember + 2)
        output.append(contentsOf: UnsafeBufferPointer(rebasing: source[found.range.upperBound..<tailEnd]))
        let isStable = output.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return false }
            func unit(at index: Int) -> LexicalUnit {
                LexicalScanner.unit(at: index, end: bytes.count, bytes: base, classes: classes, table: table)
            }
            let own = unit(at: written.lowerBound)
            guard own.match == match, own.range == written else { return false }
            return scanner.recentUnits.allSatisfy { recent in
                let again = unit(at: recent.range.lowerBound)
                return again.match == recent.match && (again.match < 0 || again.range == recent.range)
            }
        }
        guard isStable else {
            output.removeSubrange(written.lowerBound...)
            return false
        }
        output.removeSubrange(written.upperBound...)
        scanner.substitute(output: written, written: words, match: match)
        return true
    }
}
