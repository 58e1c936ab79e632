import Denature
import Foundation
import KeyedPRF
import TestSupport
import Traces

/// A folder with a keyring and traces, and defences over them.
final class DefenceFixture: Sendable {
    let folder: TemporaryDirectory
    let keyring: Keyring

    init(traces: Int = 6) throws {
        folder = try TemporaryDirectory()
        keyring = try FixedKeyring.create(at: folder.file("K.json"), tenants: ["acme", "umbrella"])
        try write("in.jsonl", (0..<traces).map { Self.line($0) + "\n" }.joined())
    }

    /// A trace with words that the lexicon knows.
    static func line(_ number: Int) -> String {
        let (a, b) = (number + 3, number + 5)
        return
            #"{"id":"t\#(number)","problem":"How many apples from crate \#(1000 + number)?","trace":"First, Anna takes "#
            + #"\#(a) apples out of a big crate. Then she adds \#(b) apples to them, so she has \#(a) + \#(b) = \#(a + b) "#
            + #"apples in total.\n#### \#(a + b)"}"#
    }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file(name)))
    }

    func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file(name))))
    }

    /// A job from the folder's traces to a file in it.
    func settings(ledger: String? = nil) -> SanitizeSettings {
        var settings = SanitizeSettings()
        settings.input = folder.file("in.jsonl")
        settings.output = folder.file("out.jsonl")
        settings.tenant = "acme"
        settings.ledger = ledger.map(folder.file)
        settings.seed = 7
        return settings
    }
}
