import ArgumentParser
import Foundation
import Marks

/// The part of `detect` that is about token ids.
struct DetectTokenOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Test token ids instead of text: JSONL of {\"tokens\":[...], \"prompt\":[...]}, the prompt if known.",
            valueName: "file"))
    var tokens: String?
    @Option(
        help: ArgumentHelp(
            "Test the texts of FILE as token ids of this tokenizer: a folder or a tokenizer.json.", valueName: "path"))
    var tokenizer: String?
    @Option(help: ArgumentHelp("The engine's function: philox or hmac_sha256 (default: philox).", valueName: "name"))
    var prf: String?
    @Option(
        help: ArgumentHelp(
            "The engine's key: a number, or env:NAME or file:PATH to keep it out of the list of processes.",
            valueName: "key"))
    var key: String?
    @Option(help: ArgumentHelp("The engine's own settings, as JSON.", valueName: "file")) var watermarkConfig: String?
    @Option(help: ArgumentHelp("Tokens of context (default: 4).", valueName: "n")) var contextWidth: Int?
    @Option(help: ArgumentHelp("Share of green tokens (default: 0.25, fingerprint 0.5).", valueName: "share"))
    var gamma: Double?
    @Option(
        name: [.long, .customLong("layers")],
        help: ArgumentHelp("Layers of tournament (default: 30) and synthid (default: 32).", valueName: "n"))
    var depth: Int?
    @Flag(help: "Count what occurs again again. p-values then hold only where nothing repeats.") var noDedup = false
    @Flag(help: "Also test every line of --tokens by itself, one line each.") var perLine = false
    @Option(
        help: ArgumentHelp(
            "Score only contexts that occur in these outputs: as for --tokens, or texts with --tokenizer.",
            valueName: "file"))
    var contextsFrom: String?
    @Flag(help: "The outputs of --contexts-from are unmarked originals; otherwise p is called approximate.")
    var contextsAreOriginal = false

    /// Whether token ids are tested at all.
    var areUsed: Bool { tokens != nil || tokenizer != nil }

    func validate() throws {
        if tokens != nil, tokenizer != nil {
            throw ValidationError("--tokens are ids already: --tokenizer is for texts")
        }
        if contextsAreOriginal, contextsFrom == nil {
            throw ValidationError("--contexts-are-original needs --contexts-from")
        }
        guard areUsed else {
            let given: [(String, Bool)] = [
                ("--prf", prf != nil), ("--key", key != nil), ("--watermark-config", watermarkConfig != nil),
                ("--context-width", contextWidth != nil), ("--gamma", gamma != nil), ("--depth", depth != nil),
                ("--no-dedup", noDedup), ("--per-line", perLine), ("--contexts-from", contextsFrom != nil),
            ]
            if let option = given.first(where: \.1)?.0 {
                throw ValidationError("\(option) needs --tokens or --tokenizer")
            }
            return
        }
        if let prf, EnginePRFName(rawValue: prf) == nil {
            throw ValidationError("--prf must be philox or hmac_sha256")
        }
    }

    /// The engine's key; the error does not repeat it.
    func engineKey(_ text: String) throws -> EngineKey {
        var number = text
        if text.hasPrefix("env:") {
            let name = String(text.dropFirst(4))
            guard let value = ProcessInfo.processInfo.environment[name] else {
                throw CommandFailure(description: "--key: the environment has no variable \(name)")
            }
            number = value
        } else if text.hasPrefix("file:") {
            let path = String(text.dropFirst(5))
            guard let data = FileManager.default.contents(atPath: path) else {
                throw CommandFailure(description: "--key: \(path) cannot be read")
            }
            number = String(decoding: data, as: UTF8.self)
        }
        guard let key = EngineKey(number.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw CommandFailure.usage(
                "--key must be a whole number from 0 to 2^256 - 1, in decimal digits or after 0x")
        }
        return key
    }
}
