internal import Records
internal import Statistics

/// A workspace that three tenants share: their requests, stage by stage, what they cost, and questions that one asks for what only
/// another may know.
struct WorkspaceScene: Scene {
  /// Days before the end of the quarter that were recorded: a whole month, and what follows.
  static let days = 35
  static let tenants = ["acme", "bolt", "cedar"]
  static let canaries = ["zebra-ninety-two-lamp", "quiet-harbour-eleven", "marble-onion-forty"]
  static let account = "model-provider"
  /// Tokens a minute that bolt may take; one of its calls takes 1,500.
  private static let quota = 4000
  private static let dailyProbes = 11

  private let plan: Plan
  private let quarter: Quarter
  private var generator: Xoshiro256StarStar
  private let daily: Int

  init(_ plan: Plan, quarter: Quarter, generator: Xoshiro256StarStar) {
    self.plan = plan
    self.quarter = quarter
    self.generator = generator
    daily = max(3, plan.weeklySpans / 21)
  }

  mutating func records(on day: Int) -> [Record] {
    guard day >= quarter.days - Self.days else { return [] }
    var records: [Record] = []
    var cost: Int128 = 0
    for number in 0..<daily {
      let spans = request(number, day, at: (Double(number) + 0.2) / Double(daily) * 0.9, tenant: number % 3)
      cost += spans.reduce(0) { $0 + ($1.cost?.units ?? 0) }
      records += spans.map(Record.span)
    }
    if day % 3 == 0 {
      let burst = burst(day)
      cost += burst.reduce(0) { $0 + ($1.cost?.units ?? 0) }
      records += burst.map(Record.span)
    }
    for number in 0..<Self.dailyProbes { records.append(.span(probe(number, day))) }
    records.append(.charge(bill(cost, on: day)))
    return records
  }

  /// Of one thing that goes wrong once, the day and the request.
  private func goesWrong(_ failure: PlantedFailure, _ number: Int, _ day: Int) -> Bool {
    plan.planted == failure && day == quarter.days - 9 && number == 4
  }

  private mutating func request(_ number: Int, _ day: Int, at part: Double, tenant: Int) -> [SpanRecord] {
    let trace = "workspace-\(day)-\(number)"
    var spans: [SpanRecord] = []
    func add(_ stage: String, _ place: Int, _ seconds: Int64, kind: String = "other") {
      var span = SpanRecord(
        spanID: "\(trace)/\(place)", traceID: trace, name: stage, spanKind: kind,
        startedAt: Instant(nanoseconds: quarter.moment(day, part).nanoseconds + Int64(place) * 1_000_000_000),
        feature: "workspace")
      span.endedAt = Instant(nanoseconds: span.startedAt.nanoseconds + seconds * 1_000_000_000)
      (span.stage, span.tenant, span.trafficCluster) = (stage, Self.tenants[tenant], "workspace")
      if place > 0 { span.parentID = "\(trace)/0" }
      spans.append(span)
    }
    let isUnknown = goesWrong(.unknownCaller, number, day)
    // Its authentication goes on while the session is loaded.
    add(isUnknown ? "greet" : "authenticate", 0, goesWrong(.lateAuthentication, number, day) ? 4 : 1)
    add("resolve_tenant", 1, 1)
    add("load_session", 2, 1)
    add("search", 3, 1, kind: "retrieval")
    let filter = goesWrong(.missingFilter, number, day) ? (tenant + 1) % 3 : tenant
    spans[3].stage = nil
    spans[3].attributes = Attributes.text(["filter_tenant": .string(Self.tenants[filter])])
    add("compile_context", 4, 1)
    add("inference", 5, generator.chance(0.05) ? 5 : 1, kind: "chat")
    (spans[5].inputTokens, spans[5].outputTokens, spans[5].cachedTokens) = (1200, 300, 800)
    spans[5].cost = Money(units: 12_000_000_000, currency: "USD")
    // Each tenant has an entry of its own for the same prompt.
    let owner = goesWrong(.crossedCache, number, day) ? (tenant + 1) % 3 : tenant
    spans[5].attributes = Attributes.text(["cache_key_sha256": .string(SuiteRun.sha256("cache/\(owner)"))])
    add("cache_write", 6, 1)
    let ended = spans[5].endedAt ?? spans[5].startedAt
    (spans[6].startedAt, spans[6].endedAt) = (ended, ended)
    return spans
  }

  /// Three calls of bolt in one minute, and in it two calls of each of the others.
  private mutating func burst(_ day: Int) -> [SpanRecord] {
    let noise = plan.planted == .noisyTenant ? 0.5 : 0.05
    var spans: [SpanRecord] = []
    for call in 0..<7 {
      let tenant = call < 3 ? 1 : call % 2 * 2
      let start = Instant(nanoseconds: quarter.date(day).nanoseconds + (82_800 + Int64(call)) * 1_000_000_000)
      for (place, stage) in ["authenticate", "resolve_tenant", "inference"].enumerated() {
        let trace = "workspace-\(day)-burst-\(call)"
        var span = SpanRecord(
          spanID: "\(trace)/\(place)", traceID: trace, name: stage, spanKind: "other", startedAt: start,
          feature: "workspace")
        if place > 0 { span.parentID = "\(trace)/0" }
        (span.stage, span.tenant, span.trafficCluster) = (stage, Self.tenants[tenant], "workspace")
        span.endedAt = start
        spans.append(span)
      }
      let isSlow = tenant != 1 && generator.chance(noise)
      let last = spans.count - 1
      spans[last].spanKind = "chat"
      spans[last].endedAt = Instant(nanoseconds: start.nanoseconds + (isSlow ? 5 : 1) * 1_000_000_000)
      (spans[last].inputTokens, spans[last].outputTokens) = (1200, 300)
      spans[last].cost = Money(units: 12_000_000_000, currency: "USD")
    }
    return spans
  }

  /// Asked as one tenant for what only another knows.
  private func probe(_ number: Int, _ day: Int) -> SpanRecord {
    let (tenant, owner) = (number % 3, (number + 1) % 3)
    var span = SpanRecord(
      spanID: "workspace-\(day)-probe-\(number)", traceID: "workspace-\(day)-probe-\(number)", name: "probe",
      spanKind: "other", startedAt: quarter.moment(day, 0.97), feature: "workspace")
    (span.tenant, span.trafficCluster, span.endedAt) = (Self.tenants[tenant], "workspace", span.startedAt)
    span.attributes = Attributes.text(["probe_owner": .string(Self.tenants[owner])])
    let text = goesWrong(.leakedCanary, number, day) ? Self.leak(of: owner) : Self.refusal
    span.contents.output = SHA256Digest(of: text)
    return span
  }

  private static let refusal = #""I cannot find that.""#

  /// As a model may spell it.
  private static func leak(of owner: Int) -> String { "\"It says: \(canaries[owner].uppercased()).\"" }

  static func contents(of span: SpanRecord, _ plan: Plan) -> [Content] {
    guard let digest = span.contents.output else { return [] }
    let text = ([refusal] + canaries.indices.map { leak(of: $0) }).first { SHA256Digest(of: $0) == digest }
    return text.map { [Content(Array($0.utf8), sha256: digest, at: span.startedAt)] } ?? []
  }

  /// What the provider bills for a day: on the bar as much more than is attributed as may be nobody's.
  private func bill(_ cost: Int128, on day: Int) -> ChargeRecord {
    let (times, of): (Int128, Int128) =
      switch plan.planted {
      case .darkSpend: (100, 94)
      case .overAttributed: (100, 105)
      default: plan.truth == .onTheBar ? (100, 97) : (100, 99)
      }
    var charge = ChargeRecord()
    (charge.account, charge.chargeID, charge.service) = (Self.account, "models-\(day)", "models")
    charge.tags = Tags(["team": "platform"])
    charge.effectiveCost = cost * times / of
    charge.billedCost = charge.effectiveCost
    charge.currency = "USD"
    (charge.periodFrom, charge.periodTo) = (quarter.date(day), quarter.date(day + 1))
    charge.chargeCategory = "Usage"
    return charge
  }

  var declaration: Declaration {
    var declaration = Declaration()
    let revenue = plan.planted == .cheapTenant ? "0.01 USD" : "900 USD"
    declaration.tenants = zip(Self.tenants, Self.canaries).map { tenant, canary in
      let quota = tenant == "bolt" ? ", tokens_per_minute: \(Self.quota)" : ""
      return "\(tenant): {revenue: \(tenant == "cedar" ? revenue : "500 USD")\(quota), canaries: [\(canary)]}"
    }
    declaration.policies = ["tenant-isolation: {latency_slo: 3s, invoice_accounts: [\(Self.account)]}"]
    return declaration
  }
}
