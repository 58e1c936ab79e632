#if Torch
    import Sanitizing

    /// Files that are written in one piece.
    enum WholeFile {
        /// Writes a file that appears complete or not at all, and replaces what is there.
        ///
        /// - Throws: `SanitizeError` naming the path.
        static func write(_ bytes: [UInt8], to path: String) throws(SanitizeError) {
            let output = try LineOutput(argument: path, force: true, inputs: [])
            do throws(SanitizeError) {
                try output.write(bytes, terminated: true)
                try output.finish()
            } catch {
                output.abandon()
                throw error
            }
        }
    }
#endif
