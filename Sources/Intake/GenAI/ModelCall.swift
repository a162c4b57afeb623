public import Records

/// A call of a model as it was seen on the wire, between the caller and who runs the model.
public struct ModelCall: Sendable {
  /// Whose request and reply they are.
  public enum Operation: Sendable {
    /// OpenAI's chat completions, and all who copied them.
    case chat
    /// OpenAI's responses.
    case responses
    /// Anthropic's messages.
    case messages
    /// OpenAI's embeddings.
    case embeddings
  }

  public var operation: Operation
  /// The body as the caller sent it, JSON.
  public var request: [UInt8]
  /// The reply, JSON; of a stream, what would have been answered without streaming. Nil when there was none that can be read.
  public var reply: [UInt8]?
  /// Whose prices hold, in the words of the conventions, such as `openai`.
  public var provider: String
  /// Who was called, and with which status they answered.
  public var upstream: String
  public var status: Int?
  public var agent: String?
  public var isStream: Bool
  /// From the request to the first word of the answer.
  public var timeToFirst: Duration?
  /// What is known of why it went wrong; what the reply says of that comes first.
  public var fault: String?
  /// Why the reply was not read, where it was not.
  public var unread: String?
  /// Whether the upstream was never asked, so that nothing was used.
  public var isUnasked = false
  /// Whether the reply ended properly with nothing in it.
  public var isHollow = false
  /// As the upstream knows the model, where the caller calls it something else.
  public var upstreamModel: String?
  /// What of the reply (`answer`, `arguments`) breaks a schema that its provider promised to keep, and one that it only aimed at.
  public var brokenSchema: String?
  public var missedSchema: String?
  /// The budget that refused it.
  public var budget: String?
  /// What it passed of guards that would have refused it, by a break-glass key; nil for calls of other keys.
  public var glass: BreakGlass?
  /// Budgets that only watch, and would have refused it.
  public var observedBudgets: [String] = []
  /// The failure budget that refused it, those that only watch and would have, and those that are spent and let it pass.
  public var failureBudget: String?
  public var observedFailureBudgets: [String] = []
  public var spentFailureBudgets: [String] = []
  /// The person who approved it though one is spent.
  public var approver: String?
  /// Freezes that only watch, and would have refused it.
  public var observedFreezes: [String] = []
  /// The failure that was played to it.
  public var drill: String?
  /// The limit of its tenant that refused it, and those that only watch.
  public var tenantLimit: String?
  public var observedTenantLimits: [String] = []
  /// How many canaries of other tenants the reply held.
  public var canaries = 0
  /// How long it waited for a place at its upstream; nil where it did not.
  public var queued: Duration?
  public var cap: OutputCap?
  /// SHA-256 of what its upstream's cache finds its entries by, and for whom that is; nil where nobody here says so.
  public var cacheKey: SHA256Digest?
  public var cacheScope: String?
  /// The state of the breaker that let it in, unless it was closed.
  public var breaker: String?
  /// Who was called in place of whom the route names first.
  public var degraded: String?

  public init(_ operation: Operation, request: [UInt8], provider: String, upstream: String, isStream: Bool) {
    self.operation = operation
    self.request = request
    self.provider = provider
    self.upstream = upstream
    self.isStream = isStream
  }
}

/// What bounds the answer of a request that does not say how long it may be.
public struct OutputCap: Sendable, Equatable {
  /// Who says so.
  public let budget: String
  public let tokens: Int64

  public init(budget: String, tokens: Int64) {
    self.budget = budget
    self.tokens = tokens
  }
}
