import Auditing
import Foundation
import KeyedPRF
import Safetensors
import TraceGeneration
import TrainingExamples

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
        AuditPlan.File(path: folder, sha256: try described { try Checkpoint(folder: folder).contentDigest() })
    }

    static func prompts(_ path: String) throws -> (file: AuditPlan.File, texts: [String]) {
        let file = try described { try ProblemFile(path: path) }
        return (AuditPlan.File(path: path, sha256: file.digest), file.problems.map(\.text))
    }

    static func documents(_ path: String) throws -> (file: AuditPlan.File, examples: [TraceExample]) {
        let file = try described { try TraceExampleFile(path: path) }
        guard !file.examples.isEmpty else { throw AuditInputError("\(path): there is no text to read") }
        return (AuditPlan.File(path: path, sha256: file.digest), file.examples)
    }

    /// Any file, by its bytes.
    static func file(_ path: String) throws -> AuditPlan.File {
        AuditPlan.File(path: path, sha256: try digest(path))
    }

    /// The file of a role.
    static func file(_ role: AuditFileRole, _ path: String) throws -> AuditPlan.File {
        switch role {
        case .prompts: try prompts(path).file
        case .tokenizer: try tokenizer(path)
        case .reference: try model(path)
        case .documents: try documents(path).file
        case .candidates, .plan, .evidence, .suspect: try file(path)
        }
    }

    static func digest(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw AuditInputError("\(path): cannot be read")
        }
        return SHA256Digest.of([UInt8](data)).hex
    }

    /// Refuses a file that is not the planned one.
    static func require(_ found: AuditPlan.File, _ planned: AuditPlan.File, _ role: AuditFileRole) throws {
        guard found.sha256 == planned.sha256 else {
            throw AuditError.wrongDigest(
                subject: role, path: found.path, expected: planned.sha256, given: found.sha256)
        }
    }

    /// Checks every file that is named against the plan.
    static func check(_ places: AuditFilePlaces, _ plan: AuditPlan) throws {
        let named: [(AuditFileRole, String?)] = [
            (.prompts, places.prompts), (.tokenizer, places.tokenizer), (.reference, places.reference),
            (.documents, places.documents), (.candidates, places.candidates),
        ]
        for case (let role, let path?) in named {
            guard let planned = plan.file(role) else {
                throw SettingsError(role.rawValue, "the plan has no \(role.rawValue)")
            }
            try require(file(role, path), planned, role)
        }
    }

    /// The reason in words, where a file cannot be read.
    private static func described<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch {
            throw AuditInputError("\(error)")
        }
    }
}

extension AuditFilePlaces {
    /// The plan's files: where they are now, or else where they were.
    func completed(by plan: AuditPlan) -> AuditFilePlaces {
        var places = self
        places.prompts = prompts ?? plan.file(.prompts)?.path
        places.tokenizer = tokenizer ?? plan.file(.tokenizer)?.path
        places.reference = reference ?? plan.file(.reference)?.path
        places.documents = documents ?? plan.file(.documents)?.path
        places.candidates = candidates ?? plan.file(.candidates)?.path
        return places
    }
}
