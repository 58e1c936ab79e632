import Traces

/// Writes lines to a file that appears only when it is complete, or to standard output.
package final class LineOutput {
    private let sink: StreamingSink

    /// Opens the output that `argument` names; see `OutputTarget` for what is refused.
    package init(argument: String, force: Bool, inputs: [String]) throws(SanitizeError) {
        sink = try StreamingSink(
            target: OutputTarget(argument: argument, force: force, others: inputs), replacing: force)
    }

    /// Writes one line; the terminator is added unless the bytes are `terminated`.
    package func write(_ line: [UInt8], terminated: Bool = false) throws(SanitizeError) {
        try sink.write(terminated ? line : line + [0x0A])
    }

    /// Puts the output in its place.
    package func finish() throws(SanitizeError) {
        _ = try sink.complete()
    }

    /// Removes what was written.
    package func abandon() {
        sink.abandon()
    }
}
