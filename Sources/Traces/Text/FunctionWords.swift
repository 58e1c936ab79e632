/// Which languages a common short word belongs to.
struct FunctionWords {
    struct Languages: OptionSet {
        let rawValue: UInt8
        static let english = Languages(rawValue: 1)
        static let other = Languages(rawValue: 2)
    }

    static let shared = FunctionWords()

    private var table: [(key: UInt64, languages: Languages)]
    private let mask: Int

    private init() {
        // The most frequent closed-class words, and the commonest words of worked solutions in English.
        let english = """
            the of and to a in that is it for was on are as with his they at be this from have or by one had not but
            what all were when we there can an your which their said if do will each about how up out them then she
            many some so these would other into has more her two like him see time could no make than first been its
            who now my over did down only way find use may any after because since thus hence therefore if he you
            ago old was total number cost costs each per times day days week hours hour also both half twice left need needs get
            gets let us me means first second next finally remaining altogether equals equal answer
            """
        let other = """
            der die das und ist nicht mit für von zu den ein eine sie wir auf dem im auch wird sind hat aus bei nach
            wie oder aber wenn dann also pro kostet zusammen
            el la los las de que y en un una es por con para del se su al lo como más pero sus le ya este entonces hay
            cada tiene total son cuando
            le les des et est une du dans pour qui sur pas plus par avec ce il elle sont nous vous donc chaque au aux
            cette ont
            di che è un per non una sono con il del della gli nel quindi ha anche si ogni
            os as não uma com para por mais dos da foi ele tem então cada são
            het een van dat niet op te zijn voor met aan er maar om hij
            och att det som på är inte för med den av ett jag
            nie się jest na do że jak po ale czy są
            bir ve bu için ile olarak
            """
        func split(_ text: String) -> [[UInt8]] { text.split { $0 == " " || $0 == "\n" }.map { Array($0.utf8) } }
        var words: [UInt64: Languages] = [:]
        for word in split(english) { words[Self.key(word), default: []].insert(.english) }
        for word in split(other) { words[Self.key(word), default: []].insert(.other) }
        var capacity = 2048
        while capacity < words.count * 4 { capacity *= 2 }
        mask = capacity - 1
        table = Array(repeating: (0, []), count: capacity)
        for (key, languages) in words.sorted(by: { $0.key < $1.key }) {
            var slot = Self.slot(key, mask)
            while table[slot].key != 0 { slot = (slot + 1) & mask }
            table[slot] = (key, languages)
        }
    }

    private static func key(_ word: [UInt8]) -> UInt64 {
        word.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    @inline(__always)
    private static func slot(_ key: UInt64, _ mask: Int) -> Int {
        Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 40) & mask
    }

    /// The languages of a word whose lower-cased bytes are packed big-endian into `key` (at most eight bytes).
    @inline(__always)
    func languages(_ key: UInt64) -> Languages {
        var slot = Self.slot(key, mask)
        while table[slot].key != 0 {
            if table[slot].key == key { return table[slot].languages }
            slot = (slot + 1) & mask
        }
        return []
    }
}
