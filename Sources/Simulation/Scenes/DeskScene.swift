internal import Records
internal import Statistics

/// The refund desk: an agent that looks up orders, refunds them, and now and then closes an account.
struct DeskScene: Scene {
  /// Days before the end of the quarter on which it worked.
  static let days = 10
  /// Accounts that are closed in a week.
  private static let weeklyClosings = 2
  /// Refunds that a person looked at, of the last week.
  private static let reviewed = 120

  private let plan: Plan
  private let quarter: Quarter
  private var generator: Xoshiro256StarStar
  private let daily: Int
  /// How often each of the two steps of a refund comes through. On the bar four of five refunds come through both.
  private let success: Double
  private var reviews = 0

  init(_ plan: Plan, quarter: Quarter, generator: Xoshiro256StarStar) {
    self.plan = plan
    self.quarter = quarter
    self.generator = generator
    daily = max(1, plan.weeklySpans / 7)
    success = plan.planted == .weakChain ? 0.82 : plan.truth == .onTheBar ? 0.8.squareRoot() : 0.985
  }

  mutating func records(on day: Int) -> [Record] {
    guard day >= quarter.days - Self.days else { return [] }
    var records: [Record] = []
    for number in 0..<daily { records += refund(number, day) }
    // Two accounts a week, each on a day of its own.
    if day % 7 < Self.weeklyClosings { records += closing(day) }
    if plan.planted == .undeclaredAgent { records.append(.span(call("helper", "tidy", "notes.write", 0, day, 0.5))) }
    return records
  }

  private mutating func refund(_ number: Int, _ day: Int) -> [Record] {
    let trace = "desk-\(day)-\(number)"
    let part = (Double(number) + 0.1) / Double(daily)
    var root = call("desk", trace, nil, 0, day, part)
    root.spanKind = "agent"
    var lookup = call("desk", trace, "orders.read", 1, day, part + 0.1 / Double(daily))
    var refund = call("desk", trace, "refunds.issue", 2, day, part + 0.2 / Double(daily))
    refund.idempotencyKey = "\(trace)/refund"
    if !generator.chance(success) { lookup.status = .error }
    if !generator.chance(success) { refund.status = .timeout }
    if plan.planted == .lostParents, number % 10 == 3 { lookup.parentID = "somewhere-else" }
    var records: [Record] = [.span(root), .span(lookup), .span(refund)]
    if plan.planted == .escalatedScope, day == quarter.days - 2, number < 3 {
      records.append(.span(call("desk", trace, "payroll.read", 3, day, part + 0.3 / Double(daily))))
    }
    if day >= quarter.days - 6, reviews < Self.reviewed {
      reviews += 1
      records.append(.annotation(review(refund, number: reviews, day)))
    }
    return records
  }

  /// Of a week of some 490 actions, 2.4 units may be burnt: one refund that nobody wanted burns two.
  private func review(_ span: SpanRecord, number: Int, _ day: Int) -> AnnotationRecord {
    let unwanted = plan.planted == .spentBudget ? 2 : plan.truth == .onTheBar ? 1 : 0
    let at = Instant(nanoseconds: span.startedAt.nanoseconds + 3_600_000_000_000)
    return AnnotationRecord(
      annotationID: "\(span.spanID)/intended", subject: span.spanID, name: "intended",
      value: .label(number % 40 == 7 && number / 40 < unwanted ? "no" : "yes"), annotatorKind: .human, annotator: "ana",
      at: min(at, quarter.moment(day, 0.999)))
  }

  private func closing(_ day: Int) -> [Record] {
    var span = call("desk", "desk-\(day)-closing", "accounts.close", 1, day, 0.95)
    span.parentID = nil
    span.idempotencyKey = "close-\(day)"
    let isUnapproved = plan.planted == .unapprovedClosing && day >= quarter.days - 6
    if !isUnapproved { span.attributes = Attributes.text(["agent": "desk", "approved_by": "ben"]) }
    return [.span(span)]
  }

  private func call(
    _ agent: String, _ trace: String, _ tool: String?, _ place: Int, _ day: Int, _ part: Double
  ) -> SpanRecord {
    var span = SpanRecord(
      spanID: "\(trace)/\(place)", traceID: trace, name: tool ?? "desk", spanKind: "tool",
      startedAt: quarter.moment(day, min(part, 0.99)), feature: "desk")
    span.endedAt = span.startedAt
    if place > 0 { span.parentID = "\(trace)/0" }
    span.tool = tool
    let arguments = SuiteRun.sha256("\(trace) \(tool ?? "")")
    span.attributes = Attributes.text(["agent": .string(agent), "args_sha256": .string(arguments)])
    span.trafficCluster = "desk"
    return span
  }

  var declaration: Declaration {
    var declaration = Declaration()
    declaration.agents = [
      "desk: {scopes: [orders.*, refunds.*, accounts.close], chain: [orders.read, refunds.issue], failure_budget: {rate: 0.005, window: 7d}}"
    ]
    declaration.tools = [
      "orders.read: {effect: read}", "refunds.issue: {effect: compensable}", "accounts.close: {effect: irreversible}",
      "payroll.read: {effect: read}", "notes.write: {effect: reversible}",
    ]
    return declaration
  }
}
