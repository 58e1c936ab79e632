#if Torch
    import Files
    import Denature
    import Foundation
    import KeyedPRF

    /// The files of a tokenizer: those that a trained model takes with it.
    struct TokenizerFiles {
        /// By the name they have in a model's folder, in a fixed order.
        private let files: [(name: String, path: String)]

        /// - Parameter path: A `tokenizer.json` under any name, or a folder with one.
        init(_ path: String) {
            let manager = FileManager.default
            var isFolder: ObjCBool = false
            let isFile = manager.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
            let folder = isFile ? URL(fileURLWithPath: path).deletingLastPathComponent().path : path
            let others = ["tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja"]
            files =
                [("tokenizer.json", isFile ? path : folder + "/tokenizer.json")]
                + others.map { ($0, folder + "/" + $0) }.filter { manager.fileExists(atPath: $0.1) }
        }

        /// SHA-256, in hexadecimal, over their names and contents.
        ///
        /// - Throws: `JobError` for one that cannot be read.
        func digest() throws -> String {
            let hasher = try SHA256Hasher()
            for file in files {
                let bytes = try read(file.path)
                hasher.update("\(file.name) \(bytes.count)\n")
                hasher.update([UInt8](bytes))
            }
            return hasher.finalize().hex
        }

        /// Writes them into a folder, each in one piece.
        ///
        /// - Throws: `JobError` naming the file.
        func copy(to folder: String) throws {
            for file in files {
                let path = folder + "/" + file.name
                let bytes = try read(file.path)
                do throws(FileError) {
                    try WholeFile.write(bytes, to: path, replacing: true)
                } catch {
                    throw JobError(.unwritable, "\(path): cannot be written: \(error.reason)")
                }
            }
        }

        private func read(_ path: String) throws(JobError) -> Data {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw JobError(.unreadable, "\(path): cannot be read")
            }
            return data
        }
    }
#endif
