/// One step of a normalizer.
enum NormalizationStep: Sendable {
    /// A Unicode normalization form.
    case form(NormalizationForm)
    /// Small letters, each by itself.
    case lowercase
    /// Every match becomes another text.
    case replace(TextPattern, with: [UInt8])
    /// Goes before every stretch of text that is not empty.
    case prepend([UInt8])
    /// White space at the ends is taken away.
    case strip(left: Bool, right: Bool)

    /// The bytes of `text` after the step; nil where nothing changes.
    func applied(to text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        switch self {
        case .form(.c): CanonicalComposition.normalized(text)
        case .form(let form): CanonicalComposition.normalized(text, form: form)
        case .lowercase: Self.lowercased(text)
        case .replace(let pattern, let replacement): Self.replacing(pattern.matches(in: text), in: text, replacement)
        case .prepend(let prefix): text.isEmpty ? nil : prefix + text
        case .strip(let left, let right): Self.stripped(text, left: left, right: right)
        }
    }

    private static func lowercased(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            if scalar.isASCII {
                let byte = UInt8(truncatingIfNeeded: scalar.value)
                out.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
            } else {
                out += scalar.properties.lowercaseMapping.utf8
            }
        }
        return out.elementsEqual(text) ? nil : out
    }

    private static func replacing(
        _ matches: [Range<Int>], in text: UnsafeBufferPointer<UInt8>, _ replacement: [UInt8]
    ) -> [UInt8]? {
        if matches.isEmpty { return nil }
        var out: [UInt8] = []
        var copied = 0
        for match in matches {
            out += text[copied..<match.lowerBound]
            out += replacement
            copied = match.upperBound
        }
        return out + text[copied...]
    }

    private static func stripped(_ text: UnsafeBufferPointer<UInt8>, left: Bool, right: Bool) -> [UInt8]? {
        let range = CodePointClass.table.withUnsafeBufferPointer { classes in
            let reader = UTF8Reader(text: text, classes: classes)
            let start = left ? reader.run(from: 0, in: .space) : 0
            var end = text.count
            while right, end > start {
                let previous = reader.start(before: end)
                guard reader.classify(at: previous).class.contains(.space) else { break }
                end = previous
            }
            return start..<max(start, end)
        }
        return range.count == text.count ? nil : Array(text[range])
    }
}
