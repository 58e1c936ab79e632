import Denature
import Foundation

/// Rewrites a file's records with the rewriter, which settings name like any other.
@main
enum Program {
    static func main() async throws {
        guard CommandLine.arguments.count == 2 else { fail("usage: OwnRewriter TRACES.jsonl") }
        let lines = try String(contentsOfFile: CommandLine.arguments[1], encoding: .utf8).split(separator: "\n")

        var settings = SanitizeSettings()
        settings.rewriter = "all-told"
        settings.watermark = []
        let defence = try Defence(settings, rewriters: .standard.adding(AllToldRewriter()))
        var rewritten = 0
        for line in lines {
            let record = try await defence.rewrite(line: [UInt8](line.utf8))
            guard let bytes = record.bytes else { fail("a record was withheld") }
            guard record.rewriter == "all-told" else { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            if text.contains(" all told.") { rewritten += 1 }
            if text.contains(" altogether.") { fail("a trace kept the word: \(text)") }
        }
        print("\(lines.count) records, \(rewritten) of them with other words")
        guard rewritten > 0 else { fail("nothing was rewritten") }
    }

    private static func fail(_ why: String) -> Never {
        FileHandle.standardError.write(Data("OwnRewriter: \(why)\n".utf8))
        exit(1)
    }
}
