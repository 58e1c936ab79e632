import Sanitizing

/// Files that are written in one piece.
enum WholeFile {
    /// Writes a file that appears complete or not at all.
    ///
    /// - Throws: ``CommandFailure`` naming the path; without `force` also where a file is there already.
    static func write(_ bytes: [UInt8], to path: String, force: Bool) throws {
        do throws(SanitizeError) {
            let output = try LineOutput(argument: path, force: force, inputs: [])
            do throws(SanitizeError) {
                try output.write(bytes, terminated: true)
                try output.finish()
            } catch {
                output.abandon()
                throw error
            }
        } catch {
            throw CommandFailure(description: error.description)
        }
    }
}
