import Foundation

/// By what problems count as equal, wherever parts of a data set must not share any.
package enum ProblemKey {
    /// The text with composed characters, in lower case, and with one space for all white space.
    package static func of(_ text: String) -> String {
        text.precomposedStringWithCanonicalMapping.lowercased().split(whereSeparator: \.isWhitespace)
            .joined(separator: " ")
    }
}
