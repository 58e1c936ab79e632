import KeyedPRF
import Marks
import OpenAIClient
import Sanitizing
import TraceRewriting

/// What a rewriter is made from, and what it says about itself while it is made.
///
/// One context serves all rewriters of a job, so that they share what is expensive.
public final class RewriterContext {
    /// The job's settings.
    public let settings: SanitizeSettings
    /// The marks that are ordered.
    public let order: TraceMarks.Order
    /// How the lexical mark is placed.
    public let lexicalScheme: LexicalScheme

    private let keys: DefenceKeys
    private var sharedValues: [ObjectIdentifier: Any] = [:]
    /// What the identity of the job holds beside, or in place of, its settings' texts.
    private(set) var identity: [String: String] = [:]
    /// Digests of inputs, by the names of settings.
    private(set) var digests: [String: String] = [:]
    /// Files that were read: no output may hit them.
    private(set) var files: [String] = []
    /// The words of instructions: what leaks them is turned down.
    private(set) var instructions: [String] = []
    /// The endpoint's own check of free rewritings.
    private(set) var forcing: AnswerForcing?
    /// The connection to the endpoint, once something asked for it.
    private(set) var client: OpenAIClient?

    init(settings: SanitizeSettings, order: TraceMarks.Order, lexicalScheme: LexicalScheme, keys: DefenceKeys) {
        self.settings = settings
        self.order = order
        self.lexicalScheme = lexicalScheme
        self.keys = keys
    }

    /// A key of the job's tenant and epoch.
    ///
    /// - Throws: `KeyedPRFError` where the job has no keys.
    public func subkey(_ purpose: KeyPurpose) throws(KeyedPRFError) -> Subkey { try keys.subkey(purpose) }

    /// The endpoint of the job's settings, one connection for all who ask.
    ///
    /// - Throws: ``SettingsError`` where none is named; `EndpointError` where it cannot be used.
    public func endpoint() throws -> any CompletionEndpoint {
        guard settings.endpoint.endpoint != nil else {
            throw SettingsError("endpoint", "the rewriter 'instruction' needs an `endpoint`")
        }
        let client = try client ?? settings.endpoint.client()
        self.client = client
        return settings.endpoint.completions(client)
    }

    /// A template of prompts by its name or path; its digest becomes part of what the job is.
    ///
    /// - Throws: `PromptTemplateError`.
    public func template(_ name: String) throws(PromptTemplateError) -> PromptTemplate {
        let template = try PromptLibrary.template(name, folder: settings.promptFolder)
        identity["prompt " + template.name] = template.digest
        return template
    }

    /// Says that a candidate with many of these words in a row gives the instruction away.
    public func protect(instruction: String) { instructions.append(instruction) }

    /// Lets the endpoint answer from each free rewriting, where the settings ask for it.
    ///
    /// - Throws: `PromptTemplateError`.
    public func forceAnswers(_ endpoint: any CompletionEndpoint) throws(PromptTemplateError) {
        guard settings.answerForcing, forcing == nil else { return }
        forcing = AnswerForcing(template: try template("answer-forcing"), endpoint: endpoint)
    }

    /// Something that several rewriters use, made by the first that asks for its type.
    public func shared<Value>(_ type: Value.Type = Value.self, _ make: () throws -> Value) rethrows -> Value {
        if let value = sharedValues[ObjectIdentifier(type)] as? Value { return value }
        let value = try make()
        sharedValues[ObjectIdentifier(type)] = value
        return value
    }

    /// Says what a setting came to, where its own text does not say it: `auto` came to a prompt format. Two jobs with equal
    /// values are one job, so that the value must decide as much as the setting does.
    public func resolve(_ setting: String, _ value: String) { identity[setting] = value }

    /// Gives the digest of an input that a setting names; without one, the digest of the file or folder is taken.
    public func digest(of setting: String, _ digest: String) { digests[setting] = digest }

    /// Says that a file was read, so that no output replaces it.
    public func protect(file: String) { files.append(file) }
}
