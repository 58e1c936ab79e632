import KeyedPRF

/// Why a lexicon was refused.
public struct LexiconError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file's name as it was given.
    public var file: String
    /// The line, counted from 1; nil when the whole file is meant.
    public var line: Int?
    /// What is wrong.
    public var message: String

    /// `file:line: message`.
    public var description: String {
        line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
    }
}

/// Disjoint classes of interchangeable English expressions with their grammar guards.
///
/// The file is YAML: `sets` (named word lists, used as `$name`) and `classes`, each with an `id`, `members` (strings, or
/// mappings with `text` and guard keys), optional `guards` (one mapping, or a list of which one must hold) and an
/// optional `note`. Guard keys are those of ``LexicalKinds`` lists: `position`, `previous`, `previous_not`, `next`,
/// `next_not`, `beyond`, `beyond_not`.
///
/// *Class guards* decide from the surroundings alone whether an occurrence counts; they answer the same before and after
/// rewriting, for the embedder and for the detector. *Member guards* only keep the embedder from writing a member there.
public struct Lexicon: Sendable {
    /// One expression of a class.
    public struct Member: Hashable, Sendable {
        /// The expression in lower case, words separated by one space.
        public let text: String
        /// Whether "an" (true) or "a" (false) goes before it.
        public let startsWithVowelSound: Bool
        let guards: LexicalGuard?
    }

    /// A class of expressions that may stand for each other wherever its guards hold.
    public struct ExpressionClass: Hashable, Sendable {
        /// The name that goes into the PRF message; never reuse one for other members.
        public let id: String
        /// The expressions; their order is part of the scheme.
        public let members: [Member]
        /// Editorial note.
        public let note: String?
        let guards: [LexicalGuard]
    }

    /// The classes in file order.
    public let classes: [ExpressionClass]
    /// SHA-256 (hex) of the canonical content: ids, members in order, guards. Comments and notes do not count.
    public let digest: String
    package let table: LexicalTable

    /// Reads a lexicon from YAML.
    ///
    /// - Parameters:
    ///   - yaml: The file's text.
    ///   - file: The name that errors give.
    /// - Throws: ``LexiconError`` naming file and line.
    public init(yaml: String, file: String) throws(LexiconError) {
        var parser = LexiconParser(file: file)
        let parsed = try parser.parse(yaml)
        let table = LexicalTable(classes: parsed)
        self.table = table
        classes = table.classes
        digest = SHA256Digest.of(Lexicon.canonicalForm(of: parsed)).hex
    }

    /// The English lexicon that ships with the package.
    ///
    /// - Throws: ``LexiconError``, which the shipped file cannot cause.
    public static func bundled() throws(LexiconError) -> Lexicon {
        switch cached {
        case .success(let lexicon): return lexicon
        case .failure(let error): throw error
        }
    }

    private static let cached: Result<Lexicon, LexiconError> = {
        let text = String(decoding: PackageResources.lexicon_en_yaml, as: UTF8.self)
        do throws(LexiconError) {
            return .success(try Lexicon(yaml: text, file: "lexicon-en.yaml"))
        } catch {
            return .failure(error)
        }
    }()

    /// Whether a normalised word occurs in any member, so that a capitalised sentence start may be the mark's work.
    ///
    /// - Parameter word: UTF-8 bytes of one word, in any case.
    public func isLexiconWord(_ word: some Collection<UInt8>) -> Bool {
        table.isMemberWord(Array(word))
    }

    private static func canonicalForm(of classes: [ExpressionClass]) -> String {
        var lines = ["denature/lexicon/v1"]
        for entry in classes {
            lines.append("class \(entry.id)")
            for member in entry.members {
                let sound = member.startsWithVowelSound ? "vowel" : "consonant"
                lines.append("member \(member.text) [\(sound)] \(member.guards?.canonical ?? "")")
            }
            for condition in entry.guards { lines.append("guard \(condition.canonical)") }
        }
        return lines.joined(separator: "\n")
    }
}
