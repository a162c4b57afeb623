public import Guards
internal import Intake
public import Records

/// A call that has ended, as it becomes a span.
public struct CallSpan: Sendable {
  public let request: CallRequest
  public let notes: CallNotes
  public let principal: Principal
  /// Who was asked.
  public let upstream: Upstream
  /// 32 and 16 hexadecimal digits.
  public let traceID: String
  public let spanID: String
  public let startedAt: Instant
  /// From the moment at which its upstream was asked; where nobody was, from its beginning, without what it was `queued`.
  public var elapsed = Duration.zero
  /// How long it waited for a place at its upstream before, also in vain; nil where it did not.
  public var queued: Duration?
  public var timeToFirst: Duration?
  /// What the upstream answered; nil when it did not.
  public var status: Int?
  public var observation = ReplyObserver.Observation()
  /// What is wrong with the form of the reply; nil while that was not judged.
  var form: ReplyForm?
  /// The same, judged now where it was not: O(reply) where a form was asked for.
  var formOrJudged: ReplyForm { form ?? ReplyForm(self) }
  /// Why the upstream was not asked; nil where it was.
  public var refusal: CallRefusal?
  /// What it passed of guards that would have refused it; nil where its key is none for emergencies.
  public internal(set) var glass: BreakGlass?
  /// Budgets that only watch, and would have refused.
  public var observedBudgets: [String] = []
  /// Failure budgets that only watch and would have refused, and those that are spent and let it pass; and who approved it.
  public var observedFailureBudgets: [String] = []
  public var spentFailureBudgets: [String] = []
  public var approver: String?
  /// Freezes that only watch, and would have refused.
  public var observedFreezes: [String] = []
  /// Bytes of its reply; nil where nobody counted.
  public var replyBytes: Int?
  /// Whether it will be in the ledger: where that cannot keep up, some calls are let go without a span.
  public var isKept = true
  /// As replies name it; nil where the ledger will not have it.
  public var reference: SpanReference? { isKept ? SpanReference(traceID: traceID, spanID: spanID) : nil }
  /// What its upstream calls the model; nil where that is what the caller calls it.
  public var upstreamModel: String?
  /// Whether a drill answered in place of its upstream, which was not asked.
  public var isPlayed = false
  /// The drill that it met, and how long that kept it.
  public var drill: String?
  public var delay = Duration.zero
  /// What bounds the answer of a request that does not: tokens, and which budget says so.
  var cap: OutputCap?
  /// The tokens of that.
  public var outputCap: Int64? { cap?.tokens }
  /// By what its upstream's cache finds its entries; nil where callers say that themselves.
  public private(set) var cacheKey: CacheSalt.Key?
  /// Limits of tenants that only watch, and would have refused: `NO_TENANT`, or what there was too little of.
  public var observedTenantLimits: [String] = []
  /// Canaries of other tenants in the reply.
  public var canaries: Set<CanaryList.Hit> = []
  /// How long the upstream asked to be left alone.
  public var retryAfter: Duration?
  /// Whether the caller's own key was used.
  public var usesCallersKey = false
  /// What let it in; nil where no breaker looks.
  public var passage: CallPassage?
  /// `UPSTREAM/MODEL`, where it was made in place of another call.
  public var degraded: String?
  /// Whose prices hold, where that is not the upstream's API.
  var statedProvider: String?
  var provider: String { statedProvider ?? upstream.dialect.rawValue }
  /// What whoever made the call says that it cost.
  var statedCost: Money?
  /// The state of the breaker that let it in at another time, unless it was closed.
  var breakerWord: String?
  /// What its promises are held under.
  var hold: String { "\(traceID)-\(spanID)" }

  public init(
    request: CallRequest, notes: CallNotes, principal: Principal, upstream: Upstream, traceID: String, spanID: String,
    startedAt: Instant
  ) {
    self.request = request
    self.notes = notes
    self.principal = principal
    self.upstream = upstream
    self.traceID = traceID
    self.spanID = spanID
    self.startedAt = startedAt
    glass = principal.glass
  }

  /// Asks whether the call passes a guard that would refuse it, and notes that it does.
  /// - Parameters:
  ///   - code: of the refusal.
  ///   - name: which of its kind the guard is.
  public mutating func breaks(_ by: BreakGlass.Guard, _ code: String, _ name: String) -> Bool {
    guard glass != nil else { return false }
    glass?.passed.append(.init(by, code, name))
    return true
  }

  /// Finds out by what the upstream's cache is to find the call's entries.
  /// - Throws: `CallRefusal` where the request says so itself in a way that could be read in two ways.
  public mutating func salt() throws(CallRefusal) { cacheKey = try upstream.cacheSalt?.key(for: self) }

  /// What takes the place of what the request says of the upstream's cache.
  public var cacheMember: (member: CacheSalt.Member, value: String)? {
    guard let salt = upstream.cacheSalt, let value = cacheKey?.value else { return nil }
    return (salt.member, value)
  }

  /// Tokens that it used; nil where nobody knows: it broke off, or does not say.
  var used: (input: Int64, output: Int64)? {
    guard refusal == nil else { return (0, 0) }
    guard observation.fault == nil || observation.fault == .leak else { return nil }
    if let input = observation.substance?.input { return (input, observation.substance?.output ?? 0) }
    return wasRefused ? (0, 0) : nil
  }

  /// About the tokens that it used, of one that broke off: by what came of it, and never more than it asked for. Who shares an upstream
  /// by it is not billed by it.
  var seen: (input: Int64, output: Int64)? {
    guard let replyBytes else { return nil }
    let (input, output) = request.estimate
    return (input, min(output, Int64(replyBytes / CallSpan.bytesPerToken)))
  }

  /// Of a token of English; in frames of streams one takes far more.
  private static let bytesPerToken = 4

  /// Whether the provider itself refused it: those bill no call that they refuse. What stands between says by these codes only that
  /// it had no answer, and what the provider did meanwhile nobody knows (RFC 9110, 15.5.9, 15.6.3 and 15.6.5; nginx's 499; 520 to
  /// 527 of Cloudflare, 598 and 599 of others).
  var wasRefused: Bool {
    guard let status, status >= 400, observation.fault == nil else { return false }
    return ![408, 499, 502, 504, 598, 599].contains(status) && !(520...527).contains(status)
  }

  /// Judges the form of the reply, unless that takes long. Nothing of the reply or of the request may change any more.
  /// - Returns: the call as it is known by now, where what takes long is taken for well.
  public mutating func judgeForm() -> CallSpan {
    if !ReplyForm.takesLong(self) { form = ReplyForm(self) }
    var known = self
    known.form = form ?? ReplyForm()
    return known
  }

  /// Leaves of the reply only what was used: who reads the span must not be told what its caller was not.
  public mutating func forgetWords() {
    guard let reply = observation.reply, let value = try? JSONValue(parsing: reply) else {
      return observation.reply = nil
    }
    var kept = JSONObject()
    for key in ["id", "object", "type", "model", "usage"] { if let member = value[key] { kept[key] = member } }
    observation.reply = (try? JSONValue.object(kept).line()).map { Array($0.utf8) }
  }

  /// The span with what was said in it, before anything is taken out.
  var batch: RecordBatch {
    var batch = RecordBatch()
    add(to: &batch)
    return batch
  }

  func add(to batch: inout RecordBatch) {
    var record = SpanRecord(
      spanID: spanID, traceID: traceID, name: "\(request.endpoint.word) \(request.model)", spanKind: "chat",
      startedAt: startedAt, feature: feature)
    record.parentID = notes.parentID
    record.endedAt = startedAt.advanced(by: elapsed + (queued ?? .zero))
    record.tenant = principal.tenant ?? notes.tenant
    record.sessionID = notes.session
    record.userID = notes.user
    record.stage = notes.stage
    record.promptID = notes.prompt
    record.attempt = notes.attempt
    record.idempotencyKey = notes.idempotencyKey
    record.cost = statedCost
    var call = ModelCall(
      request.endpoint.operation, request: request.body, provider: provider, upstream: upstream.name,
      isStream: request.isStream)
    call.reply = observation.reply
    call.status = status
    call.agent = notes.agent
    call.timeToFirst = timeToFirst
    call.fault = observation.fault?.rawValue
    call.observedBudgets = observedBudgets
    call.glass = glass
    (call.cacheKey, call.cacheScope) = (cacheKey?.sha256, cacheKey?.scope)
    call.observedFreezes = observedFreezes
    call.observedFailureBudgets = observedFailureBudgets
    call.spentFailureBudgets = spentFailureBudgets
    call.approver = approver
    call.isHollow =
      (200..<300).contains(status ?? 0) && observation.fault == nil && observation.unread == nil
      && observation.substance?.isHollow == true && !CallOutcome.saysItsEnd(self)
    let form = formOrJudged
    (call.brokenSchema, call.missedSchema) = (form.broken?.rawValue, form.missed?.rawValue)
    call.drill = drill
    call.observedTenantLimits = observedTenantLimits
    call.canaries = canaries.count
    call.queued = queued
    call.cap = cap
    call.isUnasked = refusal != nil || isPlayed
    if let refusal {
      call.status = refusal.status
      call.fault = refusal.code
      call.budget = refusal.budget?["budget"]?.text
      call.failureBudget = refusal.failureBudget?["budget"]?.text
      call.tenantLimit = refusal.quota?["limit"]?.text
    }
    call.unread = observation.unread
    call.breaker = passage?.word ?? breakerWord
    call.degraded = degraded
    // As its breaker has it, where there is one.
    if let model = passage?.key.model ?? upstreamModel, model != request.model { call.upstreamModel = model }
    let content = ModelCallReader(call).read(into: &record)
    for content in content.contents(at: startedAt) { batch.receive(content) }
    batch.receive(.span(record))
  }

  /// Of which feature the call is.
  var feature: String { notes.feature ?? SpanMapping.unknownFeature }
}
