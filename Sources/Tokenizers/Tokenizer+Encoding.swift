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
                        encodeGivenText(part, isLiteral: isLiteral, into: &out, scratch: &scratch)
                    }, token: { out.append($0.id) })
            }
        }
        if addSpecialTokens { out += suffixIDs }
        return out
    }

    /// Encodes what lies between the tokens matched in the text as given.
    private func encodeGivenText(
        _ part: UnsafeBufferPointer<UInt8>, isLiteral: Bool, into out: inout [Int32],
        scratch: inout BytePairModel.Scratch
    ) {
        if definition.composes, let composed = CanonicalComposition.normalized(part) {
            composed.withUnsafeBufferPointer {
                encodeNormalizedText($0, isLiteral: isLiteral, into: &out, scratch: &scratch)
            }
        } else {
            encodeNormalizedText(part, isLiteral: isLiteral, into: &out, scratch: &scratch)
        }
    }

    private func encodeNormalizedText(
        _ part: UnsafeBufferPointer<UInt8>, isLiteral: Bool, into out: inout [Int32],
        scratch: inout BytePairModel.Scratch
    ) {
        normalizedTokens.split(
            part, isLiteral: { token, _ in token.isSpecial && isLiteral },
            plain: { range in
                let text = UnsafeBufferPointer(rebasing: part[range])
                if definition.addsPrefixSpace, text.first != 0x20 {
                    let spaced = [0x20] + Array(text)
                    spaced.withUnsafeBufferPointer { encodePieces(of: $0, into: &out, scratch: &scratch) }
                } else {
                    encodePieces(of: text, into: &out, scratch: &scratch)
                }
            }, token: { out.append($0.id) })
    }

    private func encodePieces(
        of text: UnsafeBufferPointer<UInt8>, scanner: Int = 0, into out: inout [Int32],
        scratch: inout BytePairModel.Scratch
    ) {
        let isLast = scanner + 1 == definition.scanners.count
        definition.scanners[scanner].forEachPiece(in: text) { range in
            let piece = UnsafeBufferPointer(rebasing: text[range])
            if isLast {
                definition.model.encode(piece, into: &out, scratch: &scratch)
            } else {
                encodePieces(of: piece, scanner: scanner + 1, into: &out, scratch: &scratch)
            }
        }
    }
}
