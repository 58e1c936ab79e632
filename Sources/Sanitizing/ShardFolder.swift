import Files
import Foundation
import Traces

/// What is in a folder of shards: the files of traces, and the others.
struct ShardFolder {
    /// The folder.
    let path: String
    /// Files of traces, by their paths in the folder, sorted.
    private(set) var shards: [String] = []
    /// Files that go along as they are: what a data set's page and its readers need, and no traces.
    private(set) var companions: [String] = []
    /// Files of which nothing is written.
    private(set) var leftOut: [String] = []

    /// What the layout of Hugging Face's `datasets` has beside shards, without records.
    private static let companionNames: Set<String> = [
        "README.md", "LICENSE", "LICENSE.md", "LICENSE.txt", "NOTICE", "dataset_info.json", "dataset_infos.json",
    ]
    /// JSON of the same layout that belongs to files of another kind.
    private static let stateNames: Set<String> = ["state.json", "dataset_dict.json"]

    /// Looks through a folder and those in it. Hidden files and folders count as not there; links to files are followed.
    ///
    /// - Throws: ``SanitizeError`` for a folder that cannot be read, that holds no traces, or that holds records in a
    ///   container that is not read: they would be missing from the output.
    init(path: String) throws(SanitizeError) {
        self.path = path
        guard let found = FileManager.default.enumerator(atPath: path) else {
            throw SanitizeError.options("\(path): cannot be read")
        }
        var names: [String] = []
        while let name = found.nextObject() as? String {
            if FilePath.name(of: name).hasPrefix(".") {
                found.skipDescendants()
            } else if !FilePath.isFolder(path + "/" + name) {
                names.append(name)
            }
        }
        for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) { try sort(name) }
        guard !shards.isEmpty else {
            let others = leftOut.prefix(3).joined(separator: ", ")
            throw SanitizeError.options(
                "\(path): holds no files of traces (.jsonl, .ndjson, .json, .xml or .html, also compressed)"
                    + (others.isEmpty ? "" : "; it has \(others)"))
        }
    }

    private mutating func sort(_ name: String) throws(SanitizeError) {
        let last = FilePath.name(of: name)
        if Self.companionNames.contains(last) { return companions.append(name) }
        if Self.stateNames.contains(last) { return leftOut.append(name) }
        let kind = FileKind(name: ContainerRegistry.standard.nameInside(name))
        switch kind {
        case .jsonLines, .json, .xml, .html: shards.append(name)
        case .parquet, .arrow, .gzip, .zstd, .bzip2, .xz, .zip:
            let words = kind.map { "\($0.words), which is not read in folders" } ?? ""
            let advice = kind?.advice.map { "; " + $0 } ?? ""
            throw SanitizeError.options("\(path)/\(name): this is \(words)\(advice)")
        case .text, .csv, .yaml, .safetensors, .sqlite, .pdf, nil: leftOut.append(name)
        }
    }

    /// The size of all shards; nil where it says nothing of what is in them.
    var byteCount: Int64? {
        var sum: Int64 = 0
        for shard in shards {
            guard ContainerRegistry.standard.container(forName: shard) == nil,
                let size = FilePath.size(of: path + "/" + shard)
            else { return nil }
            sum += size
        }
        return sum
    }

    /// Refuses an output that is no folder of its own.
    ///
    /// - Throws: ``SanitizeError``.
    func check(output: String) throws(SanitizeError) {
        guard output != "-" else {
            throw SanitizeError.options("\(path): is a folder, and needs an output folder: -o FOLDER")
        }
        if FilePath.exists(output), !FilePath.isFolder(output) {
            throw SanitizeError.options("\(output): is a file; the traces of a folder are written into a folder")
        }
        let (source, target) = (FilePath.resolved(path) + "/", FilePath.resolved(output) + "/")
        guard !target.hasPrefix(source), !source.hasPrefix(target) else { throw SanitizeError.sameFile(output) }
    }
}
