import OpenAIProtocol
import Tokenizers

/// What completes texts behind the routes. It decides how requests share its model; the gateway knows of HTTP only.
package protocol CompletionBackend: Sendable {
    /// The one model that is offered.
    var model: ModelDescription { get }
    /// How busy it is at the moment.
    var load: BackendLoad { get }
    /// Takes an order. What is completed goes to the feed, which counts `order.choices` endings.
    ///
    /// It returns at once, and may be called from many tasks. When the feed is closed, nobody wants the rest any more.
    /// - Returns: How many tokens the prompts have, each counted once.
    func begin(_ order: CompletionOrder, feed: CompletionFeed) throws(CompletionRefusal) -> Int
}

/// How busy a backend is, in sequences.
package struct BackendLoad: Hashable, Sendable, Encodable {
    /// The most sequences that are completed together.
    package var slots: Int
    /// Those that are being completed.
    package var running: Int
    /// Those that wait for a slot.
    package var waiting: Int

    /// A load from its parts.
    package init(slots: Int, running: Int, waiting: Int) {
        self.slots = slots
        self.running = running
        self.waiting = waiting
    }
}

/// What is to be completed, and how; the same for both routes. Values are within their ranges.
package struct CompletionOrder: Hashable, Sendable {
    /// What one sequence goes on from.
    package enum Prompt: Hashable, Sendable {
        /// A conversation, to be written out as the model was taught.
        case chat([ChatFormat.Message])
        /// A text as it is.
        case text(String)
        /// Token ids as they are.
        case tokens([Int])
    }

    /// At least one.
    package var prompts: [Prompt]
    /// Completions of each prompt: at least 1. Choice i is sample i mod `samples` of prompt i / `samples`.
    package var samples = 1
    /// The most tokens of a completion, at least 1; nil for the backend's own limit, which holds in any case.
    package var maxNewTokens: Int?
    /// From 0, which always takes the likeliest token, to 2.
    package var temperature = 1.0
    /// Only the likeliest tokens that together have this probability, in (0, 1].
    package var topP = 1.0
    /// Only so many of the likeliest tokens; at least 1.
    package var topK: Int?
    /// Only tokens with this share of the likeliest one's probability, in [0, 1].
    package var minP: Double?
    /// Divides positive logits of tokens that occurred and multiplies negative ones; above 0.
    package var repetitionPenalty: Double?
    /// Taken, in nats, from the logits of tokens that were generated before, within ±2.
    package var presencePenalty = 0.0
    /// The same for every time that they were generated.
    package var frequencyPenalty = 0.0
    /// Decides all draws; nil for a new one every time.
    package var seed: Int?
    /// Texts that end a completion and are cut off; none is empty.
    package var stop: [String] = []
    /// Nil for no log-probabilities; else the number of alternatives to each token, 0 to 20.
    package var alternatives: Int?

    /// An order with everything but the prompts left as it is.
    package init(_ prompts: [Prompt]) {
        self.prompts = prompts
    }

    /// The number of completions.
    package var choices: Int { prompts.count * samples }
}

/// Why a backend does not take an order.
package struct CompletionRefusal: Error, Hashable, Sendable {
    /// The class of reason.
    package enum Kind: Hashable, Sendable {
        /// The order cannot be carried out as it is.
        case invalid
        /// A prompt leaves no room in the model's context.
        case tooLong
        /// Too many wait already.
        case busy
        /// The server is about to end.
        case stopping
    }

    package var kind: Kind
    package var message: String
    /// The field of the request at fault.
    package var field: String?

    /// A refusal from its parts.
    package init(_ kind: Kind, _ message: String, field: String? = nil) {
        self.kind = kind
        self.message = message
        self.field = field
    }
}
