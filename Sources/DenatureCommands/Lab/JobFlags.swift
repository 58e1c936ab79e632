#if Torch
    import Denature
    import Foundation

    /// A job's document as the words of its sub-command, for jobs that have no runner of their own.
    enum JobFlags {
        /// Whether a job is done by its sub-command.
        static func does(_ job: String) -> Bool {
            ["sample", "sanitize-traces", JudgeSettings.job].contains(job) || job.hasPrefix("attack ")
        }

        /// - Throws: `SettingsError` where the document is not understood.
        static func words(_ document: JobDocument) throws -> [String] {
            guard let settings = (try? JSONSerialization.jsonObject(with: document.settings)) as? [String: Any] else {
                throw SettingsError(nil, "the settings of \(document.job) cannot be read")
            }
            var words = document.job.split(separator: " ").map(String.init)
            for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
                let flag = "--" + name.replacing("_", with: "-")
                switch value {
                case let text as String where name == "input": words.append(text)
                case let text as String: words.append("\(flag)=\(text)")
                case let list as [Any]: words += list.map { "\(flag)=\($0)" }
                case let number as NSNumber where isBoolean(number):
                    if number.boolValue { words.append(flag) }
                case let number as NSNumber: words.append("\(flag)=\(number.stringValue)")
                default: throw SettingsError(name, "`\(name)` cannot be read")
                }
            }
            return words + ["--json"]
        }

        private static func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
    }
#endif
