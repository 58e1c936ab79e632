import Foundation
import KeyedPRF
import Marks
import OpenAIClient
import Sanitizing
import TraceRewriting

/// The job that the arguments of `sanitize-traces` describe, with everything checked that can be checked beforehand.
struct SanitizePlan {
    let job: SanitizeJob
    let client: OpenAIClient?

    init(_ command: SanitizeTracesCommand) throws {
        let order = try Self.order(command.watermark)
        let names = try Self.rewriterNames(command.rewriter, order: order)
        let keys = try Keys(command, order: order)
        let lexicon = try Self.bundledLexicon()
        let scheme = LexicalScheme(lexicon: lexicon)
        let marks = try withKeyringErrors { () throws(KeyedPRFError) in
            try TraceMarks(
                order: order, lexicalScheme: scheme, triggerShare: command.triggerShare,
                triggerPairs: command.triggerPairs, subkey: keys.subkey)
        }

        var rewriters: [any TraceRewriter] = []
        var promptDigests: [String: String] = [:]
        var instructions: [String] = []
        var client: OpenAIClient?
        var forcing: AnswerForcing?
        let swaps = try SwapPlan(command, isRewriter: names.contains(.gradient))
        for name in names {
            switch name {
            case .gradient: rewriters += swaps.rewriters
            case .none: rewriters.append(IdentityRewriter())
            case .lexical:
                rewriters.append(
                    try withKeyringErrors { () throws(KeyedPRFError) in
                        order.contains(.lexical)
                            ? try LexicalRewriter(scheme: scheme, key: keys.subkey(.lexical))
                            : try LexicalRewriter(scheme: scheme, seed: command.seed)
                    })
            case .instruction(let template):
                let template = try Self.template(template ?? command.prompt, command)
                let connection = try client ?? command.endpoint.makeClient()
                client = connection
                let adapter = EndpointAdapter(client: connection, streams: command.endpoint.stream)
                let rewriter = InstructionRewriter(template: template, endpoint: adapter)
                rewriters.append(rewriter)
                promptDigests[template.name] = template.digest
                instructions.append(template.instructionText)
                if command.answerForcing, forcing == nil {
                    let check = try Self.template("answer-forcing", command)
                    promptDigests[check.name] = check.digest
                    forcing = AnswerForcing(template: check, endpoint: adapter)
                }
            }
        }
        let ratio = try Self.ratio(command.lengthRatio)
        let gate = AcceptanceGate(
            configuration: .init(lengthRatio: ratio), instructions: instructions,
            lexiconWord: { lexicon.isLexiconWord($0) })
        let candidates = command.candidates ?? (order.contains(.selection) ? 4 : 1)
        let chain = RewriterChain(
            rewriters: rewriters, marks: marks, gate: gate,
            configuration: .init(
                candidates: candidates, attempts: command.attempts, policy: command.policy,
                keepCandidates: command.keepCandidates), forcing: forcing, choice: swaps.choice)

        var other = [
            "attempts": String(command.attempts), "candidates": String(candidates),
            "length-ratio": command.lengthRatio, "answer-forcing": String(command.answerForcing),
        ]
        if order.contains(.trigger) {
            other["trigger-share"] = String(command.triggerShare)
            // Jobs of ledgers from before the option had eight, and their parameters must stay the same.
            if command.triggerPairs != 8 { other["trigger-pairs"] = String(command.triggerPairs) }
        }
        other.merge(swaps.provenance) { _, new in new }
        if client != nil { other["model"] = command.endpoint.model ?? "" }
        var options = SanitizeOptions(
            input: command.input, output: command.output, format: command.format, ledger: command.ledger,
            seed: command.seed, force: command.force, retryFailed: command.retryFailed,
            keepCandidates: command.keepCandidates, concurrency: command.endpoint.concurrency,
            maxRecordBytes: command.maxRecordBytes)
        options.protectedFiles = Self.readFiles(command) + swaps.files
        job = SanitizeJob(
            options: options, chain: chain,
            provenance: SanitizeProvenance(
                tenant: keys.tenant, epoch: keys.epoch, keyIDs: try keys.identifiers(order), watermarks: order.names,
                lexiconDigest: lexicon.digest, promptDigests: promptDigests, policy: command.policy, other: other),
            ledgerKey: try command.ledger.map { _ in try keys.ledgerKey() })
        self.client = client
    }

    /// Files that a mistyped output must not hit.
    private static func readFiles(_ command: SanitizeTracesCommand) -> [String] {
        var files = [command.endpoint.apiKeyFile].compactMap(\.self)
        if let keyring = command.keyring, case .file(let path) = Keyring.Source(argument: keyring) {
            files.append(path)
        }
        let named = (command.rewriter ?? "").split(separator: ",").map { item in
            item.hasPrefix("instruction:") ? String(item.dropFirst("instruction:".count)) : String(item)
        }
        let prompts: [String] = [command.prompt] + named
        return files + prompts.filter { $0.hasSuffix(".md") || $0.contains("/") }
    }

    static func bundledLexicon() throws -> Lexicon {
        do {
            return try Lexicon.bundled()
        } catch {
            throw CommandFailure(description: "\(error)")
        }
    }

    private enum RewriterName: Equatable {
        case none
        case lexical
        case gradient
        case instruction(String?)
    }

    private static func rewriterNames(_ list: String?, order: TraceMarks.Order) throws -> [RewriterName] {
        guard let list else { return [order.contains(.lexical) || order.isEmpty ? .lexical : .none] }
        guard !list.isEmpty else { throw CommandFailure.usage("--rewriter needs at least one rewriter") }
        return try list.split(separator: ",", omittingEmptySubsequences: false).map { item in
            switch item {
            case "none": return .none
            case "lexical": return .lexical
            case "gradient": return .gradient
            case "instruction": return .instruction(nil)
            default:
                guard item.hasPrefix("instruction:"), item.count > 12 else {
                    throw CommandFailure.usage(
                        "unknown rewriter '\(item)' "
                            + "(known: lexical, gradient, instruction, instruction:TEMPLATE, none)")
                }
                return .instruction(String(item.dropFirst(12)))
            }
        }
    }

    static func order(_ list: String?) throws -> TraceMarks.Order {
        guard let list else { return .lexical }
        if list == "none" { return [] }
        guard !list.isEmpty else { throw CommandFailure.usage("a list of watermarks must name one, or be 'none'") }
        var order: TraceMarks.Order = []
        for item in list.split(separator: ",", omittingEmptySubsequences: false) {
            guard let mark = TraceMarks.Order.named[String(item)] else {
                throw CommandFailure.usage("unknown watermark '\(item)' (known: lexical, trigger, selection, none)")
            }
            order.insert(mark)
        }
        return order
    }

    private static func template(_ name: String, _ command: SanitizeTracesCommand) throws -> PromptTemplate {
        do {
            return try PromptLibrary.template(name, folder: command.prompts)
        } catch {
            throw CommandFailure(description: error.description)
        }
    }

    static func ratio(_ text: String) throws -> ClosedRange<Double> {
        let parts = text.split(separator: ":").compactMap { Double($0) }
        guard parts.count == 2, parts[0] >= 0, parts[1] >= parts[0], parts[1].isFinite else {
            throw CommandFailure.usage("--length-ratio must be LOW:HIGH, such as 0.5:3")
        }
        return parts[0]...parts[1]
    }
}

extension TraceMarks.Order {
    static let named: [String: TraceMarks.Order] = ["lexical": .lexical, "trigger": .trigger, "selection": .selection]

    /// The marks' names in a fixed order.
    var names: [String] { ["lexical", "trigger", "selection"].filter { contains(Self.named[$0] ?? []) } }

    /// What each mark's key is for.
    var purposes: [KeyPurpose] { names.compactMap(KeyPurpose.init(rawValue:)) }
}

/// The keys a job needs.
private struct Keys {
    let tenant: String?
    let epoch: String?
    private let keyring: Keyring?

    init(_ command: SanitizeTracesCommand, order: TraceMarks.Order) throws {
        guard let argument = command.keyring else {
            guard order.isEmpty else {
                throw CommandFailure.usage(
                    "marking needs --keyring and --tenant (--watermark none rewrites without a mark)")
            }
            keyring = nil
            tenant = nil
            epoch = nil
            return
        }
        let keyring = try withKeyringErrors { () throws(KeyedPRFError) in
            try Keyring.load(Keyring.Source(argument: argument))
        }
        self.keyring = keyring
        tenant = command.tenant
        guard let name = command.tenant else {
            epoch = nil
            return
        }
        let wanted = command.epoch
        epoch = try withKeyringErrors { () throws(KeyedPRFError) in
            try keyring.markingEpoch(of: name, named: wanted)
        }
    }

    func subkey(_ purpose: KeyPurpose) throws(KeyedPRFError) -> Subkey {
        guard let keyring, let tenant, let epoch else { throw .unknownTenant(tenant ?? "") }
        return try keyring.subkey(purpose, tenant: tenant, epoch: epoch)
    }

    func identifiers(_ order: TraceMarks.Order) throws -> [String] {
        try withKeyringErrors { () throws(KeyedPRFError) in
            var identifiers: [String] = []
            for purpose in order.purposes { identifiers.append(try subkey(purpose).keyID) }
            return identifiers
        }
    }

    func ledgerKey() throws -> Subkey {
        guard let keyring else {
            throw CommandFailure.usage("--ledger needs a --keyring: its rows are authenticated with a key of it")
        }
        return try withKeyringErrors { () throws(KeyedPRFError) in try keyring.ledgerKey() }
    }
}
