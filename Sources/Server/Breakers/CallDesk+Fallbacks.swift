internal import Gateway
internal import Guards
internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import Records

extension CallDesk {
  /// What a call asks for, whoever is asked.
  struct Asking: Sendable {
    let caller: CallerExchange
    let fields: [(name: String, value: String)]
    let notes: CallNotes
    let asked: CallRequest
    let principal: Principal
    let traceID: String
    /// What its body takes before it has a place.
    let room: BodyReader.Room

    /// Whether the caller shows a key.
    var hasKey: Bool { fields.contains { CallHeaders.keys.contains($0.name.lowercased()) } }

    /// Who is asked second is a second attempt.
    func notes(_ place: Attempt.Place) -> CallNotes {
      var notes = notes
      if place.before > 0 { notes.attempt = (notes.attempt ?? 1) + Int64(place.before) }
      return notes
    }
  }

  /// How an upstream was asked.
  enum Attempt {
    /// Where it stands among those that a route names.
    struct Place: Sendable {
      /// How many were asked before it.
      let before: Int
      /// Whether nobody would be asked after it.
      let isLast: Bool
      let passage: CallPassage?
      /// `UPSTREAM/MODEL`, unless it is the first.
      let degraded: String?
      /// Whether the caller's own key goes on.
      let passesKey: Bool
    }

    /// The caller has its answer; the status of that.
    case answered(Int)
    /// It failed before anything of its reply went on; what the caller gets where nobody else is asked.
    case failed(Failure)

    enum Failure {
      case reply(HTTPResponse, ByteBuffer)
      case refusal(CallRefusal)
    }

    /// Whether a reply that begins so may be one that somebody else should give.
    static func mayFail(_ head: HTTPResponseHead) -> Bool {
      [400, 402, 403, 429].contains(head.status.code) || head.status.code >= 500
    }
  }

  /// Asks whom the route names, and, where that fails before anything of a reply went on, those on whom it falls back.
  ///
  /// What an open breaker keeps back is no attempt; a call with a break-glass key passes that of whom the route names, where all keep
  /// it back. Each attempt after another is taken out of the budget; each is a span of its
  /// own in the same trace.
  func answer(_ asking: Asking, by way: CallPlan.Way) async throws(CallRefusal) -> Int {
    let ways = [way] + way.fallbacks
    if ways.count > 1 { breakers.budget.note() }
    var failure: Attempt.Failure?
    var asked = 0
    let turns = ways.indices.map { (number: $0, insists: false) }
    for (number, insists) in asking.principal.breaksGlass ? turns + [(0, true)] : turns {
      // Whoever was asked has said what there is to say.
      if insists, asked > 0 { break }
      let next = ways[number]
      let key = CallBreakers.Key(next.upstream.name, next.model ?? asking.asked.model)
      // The caller's key is for whom the route names, and nobody else's.
      let isOwn = number == 0 || next.upstream.name == way.upstream.name
      let passesKey = isOwn && passesKey(to: next.upstream, asking.principal)
      let passage: CallPassage?
      let urgency: CallBreakers.Urgency =
        insists ? .insists : asking.principal.breaksGlass ? .asks : .usual
      switch breakers.all.admit(key, isCallersKey: passesKey && asking.hasKey, urgency: urgency) {
      case .passed(let passed): passage = passed
      case .refused(let refusal):
        if failure == nil { failure = .refusal(refusal) }
        continue
      }
      if number > 0, !breakers.budget.take(isRetry: asked > 0) { break }
      let place = Attempt.Place(
        before: asked, isLast: insists || number == ways.count - 1, passage: passage,
        degraded: number > 0 ? key.name : nil,
        passesKey: passesKey)
      do throws(CallRefusal) {
        switch try await attempt(asking, place, next) {
        case .answered(let status): return status
        case .failed(let result): failure = result
        }
      } catch {
        // What keeps this server from asking somebody else is less than what came of asking the first.
        if asked == 0 { throw error }
        break
      }
      asked += 1
    }
    switch failure {
    case .reply(let head, let body)?:
      asking.caller.answer(head, body)
      return head.status.code
    case .refusal(let refusal)?: throw refusal
    // There is at least one way, and each leads to one of these or returns.
    case nil: throw CallDesk.none
    }
  }

  /// Reads a reply that is one of failure, to see whose fault it is, before any of it goes on.
  func withhold(
    _ head: HTTPResponseHead, _ session: CallSession, _ span: CallSpan, _ caller: CallerExchange
  ) async throws -> Attempt {
    session.begin(head, strips: span.request.lacksUsage)
    let response = CallDesk.head(head, span, isChanged: false)
    var body = ByteBuffer()
    let limit = session.holds ? CallDesk.heldLimit : CallDesk.errorLimit
    while let piece = try await session.exchange.next() {
      var piece = session.pass(piece)
      body.writeBuffer(&piece)
      // An error that is so long is none that is read here.
      guard body.readableBytes <= limit, !session.holdsWhole || !session.isOpaque else {
        if session.holds { throw CallFault.uncheckedReply }
        caller.begin(response)
        await pump(session, to: caller, after: body)
        return .answered(response.status.code)
      }
    }
    var rest = session.rest()
    body.writeBuffer(&rest)
    await session.readAhead()
    try session.checkWatch()
    guard session.isClean else { throw CallFault.leak }
    guard !session.holdsWhole || !session.isOpaque else { throw CallFault.uncheckedReply }
    session.end(nil)
    guard session.outcome?.isFailure != true else { return .failed(.reply(response, body)) }
    caller.answer(response, body)
    return .answered(response.status.code)
  }

  /// Bytes of an error that are kept in memory.
  private static let errorLimit = 1 << 20

  /// What keeps calls from upstreams that fail.
  struct Breakers: Sendable {
    let all: CallBreakers
    let holds: LedgerWatch
    let budget: FallbackBudget
    let journal: BreakerJournal
    /// Nil where nobody judges.
    let judges: BreakerJudges?
  }
}
