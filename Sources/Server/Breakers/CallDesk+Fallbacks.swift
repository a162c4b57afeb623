internal import Gateway
internal import Guards
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import NIOHTTP1
internal import Records

extension CallDesk {
  /// What a call asks for, whoever is asked.
  struct Asking: Sendable {
    let request: Request
    let channel: any Channel
    let fields: [(name: String, value: String)]
    let notes: CallNotes
    let asked: CallRequest
    let principal: Principal
    let traceID: String

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

    case answered(Response)
    /// It failed before anything of its reply went on; what the caller gets where nobody else is asked.
    case failed(Result<Response, CallRefusal>)

    /// Whether a reply that begins so may be one that somebody else should give.
    static func mayFail(_ head: HTTPResponseHead) -> Bool {
      [400, 402, 403, 429].contains(head.status.code) || head.status.code >= 500
    }
  }

  /// Asks whom the route names, and, where that fails before anything of a reply went on, those on whom it falls back.
  ///
  /// What an open breaker keeps back is no attempt. Each attempt after another is taken out of the budget; each is a span of its
  /// own in the same trace.
  func answer(_ asking: Asking, by way: CallPlan.Way) async throws(CallRefusal) -> Response {
    let ways = [way] + way.fallbacks
    if ways.count > 1 { breakers.budget.note() }
    var failure: Result<Response, CallRefusal>?
    var asked = 0
    for (number, next) in ways.enumerated() {
      let key = CallBreakers.Key(next.upstream.name, next.model ?? asking.asked.model)
      // The caller's key is for whom the route names, and nobody else's.
      let isOwn = number == 0 || next.upstream.name == way.upstream.name
      let passesKey = isOwn && passesKey(to: next.upstream, asking.principal)
      let passage: CallPassage?
      switch breakers.all.admit(key, isCallersKey: passesKey && asking.hasKey) {
      case .passed(let passed): passage = passed
      case .refused(let refusal):
        if failure == nil { failure = .failure(refusal) }
        continue
      }
      if number > 0, !breakers.budget.take(isRetry: asked > 0) { break }
      let place = Attempt.Place(
        before: asked, isLast: number == ways.count - 1, passage: passage, degraded: number > 0 ? key.name : nil,
        passesKey: passesKey)
      do throws(CallRefusal) {
        switch try await attempt(asking, place, next) {
        case .answered(let response): return response
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
    case .success(let response)?: return response
    case .failure(let refusal)?: throw refusal
    // There is at least one way, and each leads to one of these or returns.
    case nil: throw CallDesk.none
    }
  }

  /// Reads a reply that is one of failure, to see whose fault it is, before any of it goes on.
  func withhold(
    _ head: HTTPResponseHead, _ session: CallSession, _ asked: CallRequest, _ span: CallSpan
  ) async throws -> Attempt {
    session.begin(head, strips: asked.lacksUsage)
    var pieces: [ByteBuffer] = []
    var whole = ByteBuffer()
    while let piece = try await session.exchange.next() {
      var piece = session.pass(piece)
      pieces.append(piece)
      whole.writeBuffer(&piece)
      // An error that is so long is none that is read here.
      if whole.readableBytes > CallDesk.errorLimit {
        return .answered(reply(head, session, asked, span, after: pieces))
      }
    }
    session.end(nil)
    let response = Response(
      status: .init(code: Int(head.status.code), reasonPhrase: head.status.reasonPhrase),
      headers: CallDesk.headers(head, span, isChanged: false), body: ResponseBody(byteBuffer: whole))
    return session.outcome?.isFailure == true ? .failed(.success(response)) : .answered(response)
  }

  /// Bytes of an error that are kept in memory.
  private static let errorLimit = 1 << 20

  /// What keeps calls from upstreams that fail.
  struct Breakers: Sendable {
    let all: CallBreakers
    let holds: BreakerHolds
    let budget: FallbackBudget
    let journal: BreakerJournal
  }
}
