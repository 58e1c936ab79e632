import Files
import Traces

/// Writes lines to a file that appears only when it is complete, or to standard output; compressed where its name says so.
package final class LineOutput {
    private let output: RecordOutput

    /// Opens the output that `argument` names; see `OutputTarget` for what is refused.
    package init(argument: String, force: Bool, inputs: [String]) throws(SanitizeError) {
        output = try SanitizeError.writing { () throws(FileError) in
            try RecordOutput(OutputTarget(argument, force: force, others: inputs), replacing: force)
        }
    }

    /// Writes one line; the terminator is added unless the bytes are `terminated`.
    package func write(_ line: [UInt8], terminated: Bool = false) throws(SanitizeError) {
        try SanitizeError.writing { () throws(FileError) in try output.write(terminated ? line : line + [0x0A]) }
    }

    /// Puts the output in its place.
    package func finish() throws(SanitizeError) {
        try SanitizeError.writing { () throws(FileError) in try output.finish() }
    }

    /// Removes what was written.
    package func abandon() {
        output.abandon()
    }
}
