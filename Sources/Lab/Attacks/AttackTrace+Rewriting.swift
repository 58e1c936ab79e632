import Foundation

extension AttackTrace {
    /// Pieces that end at a full stop or a semicolon with a space after it, or at a line end.
    var sentences: [String] {
        var sentences: [String] = []
        var piece = ""
        for character in trace {
            if character.isNewline || character.isWhitespace && (piece.last == "." || piece.last == ";") {
                if !piece.isEmpty { sentences.append(piece) }
                piece = ""
            } else if !(piece.isEmpty && character.isWhitespace) {
                piece.append(character)
            }
        }
        return piece.isEmpty ? sentences : sentences + [piece]
    }

    /// The record with another trace, in the form problem-trace; nil where that cannot be written.
    func line(with trace: String) -> [UInt8]? {
        let record = Record(problem: problem, trace: trace, solution: solution, id: id)
        return (try? Self.encoder.encode(record)).map { [UInt8]($0) }
    }

    private struct Record: Encodable {
        var problem: String
        var trace: String
        var solution: String?
        var id: String?
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}

extension AttackResult {
    /// Every trace with another text, in their order.
    init(rewriting traces: [AttackTrace], _ text: (AttackTrace) -> String) {
        self.init(read: traces.count)
        for trace in traces {
            let new = text(trace)
            guard new != trace.trace, let line = trace.line(with: new) else {
                lines.append(trace.line)
                continue
            }
            lines.append(line)
            changed += 1
        }
    }
}
