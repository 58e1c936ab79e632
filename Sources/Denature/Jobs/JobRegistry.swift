import Foundation

/// A job as a file has it: its name and its settings.
///
///     {"job": "evaluate", "settings": {"model": "student", "problems": "problems.jsonl"}}
public struct JobDocument: Sendable {
    /// The job's name.
    public var job: String
    /// Its settings as JSON.
    public var settings: Data

    /// Encodes settings.
    ///
    /// - Throws: `EncodingError` for a value that JSON has no word for.
    public init(_ settings: some JobSettings) throws {
        job = type(of: settings).job
        self.settings = try Self.encoder.encode(settings)
    }

    /// Reads a document.
    ///
    /// - Throws: ``SettingsError`` where it is none.
    public init(json: Data) throws(SettingsError) {
        guard let object = (try? JSONSerialization.jsonObject(with: json)) as? [String: Any], object.count == 2,
            let job = object["job"] as? String, let settings = object["settings"] as? [String: Any],
            let data = try? JSONSerialization.data(withJSONObject: settings)
        else { throw SettingsError(nil, "a job is an object with `job` and `settings`") }
        self.job = job
        self.settings = data
    }

    /// The document as one line of JSON.
    public var json: Data {
        var data = Data(#"{"job":""#.utf8)
        data.append(contentsOf: job.utf8)
        data.append(contentsOf: #"","settings":"#.utf8)
        data.append(settings)
        data.append(contentsOf: "}\n".utf8)
        return data
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}

/// The jobs that can be run from a ``JobDocument``: one line for each.
public struct JobRegistry: Sendable {
    /// A job that can be run without its types being known.
    public struct Entry: Sendable {
        /// The job's name.
        public let name: String
        let body: @Sendable (_ settings: Data, _ notice: @escaping @Sendable (String) -> Void) async throws -> Data

        /// - Parameters:
        ///   - settings: The job's settings.
        ///   - run: What runs it. The report is written as JSON, names in snake_case.
        public init<Settings: JobSettings, Progress, Report: Encodable & Sendable>(
            _ settings: Settings.Type,
            _ run: @escaping @Sendable (Settings) throws -> JobRun<Progress, Report>
        ) {
            name = Settings.job
            body = { data, notice in
                let settings = try JobRegistry.decode(Settings.self, data)
                return try JobRegistry.encode(try await run(settings).report(notice: notice))
            }
        }
    }

    private let entries: [String: Entry]

    /// - Parameter entries: The jobs; of two with one name the later one counts.
    public init(_ entries: [Entry]) {
        self.entries = Dictionary(entries.map { ($0.name, $0) }) { $1 }
    }

    /// The names of the jobs.
    public var names: Set<String> { Set(entries.keys) }

    /// Runs a job to its end in the task of the caller.
    ///
    /// - Parameters:
    ///   - document: The job.
    ///   - notice: Hears what its user should know.
    /// - Returns: Its report, a JSON object in one line.
    /// - Throws: ``SettingsError`` for a job that is not known or settings it does not take, and what the job throws.
    public func run(
        _ document: JobDocument, notice: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> Data {
        guard let entry = entries[document.job] else {
            throw SettingsError("job", "there is no job named '\(document.job)'")
        }
        return try await entry.body(document.settings, notice)
    }

    private static func decode<Settings: JobSettings>(
        _ type: Settings.Type, _ data: Data
    ) throws(SettingsError) -> Settings {
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch DecodingError.dataCorrupted(let context), DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context), DecodingError.keyNotFound(_, let context)
        {
            let name = context.codingPath.last?.stringValue
            throw SettingsError(name, "`\(name ?? "settings")`: \(context.debugDescription)")
        } catch {
            throw SettingsError(nil, "the settings of \(Settings.job) cannot be read")
        }
    }

    private static func encode(_ report: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        return try encoder.encode(report)
    }
}
