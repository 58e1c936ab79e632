import Denature
import Foundation

/// A record's regions for people: colours on a terminal, brackets elsewhere.
enum RegionColours {
    static func text(of record: InspectedRecord, coloured: Bool = isTerminal) -> String {
        var text = "\(record.location)\t\(record.format)"
        for field in record.fields {
            text += "\n--- turn \(field.turn), \(field.role)\n"
            for piece in field.pieces { text += coloured ? colour(piece) : brackets(piece) }
        }
        return text
    }

    private static var isTerminal: Bool {
        isatty(1) == 1 && ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty
    }

    private static func colour(_ piece: InspectedRecord.Piece) -> String {
        let code =
            switch piece.kind {
            case .reasoning: "32"
            case .protected: "36"
            case .answer: "33"
            case .other: "2"
            }
        // A record's own control characters must not reach the terminal.
        let shown = String(
            piece.text.unicodeScalars.map { scalar -> Character in
                let isControl =
                    scalar.value < 0x20 && scalar != "\n" && scalar != "\t" || (0x7F..<0xA0).contains(scalar.value)
                return isControl ? "\u{FFFD}" : Character(scalar)
            })
        return "\u{1B}[\(code)m\(shown)\u{1B}[0m"
    }

    private static func brackets(_ piece: InspectedRecord.Piece) -> String {
        switch piece.kind {
        case .reasoning: "[R:\(piece.text)]"
        case .protected: "[P:\(piece.text)]"
        case .answer: "[A:\(piece.text)]"
        case .other: piece.text
        }
    }
}
