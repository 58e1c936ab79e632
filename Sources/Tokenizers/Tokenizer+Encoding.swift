/// What becomes of the text of a control token inside a text.
public enum SpecialTokenHandling: Hashable, Sendable {
    /// It is the control token, as for `tokenizers` unless told otherwise. Right for text that a program wrote.
    case recognized
    /// It is text like any other. Right for text from outside, which must not open or close turns.
    case text
}

extension Tokenizer {
    /// The ids of a text. Never fails: a byte without a token becomes the model's unknown token, or is left out if it has
    /// none, as in `tokenizers` (complete byte-level vocabularies have a token for every byte).
    ///
    /// - Parameters:
    ///   - text: Any text.
    ///   - addSpecialTokens: Whether to put the ids of the file's template around it, for instance the beginning of text.
    ///   - specialTokens: What becomes of control tokens written out in the text. Added tokens that are not special are
    ///     recognised in both cases.
    public func encode(
        _ text: String, addSpecialTokens: Bool = true, specialTokens: SpecialTokenHandling = .recognized
    ) -> [Int32] {
        let literal = specialTokens == .text ? [0..<text.utf8.count] : []
        return encode(text, addSpecialTokens: addSpecialTokens, literal: literal)
    }

    /// The ids of a text in whose `literal` ranges (UTF-8 offsets) control tokens are text.
    func encode(_ text: String, addSpecialTokens: Bool, literal: [Range<Int>]) -> [Int32] {
        var text = text
        var out: [Int32] = addSpecialTokens ? prefixIDs : []
        text.withUTF8 { utf8 in
            out.reserveCapacity(out.count + utf8.count / 3)
            withScratch { scratch in
                givenTokens.split(
                    utf8,
                    isLiteral: { token, range in token.isSpecial && literal.contains { $0.overlaps(range) } },
                    plain: { range in
                        let part = UnsafeBufferPointer(rebasing: utf8[range])
                        let isLiteral = literal.contains { $0.overlaps(range) }
                        encodeGivenText(
                            part, isStart: range.lowerBound == 0, isLiteral: isLiteral, into: &out, scratch: &scratch)
                    }, token: { out.append($0.id) })
            }
        }
        if addSpecialTokens { out += suffixIDs }
        return out
    }

    /// Encodes what lies between the tokens matched in the text as given.
    ///
    /// - Parameter isStart: Whether the text itself begins here.
    private func encodeGivenText(
        _ part: UnsafeBufferPointer<UInt8>, isStart: Bool, isLiteral: Bool, into out: inout [Int32],
        scratch: inout BytePairModel.Scratch
    ) {
        if let changed = definition.normalized(part) {
            changed.withUnsafeBufferPointer {
                encodeNormalizedText($0, isStart: isStart, isLiteral: isLiteral, into: &out, scratch: &scratch)
            }
        } else {
            encodeNormalizedText(part, isStart: isStart, isLiteral: isLiteral, into: &out, scratch: &scratch)
        }
    }

    private func encodeNormalizedText(
        _ part: UnsafeBufferPointer<UInt8>, isStart: Bool, isLiteral: Bool, into out: inout [Int32],
        scratch: inout BytePairModel.Scratch
    ) {
        normalizedTokens.split(
            part, isLiteral: { token, _ in token.isSpecial && isLiteral },
            plain: { range in
                let text = UnsafeBufferPointer(rebasing: part[range])
                let isStart = isStart && range.lowerBound == 0
                if definition.addsPrefixSpace, text.first != 0x20 {
                    let spaced = [0x20] + Array(text)
                    spaced.withUnsafeBufferPointer {
                        encodePieces(of: $0, isStart: isStart, into: &out, scratch: &scratch)
                    }
                } else {
                    encodePieces(of: text, isStart: isStart, into: &out, scratch: &scratch)
                }
            }, token: { out.append($0.id) })
    }

    private func encodePieces(
        of text: UnsafeBufferPointer<UInt8>, step: Int = 0, isStart: Bool, into out: inout [Int32],
        scratch: inout BytePairModel.Scratch
    ) {
        guard !text.isEmpty else { return }
        let isLast = step + 1 == definition.steps.count
        func take(_ range: Range<Int>, of text: UnsafeBufferPointer<UInt8>) {
            let piece = UnsafeBufferPointer(rebasing: text[range])
            if isLast {
                definition.model.encode(piece, into: &out, scratch: &scratch)
            } else {
                encodePieces(
                    of: piece, step: step + 1, isStart: isStart && range.lowerBound == 0, into: &out, scratch: &scratch)
            }
        }
        switch definition.steps[step] {
        case .scan(let scanner): scanner.forEachPiece(in: text) { take($0, of: text) }
        case .split(let rule): rule.forEachPiece(in: text) { take($0, of: text) }
        case .metaspace(let metaspace):
            metaspace.marked(text, isStart: isStart).withUnsafeBufferPointer { marked in
                if metaspace.splits {
                    metaspace.rule.forEachPiece(in: marked) { take($0, of: marked) }
                } else {
                    take(0..<marked.count, of: marked)
                }
            }
        }
    }
}
