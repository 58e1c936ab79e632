import TraceRewriting

/// One line of a search's journal: exactly one of its members is there.
struct JournalLine: Codable, Hashable, Sendable {
    /// The first line: what the others depend on.
    struct Begin: Codable, Hashable, Sendable {
        var version: Int
        var settings: [String: String]
    }

    /// A request is about to leave: written before it does, so that one in flight when the process dies still counts.
    struct Sent: Codable, Hashable, Sendable {
        var endpoint: SearchEndpoint
    }

    /// What the optimiser replied.
    struct Reply: Codable, Hashable, Sendable {
        var round: Int
        /// Which of the round's proposals, from 0.
        var slot: Int
        /// How often it was asked for before.
        var attempt: Int
        /// Nil when the request failed for good.
        var text: String?
        var isRefusal = false
        var isCut = false
        var promptTokens = 0
        var completionTokens = 0
    }

    /// What became of one trace under one candidate.
    struct Rewrite: Codable, Hashable, Sendable {
        var candidate: Int
        /// The trace's number in the sample, from 0.
        var trace: Int
        /// The new texts of the turn's fields; nil for a trace that stays as it is.
        var texts: [String]?
        /// Why it stays so.
        var reason: String?
        var promptTokens = 0
        var completionTokens = 0
    }

    /// How one student did.
    struct Score: Codable, Hashable, Sendable {
        var candidate: Int
        var student: Int
        var result: StudentScore
        /// The time of training and judging.
        var seconds: Double
    }

    /// The template that is about to be written.
    struct Winner: Codable, Hashable, Sendable {
        var candidate: Int
        /// SHA-256 of the file, in hexadecimal.
        var sha256: String
    }

    var begin: Begin?
    var sent: Sent?
    var reply: Reply?
    var rewrite: Rewrite?
    var score: Score?
    var winner: Winner?

    /// Whether exactly one member is there.
    var isWhole: Bool {
        let there = [begin != nil, sent != nil, reply != nil, rewrite != nil, score != nil, winner != nil]
        return there.count(where: \.self) == 1
    }

    /// Whether it must be on the disk before the search goes on. What was sent counts even so if the process is killed,
    /// and is lost only with the machine's power.
    var mustSynchronize: Bool { sent == nil }
}

/// What a journal's lines add up to.
struct SearchState: Sendable {
    struct ReplyKey: Hashable, Sendable {
        var round: Int
        var slot: Int
        var attempt: Int
    }

    struct PairKey: Hashable, Sendable {
        var candidate: Int
        /// A trace or a student.
        var item: Int
    }

    private(set) var replies: [ReplyKey: JournalLine.Reply] = [:]
    private(set) var rewrites: [PairKey: JournalLine.Rewrite] = [:]
    private(set) var scores: [PairKey: JournalLine.Score] = [:]
    private(set) var requests: [SearchEndpoint: Int] = [:]
    private(set) var usage: [SearchEndpoint: TokenUsage] = [:]
    private(set) var trainingSeconds = 0.0
    private(set) var winner: JournalLine.Winner?

    mutating func add(_ line: JournalLine) {
        if let sent = line.sent { requests[sent.endpoint, default: 0] += 1 }
        if let reply = line.reply {
            replies[ReplyKey(round: reply.round, slot: reply.slot, attempt: reply.attempt)] = reply
            count(.optimizer, reply.promptTokens, reply.completionTokens)
        }
        if let rewrite = line.rewrite {
            rewrites[PairKey(candidate: rewrite.candidate, item: rewrite.trace)] = rewrite
            count(.rewriter, rewrite.promptTokens, rewrite.completionTokens)
        }
        if let score = line.score {
            scores[PairKey(candidate: score.candidate, item: score.student)] = score
            trainingSeconds += score.seconds
        }
        if let winner = line.winner { self.winner = winner }
    }

    private mutating func count(_ endpoint: SearchEndpoint, _ prompt: Int, _ completion: Int) {
        usage[endpoint, default: TokenUsage()] += TokenUsage(prompt: prompt, completion: completion)
    }
}
