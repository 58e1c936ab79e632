/// What a job is: two runs with equal identities make the same result, so that one may go on with what the other left.
public struct JobIdentity: Codable, Hashable, Sendable {
    /// The job's name.
    public var job: String
    /// Every setting that decides the result, as text; files by the digest of what they hold.
    public var values: [String: String]

    /// - Parameters:
    ///   - settings: The job's settings.
    ///   - digest: What stands for an input, such as the SHA-256 of a file; asked for every path of every setting of the
    ///     role ``SettingRole/input``.
    /// - Throws: What `digest` throws.
    public init<Settings: JobSettings>(
        of settings: Settings, digest: (_ setting: String, _ path: String) throws -> String
    ) rethrows {
        job = Settings.job
        values = [:]
        for setting in Settings.schema {
            let arguments = setting.arguments(in: settings)
            guard !arguments.isEmpty else { continue }
            switch setting.role {
            case .result: values[setting.name] = arguments.joined(separator: ",")
            case .input:
                values[setting.name] = try arguments.map { try digest(setting.name, $0) }.joined(separator: ",")
            case .output, .secret, .conduct: break
            }
        }
    }

    /// Adds what the settings themselves cannot say, such as a key's id.
    public mutating func add(_ name: String, _ value: String?) { values[name] = value }

    /// The first name, in alphabetical order, whose values differ.
    public func firstDifference(from other: JobIdentity) -> String? {
        Set(values.keys).union(other.values.keys).sorted().first { values[$0] != other.values[$0] }
    }
}
