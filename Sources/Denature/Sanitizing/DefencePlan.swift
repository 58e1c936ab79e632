import KeyedPRF
import Marks
import OpenAIClient
import Sanitizing
import TraceRewriting

/// The parts that settings describe, with everything checked that can be checked beforehand.
struct DefencePlan: Sendable {
    let chain: RewriterChain
    let identity: JobIdentity
    /// Identifiers of the keys in use.
    let keyIDs: [String]
    /// Files that no output may hit.
    let protectedFiles: [String]
    let client: OpenAIClient?
    let ledgerKey: Subkey?

    init(_ settings: SanitizeSettings, keyring: Keyring?, rewriters registry: RewriterRegistry) throws {
        let order = settings.watermark ?? .lexical
        let list = settings.rewriter ?? (order.contains(.lexical) || order.isEmpty ? "lexical" : "none")
        let named = try registry.named(list)
        let keys = try DefenceKeys(settings, keyring: keyring, order: order)
        let lexicon = try Lexicon.bundled()
        let scheme = LexicalScheme(lexicon: lexicon)
        let marks = try TraceMarks(
            order: order, lexicalScheme: scheme, triggerShare: settings.triggerShare,
            triggerPairs: settings.triggerPairs, subkey: keys.subkey)
        if settings.swapModels.proxy != nil, settings.swaps.select != .gradient,
            !named.contains(where: { $0.kind.name == "gradient" })
        {
            throw SettingsError("proxy", "`proxy` is for `rewriter` gradient and `select` gradient")
        }
        let context = RewriterContext(settings: settings, order: order, lexicalScheme: scheme, keys: keys)
        let rewriters = try named.map { try $0.kind.rewriter(argument: $0.argument, in: context) }
        let choice = try registry.choice(settings.swaps.select, in: context)
        let gate = AcceptanceGate(
            configuration: .init(lengthRatio: settings.lengthRatio), instructions: context.instructions,
            lexiconWord: { lexicon.isLexiconWord($0) })
        let candidates = settings.candidates ?? (order.contains(.selection) ? 4 : 1)
        chain = RewriterChain(
            rewriters: rewriters, marks: marks, gate: gate,
            configuration: .init(
                candidates: candidates, attempts: settings.attempts, policy: settings.policy,
                keepCandidates: settings.keepCandidates), forcing: context.forcing, choice: choice)
        client = context.client
        protectedFiles = Self.files(settings) + context.files

        // What was left to the program counts as what it came to.
        context.resolve("rewriter", rewriters.map(\.name).joined(separator: ","))
        context.resolve("watermark", order.settingText)
        context.resolve("candidates", String(candidates))
        context.resolve("lexicon", lexicon.digest)
        if let epoch = keys.epoch { context.resolve("epoch", epoch) }
        keyIDs = try keys.identifiers(order)
        if !keyIDs.isEmpty { context.resolve("key_ids", keyIDs.joined(separator: ",")) }
        identity = try Self.identity(settings, context)
        ledgerKey = try settings.ledger.map { _ in try keys.ledgerKey() }
    }

    /// What the job is: all settings that decide its result, and what its parts added.
    private static func identity(_ settings: SanitizeSettings, _ context: RewriterContext) throws -> JobIdentity {
        var identity = try JobIdentity(of: settings) { setting, path in
            switch setting {
            // A ledger knows a job by its input's name, and every record by its digest.
            case "input": ""
            // What was taken from the folder is there with its digest.
            case "prompts": ""
            default: try context.digests[setting] ?? InputDigest.of(path)
            }
        }
        identity.add("input", nil)
        identity.add("prompts", nil)
        for (name, value) in context.identity { identity.add(name, value) }
        return identity
    }

    /// Files that a mistyped output must not hit.
    private static func files(_ settings: SanitizeSettings) -> [String] {
        var files = [settings.endpoint.apiKeyFile].compactMap(\.self)
        if let keyring = settings.keyring, case .file(let path) = Keyring.Source(argument: keyring) {
            files.append(path)
        }
        if settings.prompt.hasSuffix(".md") || settings.prompt.contains("/") { files.append(settings.prompt) }
        return files
    }
}
