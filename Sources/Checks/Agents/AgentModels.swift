import Guards
import Records
import Store

/// The models that an agent called in the last day, each with a breaker of its own: by who answers, in which region, and as what.
///
/// A day is many times the longest that a breaker stays open; a call that says nothing of whoever was to answer it does not count.
struct AgentModels {
  struct Model {
    var calls = 0
    var failed = 0
    fileprivate var breaker = AgentBreaker()

    var openings: Int { breaker.openings }
  }

  static let time = Duration.seconds(86_400)

  private let rule: AgentBreaker.Rule
  private(set) var models: [String: Model] = [:]

  init(of agent: String, _ ledger: Snapshot, _ rule: AgentBreaker.Rule) throws {
    self.rule = rule
    var question = SpanQuestion(
      since: ledger.asOf.advanced(by: .zero - AgentModels.time) ?? ledger.asOf, until: ledger.asOf,
      fields: [.outcome, .asking, .usage, .contents], attributes: ["agent"])
    question.kinds = ["chat", "completion"]
    question.attribute = ("agent", agent)
    question.isOldestFirst = true
    try ledger.forEachSpan(question) { add($0, of: agent) }
  }

  private mutating func add(_ span: WindowSpan, of agent: String) {
    guard let attributes = span.attributes.flatMap({ try? JSONValue(parsing: $0) }),
      attributes["agent"]?.text?.identifier == agent,
      !FailureWords.isNobodys(attributes, error: span.errorType)
    else { return }
    let hasFailed = AgentFold.hasFailed(span) || attributes["empty"]?.truth == true
    let name = AgentModels.name(span, attributes)
    var model = models[name] ?? Model()
    model.calls += 1
    if hasFailed { model.failed += 1 }
    // By their beginnings, as those of tools: a breaker takes what happened in the order of its times.
    model.breaker.note(hasFailed: hasFailed, rule, at: span.startedAt)
    models[name] = model
  }

  /// "gpt-4o of openai", "gpt-4o of azure in eu-west-1".
  private static func name(_ span: WindowSpan, _ attributes: JSONValue) -> String {
    let model = attributes["upstream_model"]?.text ?? span.modelRequested ?? span.modelServed ?? "a model"
    let offerer = attributes["upstream"]?.text ?? attributes["provider"]?.text
    let region = attributes["region"]?.text
    return model + (offerer.map { " of \($0)" } ?? "") + (region.map { " in \($0)" } ?? "")
  }

  mutating func level(of name: String, at now: Instant) -> AgentBreaker.Level {
    models[name]?.breaker.level(rule, at: now) ?? .closed
  }
}
