import Denature
import Foundation
import KeyedPRF
import Marks

/// Whose are these documents? Traces are marked for one of two customers, and the test is asked about both.
@main
enum Program {
    static func main() async throws {
        guard CommandLine.arguments.count == 2 else { fail("usage: Detection TRACES.jsonl") }
        let traces = try Solved.read(CommandLine.arguments[1])
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let keyring = try Keyring.create(at: folder.appending(path: "keyring.json").path, tenants: ["acme", "globex"])

        var documents: [DetectionDocument] = []
        var marking = SanitizeSettings()
        marking.tenant = "acme"
        let defence = try Defence(marking, keyring: keyring)
        for solved in traces {
            guard let text = try await defence.rewrite(problem: solved.problem, trace: solved.trace).text else {
                continue
            }
            documents.append(DetectionDocument(text: text))
        }

        var settings = DetectSettings()
        settings.level = 1e-6
        let detector = try Detector(settings, keyring: keyring)
        func marked(_ documents: [DetectionDocument]) throws -> Set<String> {
            let results = try detector.detect(documents)
            for result in results {
                print(
                    result.scheme, result.tenant, "\(result.hits) of \(result.scored)", "log10 p", result.log10P,
                    result.verdict)
            }
            return Set(results.filter { $0.verdict == .marked }.map(\.tenant))
        }
        print("\(documents.count) released traces:")
        guard try marked(documents) == ["acme"] else { fail("the mark of acme, and no other, must be found") }
        print("The same traces before they were marked:")
        guard try marked(traces.map { DetectionDocument(text: $0.trace) }).isEmpty else {
            fail("there is no mark to find")
        }
    }

    private static func fail(_ why: String) -> Never {
        FileHandle.standardError.write(Data("Detection: \(why)\n".utf8))
        exit(1)
    }
}

/// A problem with its trace, as in `fixtures/traces/mixed.jsonl`, whose records have other shapes too.
struct Solved: Decodable {
    var problem: String
    var trace: String

    static func read(_ path: String) throws -> [Solved] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return text.split(separator: "\n").compactMap { try? JSONDecoder().decode(Solved.self, from: Data($0.utf8)) }
    }
}
