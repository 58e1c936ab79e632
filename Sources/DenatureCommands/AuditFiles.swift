import Auditing
import Files
import Foundation
import KeyedPRF
import Tokenizers
import TraceGeneration
import TrainingExamples

#if Torch
    import TorchAntidistillation
#endif

/// Where the files of a plan are, if not where they were when it was made.
struct AuditPlaces {
    var prompts: String?
    var tokenizer: String?
    var reference: String?
    var documents: String?
    var candidates: String?
}

/// The files of an audit, by their digests.
enum AuditFiles {
    /// A tokenizer's tokenizer.json.
    static func tokenizer(_ path: String) throws -> AuditPlan.File {
        AuditPlan.File(path: path, sha256: try digest(tokenizerFile(path)))
    }

    /// The file that holds the vocabulary: the folder's, or the path itself.
    static func tokenizerFile(_ path: String) -> String {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        return exists && isFolder.boolValue ? path + "/tokenizer.json" : path
    }

    /// A checkpoint, by its tensors.
    static func model(_ folder: String) throws -> AuditPlan.File {
        #if Torch
            return AuditPlan.File(path: folder, sha256: try AuditSupport.failing { try ModelDigest.of(folder: folder) })
        #else
            throw CommandFailure.usage("\(folder): reading checkpoints needs the program with models (make TORCH=1)")
        #endif
    }

    static func prompts(_ path: String) throws -> (file: AuditPlan.File, texts: [String]) {
        let file = try AuditSupport.failing { try ProblemFile(path: path) }
        return (AuditPlan.File(path: path, sha256: file.digest), file.problems.map(\.text))
    }

    static func documents(_ path: String) throws -> (file: AuditPlan.File, examples: [TraceExample]) {
        let file = try AuditSupport.failing { try TraceExampleFile(path: path) }
        guard !file.examples.isEmpty else { throw CommandFailure(description: "\(path): there is no text to read") }
        return (AuditPlan.File(path: path, sha256: file.digest), file.examples)
    }

    /// Any file, by its bytes.
    static func file(_ path: String) throws -> AuditPlan.File {
        AuditPlan.File(path: path, sha256: try digest(path))
    }

    static func digest(_ path: String) throws -> String {
        do throws(FileError) {
            return try SHA256Digest.of(file: path).hex
        } catch {
            throw CommandFailure(description: "\(path): cannot be read: \(error.reason)")
        }
    }

    /// Refuses a file that is not the planned one.
    static func require(_ found: AuditPlan.File, _ planned: AuditPlan.File, _ subject: String) throws {
        guard found.sha256 == planned.sha256 else {
            throw CommandFailure(
                description: AuditError.wrongDigest(
                    subject: subject, path: found.path, expected: planned.sha256, given: found.sha256
                ).description)
        }
    }

    /// Checks every file that is named against the plan.
    static func check(_ places: AuditPlaces, _ plan: AuditPlan) throws {
        func check(
            _ path: String?, _ planned: AuditPlan.File?, _ subject: String, _ read: (String) throws -> AuditPlan.File
        ) throws {
            guard let path else { return }
            guard let planned else { throw CommandFailure.usage("the plan has no \(subject)") }
            try require(read(path), planned, subject)
        }
        try check(places.prompts, plan.questions?.file, "prompts") { try prompts($0).file }
        try check(places.tokenizer, plan.tokenizer, "tokenizer", tokenizer)
        try check(places.reference, plan.reference, "reference", model)
        try check(places.documents, plan.documents?.file, "documents") { try documents($0).file }
        try check(places.candidates, plan.candidates, "candidates", file)
    }
}
