import KeyedPRF
import Traces

/// A piece of the input that one worker takes, and what an earlier run finished of it.
struct WorkUnit: Sendable {
    /// The records.
    var unit: TraceUnit
    /// Digests of the unit's records that an earlier run finished, by index.
    var finished: [Int: Digest256] = [:]
}

/// The input of a job, in units.
package typealias RecordSource = TraceReader

/// Parses the records of a unit.
package typealias UnitParser = TraceUnitParser
