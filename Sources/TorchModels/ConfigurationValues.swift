#if Torch
    import Files
    import StrictJSON

    /// The members of a JSON object, with errors that name the key.
    public struct ConfigurationValues: Sendable {
        /// A configuration is a few kilobytes; tables of thousands of layers stay far below.
        static let maximumBytes = 4 << 20

        /// One member.
        public struct Entry: Sendable {
            /// Its name, as errors have it.
            public let key: String
            let value: JSONValue
            let file: String?
        }

        private let members: [String: JSONValue]
        private let file: String?
        /// What keys are named with in errors, such as `rope_scaling.`.
        private let prefix: String

        init(path: String) throws(ModelError) {
            let bytes: [UInt8]
            do throws(FileError) {
                bytes = try WholeFile.read(path, limit: Self.maximumBytes)
            } catch {
                throw ModelError(path, .unreadable(Self.reason(error)))
            }
            try self.init(json: bytes, file: path)
        }

        init(json: some Collection<UInt8>, file: String?) throws(ModelError) {
            let value: JSONValue
            do throws(JSONError) {
                value = try ContiguousArray(json).withUnsafeBufferPointer { buffer throws(JSONError) in
                    try JSONValue(scanning: UnsafeRawBufferPointer(buffer), limits: JSONLimits(maxDepth: 64))
                }
            } catch {
                throw ModelError(file, .malformedJSON("\(error)"))
            }
            guard case .object(let members) = value else { throw ModelError(file, .malformedJSON("not an object")) }
            self.members = members
            self.file = file
            prefix = ""
        }

        private static func reason(_ error: FileError) -> String {
            switch error.code {
            case .missing: "no such file"
            case .isDirectory, .notRegular: "not a regular file"
            case .tooLarge: "larger than \(maximumBytes) bytes"
            default: error.reason
            }
        }

        private init(members: [String: JSONValue], file: String?, prefix: String) {
            self.members = members
            self.file = file
            self.prefix = prefix
        }

        /// The member of that name, nil where it is absent or null.
        ///
        /// - Throws: `ModelError`.
        public func optional(_ key: String) throws(ModelError) -> Entry? {
            guard let value = members[key], value != .null else { return nil }
            return Entry(key: prefix + key, value: value, file: file)
        }

        /// Whether there is a member of that name, null or not.
        public func contains(_ key: String) -> Bool { members[key] != nil }

        /// The member of that name, nil where it is null; it must be there.
        ///
        /// - Throws: `ModelError`.
        public func present(_ key: String) throws(ModelError) -> Entry? {
            guard members[key] != nil else { throw ModelError(file, .missingKey(prefix + key)) }
            return try optional(key)
        }

        /// The member of that name; it must be there and not null.
        ///
        /// - Throws: `ModelError`.
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

        fileprivate static func nested(_ entry: Entry, _ members: [String: JSONValue])
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

        /// A list of integers.
        public var counts: [Int] {
            get throws(ModelError) {
                guard case .array(let elements) = value else { throw mismatch("a list of integers") }
                var counts: [Int] = []
                for element in elements {
                    guard case .integer(let count) = element else { throw mismatch("a list of integers") }
                    counts.append(count)
                }
                return counts
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
#endif
