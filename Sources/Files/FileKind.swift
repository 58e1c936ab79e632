/// What a file holds, by the ending of its name and by its first bytes: the one rule for both.
package enum FileKind: String, Sendable, CaseIterable {
    case jsonLines, json, xml, html, text, csv, yaml
    case gzip, zstd, bzip2, xz, zip
    case parquet, arrow, safetensors, sqlite, pdf

    /// How many first bytes ``init(head:)`` looks at.
    package static let headBytes = 512

    /// By the ending of the name; nil where it says nothing.
    package init?(name: String) {
        let name = name.lowercased()
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")),
            let kind = Self.endings[String(name[name.utf8.index(after: dot)...])]
        else { return nil }
        self = kind
    }

    private static let endings: [String: FileKind] = [
        "jsonl": .jsonLines, "ndjson": .jsonLines, "json": .json, "xml": .xml, "html": .html, "htm": .html,
        "xhtml": .html, "txt": .text, "md": .text, "csv": .csv, "yaml": .yaml, "yml": .yaml, "gz": .gzip, "zst": .zstd,
        "bz2": .bzip2, "xz": .xz, "zip": .zip, "parquet": .parquet, "arrow": .arrow, "feather": .arrow,
        "safetensors": .safetensors, "sqlite": .sqlite, "pdf": .pdf,
    ]

    /// By the first bytes; nil where they could begin any text.
    package init?(head: some Collection<UInt8>) {
        let head = Array(head.prefix(Self.headBytes))
        if let (kind, _) = Self.signatures.first(where: { head.starts(with: $1) }) {
            self = kind
        } else if head.count > 8, head[8] == UInt8(ascii: "{"), head[4..<8] == [0, 0, 0, 0] {
            // The length of a header of less than 4 GiB, and the header.
            self = .safetensors
        } else if let kind = Self.markup(head) {
            self = kind
        } else {
            return nil
        }
    }

    private static let signatures: [(FileKind, [UInt8])] = [
        (.gzip, [0x1F, 0x8B]), (.zstd, [0x28, 0xB5, 0x2F, 0xFD]), (.bzip2, Array("BZh".utf8)),
        (.xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]), (.zip, [0x50, 0x4B, 0x03, 0x04]), (.parquet, Array("PAR1".utf8)),
        (.arrow, Array("ARROW1".utf8)), (.sqlite, Array("SQLite format 3\u{0}".utf8)), (.pdf, Array("%PDF-".utf8)),
    ]

    /// A text's kind by its first character that is no white space.
    private static func markup(_ head: [UInt8]) -> FileKind? {
        let body = head.starts(with: [0xEF, 0xBB, 0xBF]) ? head.dropFirst(3) : head[...]
        let start = body.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        switch start.first {
        case UInt8(ascii: "{"), UInt8(ascii: "["): return .json
        case UInt8(ascii: "<"):
            let text = String(decoding: start.prefix(32), as: UTF8.self).lowercased()
            return text.hasPrefix("<!doctype html") || text.hasPrefix("<html") ? .html : .xml
        default: return nil
        }
    }

    /// Whether it is made of bytes that are no text.
    package var isBinary: Bool {
        switch self {
        case .jsonLines, .json, .xml, .html, .text, .csv, .yaml: false
        case .gzip, .zstd, .bzip2, .xz, .zip, .parquet, .arrow, .safetensors, .sqlite, .pdf: true
        }
    }

    /// With its article, for errors: `a gzip file`.
    package var words: String {
        switch self {
        case .jsonLines: "a file of JSON lines"
        case .json: "a JSON text"
        case .xml: "an XML document"
        case .html: "an HTML page"
        case .text: "a plain text"
        case .csv: "a table of comma-separated values"
        case .yaml: "a YAML file"
        case .arrow: "an Arrow file"
        case .sqlite: "an SQLite database"
        case .pdf: "a PDF document"
        case .safetensors: "a safetensors file"
        case .parquet: "a Parquet file"
        case .gzip, .zstd, .bzip2, .xz, .zip: "a \(rawValue) file"
        }
    }

    /// What makes lines of it that can be read, for errors; nil where there is nothing to say.
    package var advice: String? {
        switch self {
        case .bzip2: "unpack it first: bzip2 -dk FILE"
        case .xz: "unpack it first: xz -dk FILE"
        case .zip: "unpack it first: unzip FILE"
        case .parquet:
            "make lines of it first: pandas.read_parquet(FILE).to_json('out.jsonl', orient='records', lines=True)"
        case .arrow: "make lines of it first: datasets.Dataset.from_file(FILE).to_json('out.jsonl')"
        case .sqlite, .pdf, .safetensors, .gzip, .zstd: nil
        case .jsonLines, .json, .xml, .html, .text, .csv, .yaml: nil
        }
    }
}
