internal import Guards
internal import Records
internal import Store
internal import Synchronization

/// What judges (people, models, code) say of calls, as breakers are told it.
///
/// A word is an annotation on the span of a call that was made at an upstream here, or at another server of the ledger. Any of the names
/// that calls a call bad makes it bad; of one name the newest word counts.
public final class BreakerJudges: EndedCallListener {
  private struct Call {
    let key: CallBreakers.Key
    let began: Instant
  }

  private struct State {
    var calls = RecentEntries<Call>(most: BreakerJudges.mostRemembered)
    var words = RecentEntries<CallWords>(most: BreakerJudges.mostRemembered)
  }

  private struct Judgement {
    let id: UInt64
    let call: Call
    let isBad: Bool
  }

  /// Calls that a word may still find, and words that may come before their calls.
  private static let mostRemembered = 1 << 17

  private let breakers: CallBreakers
  private let names: [String]
  private let state = Mutex(State())

  /// - Parameter names: of annotations that judge calls.
  public init(_ names: [String], _ breakers: CallBreakers) {
    self.names = names
    self.breakers = breakers
  }

  public var interest: EndedCallFeed.Interest {
    EndedCallFeed.Interest(since: breakers.begin, hasUpstreams: true, names: names)
  }

  public func take(_ news: EndedCallFeed.News) {
    let judgements = state.withLock { state -> [Judgement] in
      var judgements: [Judgement] = []
      func judge(_ id: UInt64) {
        guard let call = state.calls[id], let words = state.words[id] else { return }
        judgements.append(Judgement(id: id, call: call, isBad: words.haveBad))
      }
      for word in news.words {
        guard let name = names.firstIndex(of: word.name) else { continue }
        let id = EndedCallFeed.number(of: word.subject)
        var words = state.words[id] ?? CallWords()
        words.take(name, isBad: FailureWords.isBad(word.value), at: word.at)
        state.words[id] = words
        judge(id)
      }
      for call in news.calls where call.startedAt >= breakers.begin {
        guard let key = BreakerJudges.key(call) else { continue }
        let id = EndedCallFeed.number(of: call.spanID)
        state.calls[id] = Call(key: key, began: call.startedAt)
        judge(id)
      }
      return judgements
    }
    for judgement in judgements {
      breakers.judge(judgement.call.key, judgement.id, began: judgement.call.began, isBad: judgement.isBad)
    }
  }

  public func finish(isWhole: Bool) {}

  /// Whose breaker a call is about; nil where no upstream was asked.
  private static func key(_ call: EndedCall) -> CallBreakers.Key? {
    guard let attributes = call.attributes.flatMap({ try? JSONValue(parsing: $0) }),
      let upstream = attributes["upstream"]?.text, let model = attributes["upstream_model"]?.text ?? call.model,
      attributes["unasked"]?.truth != true, attributes["drill"] == nil
    else { return nil }
    return CallBreakers.Key(upstream, model)
  }
}
