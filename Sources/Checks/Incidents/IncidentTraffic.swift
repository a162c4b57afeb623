import Records
import Store

/// Which versions of what answered the calls of a feature in a stretch of time, and how often.
struct IncidentTraffic {
  /// Versions of a surface that are told apart; calls of others are counted together.
  static let mostVersions = 1_000
  /// Versions that are named.
  private static let shown = 5
  private static let others = "others"

  private var counts: [String: [String: Int]] = [:]

  /// What spans say of calls that say nothing of who answers.
  private static let unanswered = ["unasked", "drill"]

  /// Leaves out calls that this server refused itself, and those that met a drill: what a guard did, or played, is no failure of whoever
  /// answers, and no version of anything answered.
  /// - Returns: the calls of the time.
  mutating func read(
    _ feature: String, from: Instant, to: Instant, _ ledger: Snapshot
  ) throws -> IncidentDraft.Calls {
    var question = SpanQuestion(
      since: from, until: to, fields: [.place, .usage, .digests, .outcome, .asking, .tenant],
      attributes: IncidentTraffic.unanswered)
    question.feature = feature
    var (calls, errors, refusals) = (0, 0, 0)
    var (unasked, drilled) = (0, 0)
    let reach = try ledger.forEachSpan(question) { span in
      let isCall = span.kind == "chat" || span.kind == "completion"
      if isCall, let attributes = span.attributes.flatMap({ try? JSONValue(parsing: $0) }) {
        // What a drill played nobody was asked either.
        if attributes["drill"]?.text != nil { return drilled += 1 }
        if attributes["unasked"]?.truth == true { return unasked += 1 }
      }
      count("prompt", span.promptSHA256)
      count("index", span.indexSHA256)
      count("tool_schema", span.toolSchemaSHA256)
      guard isCall else { return }
      calls += 1
      if let status = span.status, status != .ok { errors += 1 }
      if span.isRefusal == true { refusals += 1 }
      count("model", span.modelServed)
      count("route", span.modelRequested)
      count("tenant", span.tenant)
    }
    var result = IncidentDraft.Calls(from: max(from, reach.since), to: to, isWhole: reach.isWhole)
    (result.count, result.errors, result.refusals) = (calls, errors, refusals)
    (result.unasked, result.drilled) = (unasked, drilled)
    return result
  }

  mutating func readJudges(_ source: SignalSource, from: Instant, to: Instant, _ ledger: Snapshot) throws {
    _ = try source.forEachValue(since: from, ledger) { value in
      guard value.at <= to else { return }
      for (surface, version) in value.versions where surface == "judge" { count("judge", version) }
    }
  }

  mutating func count(_ surface: String, _ version: String?) {
    guard let version else { return }
    let isKnown = counts[surface]?[version] != nil || (counts[surface]?.count ?? 0) < IncidentTraffic.mostVersions
    counts[surface, default: [:]][isKnown ? version : IncidentTraffic.others, default: 0] += 1
  }

  /// "gpt-4o-2024-08-06 (812), gpt-4o-mini (20)", the most frequent first; nil where nothing was seen.
  func words(of surface: String) -> String? {
    guard let versions = counts[surface], !versions.isEmpty else { return nil }
    let sorted = versions.orderedByBytes(of: \.key).ordered { -$0.value }
    if sorted.count == 1 { return sorted[0].key }
    let named = sorted.prefix(IncidentTraffic.shown).map { "\($0.key) (\(NumberWords.grouped($0.value)))" }
    let rest = sorted.count - named.count
    return (named + (rest > 0 ? ["and \(NumberWords.grouped(rest)) more"] : [])).joined(separator: ", ")
  }
}
