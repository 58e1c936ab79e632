import COniguruma

/// A regular expression as `tokenizers` runs it: by Oniguruma, in its default syntax.
final class RegularExpression: Sendable {
    /// The expression as it was written.
    let pattern: String
    // Searching changes nothing in a compiled expression, and it is freed with the last reference.
    nonisolated(unsafe) private let compiled: OnigRegex

    private static let isPrepared: Bool = {
        COniguruma_prepare()
        return true
    }()

    /// Why an expression cannot be compiled.
    struct Failure: Error {
        var reason: String
    }

    /// - Throws: ``Failure`` for what is no expression.
    init(_ pattern: String) throws(Failure) {
        guard Self.isPrepared else { throw Failure(reason: "Oniguruma is not ready") }
        var message = [UInt8](repeating: 0, count: Int(ONIG_MAX_ERROR_MESSAGE_LEN) + 1)
        var utf8 = Array(pattern.utf8)
        utf8.append(0)
        guard let compiled = COniguruma_compile(utf8, utf8.count - 1, &message) else {
            throw Failure(reason: String(decoding: message.prefix { $0 != 0 }, as: UTF8.self))
        }
        self.compiled = compiled
        self.pattern = pattern
    }

    deinit { onig_free(compiled) }

    /// The places of all matches in well-formed UTF-8, from left to right, none overlapping; empty ones too, but none where
    /// the match before has ended.
    func matches(in text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        guard let base = text.baseAddress, let region = onig_region_new() else { return [] }
        defer { onig_region_free(region, 1) }
        var found: [Range<Int>] = []
        var position = 0
        while position <= text.count {
            // What the engine gives up on ends the search: the rest of the text is as if nothing matched there.
            guard COniguruma_search(compiled, base, text.count, position, region) >= 0 else { break }
            let match = Int(region.pointee.beg[0])..<Int(region.pointee.end[0])
            if match.isEmpty, found.last?.upperBound == match.upperBound {
                position += Self.scalarLength(text, at: position)
                continue
            }
            found.append(match)
            position = match.upperBound
        }
        return found
    }

    private static func scalarLength(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        guard index < text.count else { return 1 }
        switch text[index] {
        case ..<0x80: return 1
        case ..<0xE0: return 2
        case ..<0xF0: return 3
        default: return 4
        }
    }
}
