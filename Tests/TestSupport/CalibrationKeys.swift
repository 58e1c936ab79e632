import Foundation

/// How many random keys calibration tests try: few in every run, more on request.
package enum CalibrationKeys {
    /// The number in the environment's `DENATURE_CALIBRATION_KEYS`, else the usual one.
    package static func count(usually usual: Int) -> Int {
        ProcessInfo.processInfo.environment["DENATURE_CALIBRATION_KEYS"].flatMap(Int.init) ?? usual
    }
}
