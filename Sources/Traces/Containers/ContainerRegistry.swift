import Files

/// The containers that a program reads. One of a program's own is added where inputs are opened:
///
///     let registry = ContainerRegistry.standard.adding(MyContainer())
///     var reader = try TraceReader(path: "traces.mine", containers: registry)
public struct ContainerRegistry: Sendable {
    /// The containers, in the order in which they are asked.
    public private(set) var containers: [any InputContainer]

    /// - Parameter containers: The containers, in the order in which they are asked.
    public init(_ containers: [any InputContainer]) {
        self.containers = containers
    }

    /// What comes with Denature.
    public static let standard = ContainerRegistry([
        GzipContainer(),
        ZstandardContainer(),
        JSONArrayContainer(),
        IndentedJSONContainer(),
    ])

    /// The same with one more, which is asked first; it takes the place of one of its name.
    public func adding(_ container: any InputContainer) -> ContainerRegistry {
        ContainerRegistry([container] + containers.filter { $0.name != container.name })
    }

    // MARK: By name

    /// The name without the endings that containers add: `page.html.gz` is `page.html`.
    public func nameInside(_ path: String) -> String {
        var name = path
        while let container = container(forName: name), let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) {
            guard container.role == .bytes else { break }
            name = String(name[..<dot])
        }
        return name
    }

    /// The container in which a file of this name is written; nil where it is written as it is.
    public func container(forName path: String) -> (any InputContainer)? {
        let name = FilePath.name(of: path).lowercased()
        return containers.first {
            $0.endings.contains { name.hasSuffix("." + $0) && name.utf8.count > $0.utf8.count + 1 }
        }
    }

    // MARK: By content

    /// How many first bytes containers are known by.
    public static let headBytes = 4096
    /// A compression in a compression in a compression is no file that somebody made for use.
    private static let maxDepth = 3

    /// What an input holds when all containers are opened.
    struct Opened {
        /// The bytes that are left, of an input that is no container of records.
        var input: ByteInput
        /// The records of a container of records.
        var records: (any RecordBatches)?
        /// Whether the bytes are others than the file's.
        var isCompressed = false
    }

    /// Opens containers in containers.
    ///
    /// - Parameters:
    ///   - input: The file's bytes.
    ///   - roles: What may be opened.
    ///   - maxRecordBytes: The bound on one record.
    /// - Throws: ``TraceError``.
    func open(
        _ input: ByteInput, roles: Set<ContainerRole>, maxRecordBytes: Int
    ) throws(TraceError) -> Opened {
        var opened = Opened(input: input)
        for _ in 0...Self.maxDepth {
            let head = try opened.input.head()
            let found = containers.first { roles.contains($0.role) && $0.recognises(head) }
            guard let container = found else { return opened }
            switch try container.open(opened.input, maxRecordBytes: maxRecordBytes) {
            case .bytes(let reader):
                opened.input = ByteInput(reader, file: input.file)
                opened.isCompressed = true
            case .records(let records):
                opened.records = records
                return opened
            }
        }
        throw TraceError(
            .unsupportedEncoding, at: SourceLocation(file: input.file, line: 1),
            "a compressed file in a compressed file, more than \(Self.maxDepth) levels deep")
    }
}
