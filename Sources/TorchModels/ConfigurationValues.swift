#if Torch
    import Foundation

    /// The members of a JSON object, with errors that name the key.
    public struct ConfigurationValues: Sendable {
        /// A configuration is a few kilobytes; tables of thousands of layers stay far below.
        static let maximumBytes = 4 << 20

        /// One member.
        public struct Entry: Sendable {
            /// Its name, as errors have it.
            public let key: String
            let value: JSONTree
            let file: String?
        }

        private let members: [String: JSONTree]
        private let file: String?
        /// What keys are named with in errors, such as `rope_scaling.`.
        private let prefix: String

        init(path: String) throws(ModelError) {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw ModelError(path, .unreadable("no such file"))
            }
            let attributes = try? FileManager.default.attributesOfItem(
                atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
            // A pipe would keep the reader waiting.
            guard !isFolder.boolValue, attributes?[.type] as? FileAttributeType == .typeRegular else {
                throw ModelError(path, .unreadable("not a regular file"))
            }
            guard let size = attributes?[.size] as? Int, size <= Self.maximumBytes else {
                throw ModelError(path, .unreadable("larger than \(Self.maximumBytes) bytes"))
            }
            let data: Data
            do {
                data = try Data(contentsOf: URL(fileURLWithPath: path))
            } catch {
                throw ModelError(path, .unreadable(error.localizedDescription))
            }
            try self.init(json: data, file: path)
        }

        init(json: Data, file: String?) throws(ModelError) {
            do {
                members = try JSONDecoder().decode([String: JSONTree].self, from: json)
            } catch {
                throw ModelError(file, .malformedJSON(Self.reason(error)))
            }
            self.file = file
            prefix = ""
        }

        private init(members: [String: JSONTree], file: String?, prefix: String) {
            self.members = members
            self.file = file
            self.prefix = prefix
        }

        private static func reason(_ error: any Error) -> String {
            switch error {
            case DecodingError.dataCorrupted(let context): context.debugDescription
            case DecodingError.typeMismatch(_, let context): context.debugDescription
            default: "\(error)"
            }
        }

        /// The member of that name, nil where it is absent or null.
        public func optional(_ key: String) throws(ModelError) -> Entry? {
            guard let value = members[key], value != .null else { return nil }
            return Entry(key: prefix + key, value: value, file: file)
        }

        /// The member of that name, nil where it is null; it must be there.
        public func present(_ key: String) throws(ModelError) -> Entry? {
            guard members[key] != nil else { throw ModelError(file, .missingKey(prefix + key)) }
            return try optional(key)
        }

        /// The member of that name; it must be there and not null.
        public func required(_ key: String) throws(ModelError) -> Entry {
            guard let entry = try optional(key) else { throw ModelError(file, .missingKey(prefix + key)) }
            return entry
        }

        /// The error of a member whose value no model here can have.
        public func unsupported(_ key: String, _ value: String, _ supported: [String]) -> ModelError {
            ModelError(
                file,
                .unsupported(key: prefix + key, value: value, supported: supported.joined(separator: ", ")))
        }

        fileprivate static func nested(_ entry: Entry, _ members: [String: JSONTree])
            -> ConfigurationValues
        {
            ConfigurationValues(members: members, file: entry.file, prefix: entry.key + ".")
        }
    }

    extension ConfigurationValues.Entry {
        private func mismatch(_ expected: String) -> ModelError {
            ModelError(file, .wrongType(key: key, expected: expected))
        }

        /// A text.
        public var string: String {
            get throws(ModelError) {
                guard case .string(let text) = value else { throw mismatch("a string") }
                return text
            }
        }

        /// True or false.
        public var flag: Bool {
            get throws(ModelError) {
                guard case .bool(let flag) = value else { throw mismatch("true or false") }
                return flag
            }
        }

        /// An integer that is not negative.
        public var count: Int {
            get throws(ModelError) {
                guard case .integer(let count) = value else { throw mismatch("an integer of 64 bits") }
                guard count >= 0 else {
                    throw ModelError(file, .outOfRange(key: key, value: "\(count)", allowed: "not negative"))
                }
                return count
            }
        }

        /// A finite number.
        public var number: Double {
            get throws(ModelError) {
                switch value {
                case .integer(let integer): return Double(integer)
                case .number(let number) where number.isFinite: return number
                default: throw mismatch("a number")
                }
            }
        }

        /// A list of texts.
        public var strings: [String] {
            get throws(ModelError) {
                guard case .array(let elements) = value else { throw mismatch("a list of strings") }
                var strings: [String] = []
                for element in elements {
                    guard case .string(let text) = element else { throw mismatch("a list of strings") }
                    strings.append(text)
                }
                return strings
            }
        }

        /// A token id; -1 stands for none in some old files.
        public var tokenID: Int32? {
            get throws(ModelError) {
                if value == .integer(-1) { return nil }
                guard let id = Int32(exactly: try count) else { throw mismatch("a token id") }
                return id
            }
        }

        /// One token id or a list.
        public var tokenIDs: [Int32] {
            get throws(ModelError) {
                guard case .array(let elements) = value else { return try tokenID.map { [$0] } ?? [] }
                var ids: [Int32] = []
                for element in elements {
                    guard case .integer(let id) = element, let id = Int32(exactly: id), id >= 0 else {
                        throw mismatch("a token id or a list of them")
                    }
                    ids.append(id)
                }
                return ids
            }
        }

        /// An object.
        public var object: ConfigurationValues {
            get throws(ModelError) {
                guard case .object(let members) = value else { throw mismatch("an object") }
                return .nested(self, members)
            }
        }
    }

    /// Any JSON value.
    enum JSONTree: Hashable, Sendable, Codable {
        case null
        case bool(Bool)
        case integer(Int)
        case number(Double)
        case string(String)
        case array([JSONTree])
        case object([String: JSONTree])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let value = try? container.decode(Bool.self) {
                self = .bool(value)
            } else if let value = try? container.decode(Int.self) {
                self = .integer(value)
            } else if let value = try? container.decode(Double.self) {
                self = .number(value)
            } else if let value = try? container.decode(String.self) {
                self = .string(value)
            } else if let value = try? container.decode([JSONTree].self) {
                self = .array(value)
            } else {
                self = .object(try container.decode([String: JSONTree].self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .null: try container.encodeNil()
            case .bool(let value): try container.encode(value)
            case .integer(let value): try container.encode(value)
            case .number(let value): try container.encode(value)
            case .string(let value): try container.encode(value)
            case .array(let value): try container.encode(value)
            case .object(let value): try container.encode(value)
            }
        }
    }
#endif
