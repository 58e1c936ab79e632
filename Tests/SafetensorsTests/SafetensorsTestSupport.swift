import Foundation
import Safetensors
import TestSupport
import Testing

/// A file as the reference implementation or a test describes it.
struct DescribedFile: Codable, Sendable {
    struct Tensor: Codable, Sendable {
        var name: String
        var dtype: String
        var shape: [Int]
        var base64: String
        /// Elements as bits of singles; absent for types that are not floats.
        var floatBits: [UInt32]?

        var bytes: [UInt8] { Data(base64Encoded: base64).map(Array.init) ?? [] }

        var declaration: TensorDeclaration? {
            SafetensorsDType(rawValue: dtype).map { TensorDeclaration(name: name, dtype: $0, shape: shape) }
        }
    }

    /// In a manifest only.
    var file: String?
    var metadata: [String: String]
    var tensors: [Tensor]
}

/// What `python3 scripts/golden/golden_safetensors.py` writes.
enum Golden {
    struct Files: Decodable {
        var files: [String: DescribedFile]
    }

    struct Verdict: Decodable, Sendable, CustomTestStringConvertible {
        var label: String
        var base64: String
        /// The tensors that the reference finds, absent where it refuses the file.
        var names: [String]?

        var testDescription: String { label }
        var bytes: [UInt8] { Data(base64Encoded: base64).map(Array.init) ?? [] }
    }

    private struct Verdicts: Decodable {
        var cases: [Verdict]
    }

    static let folder = Repository.path("fixtures/golden/safetensors")

    static func path(_ name: String) -> String {
        folder + "/" + name
    }

    static func files() throws -> [String: DescribedFile] {
        try JSONDecoder().decode(Files.self, from: Data(contentsOf: URL(fileURLWithPath: path("files.json")))).files
    }

    static func verdicts() throws -> [Verdict] {
        try JSONDecoder()
            .decode(Verdicts.self, from: Data(contentsOf: URL(fileURLWithPath: path("verdicts.json")))).cases
    }
}

/// A file's bytes: length, JSON text, data.
func assembled(_ header: String, data count: Int = 0, length: UInt64? = nil) -> [UInt8] {
    let text = Array(header.utf8)
    let word = withUnsafeBytes(of: (length ?? UInt64(text.count)).littleEndian, Array.init)
    return word + text + (0..<count).map { UInt8(truncatingIfNeeded: $0) }
}

func write(_ bytes: [UInt8], to path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
}

func contents(_ path: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(fileURLWithPath: path)))
}

extension SafetensorsFile {
    func bytes(_ name: String) throws -> [UInt8] {
        try withTensorBytes(name, Array.init)
    }
}

/// The error that opening a file gives, nil where it opens.
func openingError(_ bytes: [UInt8], access: SafetensorsFile.Access = .mapped) throws -> SafetensorsError? {
    let folder = try TemporaryDirectory()
    try write(bytes, to: folder.file("t.safetensors"))
    do {
        _ = try SafetensorsFile(path: folder.file("t.safetensors"), access: access)
        return nil
    } catch {
        return error
    }
}
