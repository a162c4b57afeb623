import Records
import Store
import Testing

@testable import Checks

/// Breakers, replayed over audits and labels.
@Suite struct ClassifierRiskBreakerTests {
  static func audits(
    _ bench: CheckBench, wrong: Int, of count: Int, label: String, daysAgo: Int64 = 1,
    audit: String = "{\"audit\":true}"
  ) async throws {
    try await ClassifierRiskTests.traffic(bench, [(label, count)], daysAgo: daysAgo)
    try await bench.append { appender in
      for number in 0..<count {
        var annotation = AnnotationRecord(
          annotationID: "a\(label)\(number)-\(daysAgo)", subject: "\(label)-\(number)-\(daysAgo)", name: "correct",
          value: .label(number < wrong ? "false" : "true"), annotatorKind: .human, annotator: "ann",
          at: CheckBench.now.adding(days: -daysAgo))
        annotation.attributes = audit
        try appender.append(annotation)
      }
    }
  }

  @Test func auditsMoveTheBreaker() async throws {
    func finding(
      _ wrong: Int, of count: Int, daysAgo: Int64 = 0, then: (Int, Int)? = nil, audit: String = "{\"audit\":true}",
      policy: String = ""
    ) async throws -> Finding {
      let bench = try await CheckBench(
        ClassifierRiskTests.yaml + "policies: {classifier-risk: {psi_warn: 9, psi_fail: 9, \(policy)}}\n")
      try await ClassifierRiskTests.fill(bench, ClassifierRiskTests.good)
      try await ClassifierRiskBreakerTests.audits(
        bench, wrong: wrong, of: count, label: "minority", daysAgo: daysAgo, audit: audit)
      if let then {
        try await ClassifierRiskBreakerTests.audits(bench, wrong: then.0, of: then.1, label: "minority", daysAgo: 0)
      }
      return try await bench.finding("classifier-risk")
    }
    let open = try await finding(12, of: 50)
    #expect(open.codes(.fail) == ["BREAKER_OPEN"] && open.reasons.first?.about == "minority")
    let rate = try #require(open.measure("audit_error minority"))
    #expect(close(rate.low, 0.1430) && close(rate.high, 0.3741))
    let high = try await finding(8, of: 50)
    #expect(high.codes(.warn) == ["AUDIT_HIGH"] && high.verdict == .warn)
    #expect(close(high.measure("audit_error minority")?.low, 0.0834))
    #expect(try await finding(5, of: 50).verdict == .pass)
    #expect(try await finding(6, of: 50).codes(.warn) == ["AUDIT_HIGH"])
    // Opened a week ago and cooled: half-open until audits say more.
    #expect(try await finding(12, of: 50, daysAgo: 7).codes(.warn) == ["AUDIT_HIGH"])
    #expect(try await finding(12, of: 50, daysAgo: 7, then: (1, 50)).codes(.warn) == ["AUDIT_HIGH"])
    #expect(try await finding(12, of: 50, daysAgo: 7, then: (0, 50)).verdict == .pass)
    #expect(try await finding(12, of: 50, daysAgo: 7, then: (12, 50)).codes(.fail) == ["BREAKER_OPEN"])
    #expect(try await finding(12, of: 50, daysAgo: 31).measure("audit_error minority") == nil)
    #expect(try await finding(12, of: 50, audit: "{\"audit\":false}").verdict == .pass)
    #expect(try await finding(12, of: 50, policy: "breaker: {audit_at: 0.96}").verdict == .pass)
    #expect(try await finding(12, of: 50, policy: "breaker: {audit_at: 0.95}").verdict == .fail)
  }

  /// Labels that drift too far open every breaker, and the replay says so as long as they are open.
  @Test func driftOpensAllBreakers() async throws {
    func finding(daysAgo: Int64, laterDays: ClosedRange<Int64>? = nil, audits: (Int, Int)? = nil) async throws
      -> Finding
    {
      let bench = try await CheckBench(ClassifierRiskTests.yaml)
      try await ClassifierRiskTests.fill(bench, ClassifierRiskTests.good)
      try await ClassifierRiskTests.traffic(bench, [("majority", 100), ("minority", 300)], daysAgo: daysAgo)
      for day in laterDays.map(Array.init) ?? [] {
        try await ClassifierRiskTests.traffic(bench, [("majority", 885), ("minority", 115)], daysAgo: day)
      }
      if let audits {
        try await ClassifierRiskBreakerTests.audits(bench, wrong: audits.0, of: audits.1, label: "minority", daysAgo: 0)
      }
      return try await bench.finding("classifier-risk")
    }
    func breakers(_ finding: Finding) -> [String] {
      finding.figures.compactMap { figure -> [String]? in
        guard case .table(_, let columns, let rows) = figure, let place = columns.firstIndex(of: "breaker") else {
          return nil
        }
        return rows.map { $0[place] }
      }.first ?? []
    }
    let now = try await finding(daysAgo: 2)
    #expect(now.codes(.fail) == ["LABEL_DRIFT"])
    #expect(now.reasons.first?.text.hasSuffix("all breakers are open, every item goes to a person.") == true)
    #expect(breakers(now) == ["open", "open", "open"])
    // The week that ended yesterday had drifted, the one that ends today has not: not cooled yet.
    let cooling = try await finding(daysAgo: 7, laterDays: 0...0)
    #expect(cooling.codes(.fail) == ["BREAKER_OPEN"] && cooling.reasons.first?.about == nil)
    #expect(breakers(cooling) == ["open", "open", "open"])
    // Two days later they are half-open until audits show what they are worth.
    let probing = try await finding(daysAgo: 9, laterDays: 0...2)
    #expect(probing.codes(.fail).isEmpty && probing.codes(.warn) == ["AUDIT_HIGH", "AUDIT_HIGH", "AUDIT_HIGH"])
    #expect(breakers(probing) == ["half-open", "half-open", "half-open"])
    let closed = try await finding(daysAgo: 9, laterDays: 0...2, audits: (0, 50))
    #expect(breakers(closed) == ["half-open", "closed", "half-open"])
    // Beyond the replay nothing is known of it.
    #expect(breakers(try await finding(daysAgo: 36, laterDays: 0...2)) == ["closed", "closed", "closed"])
  }

  /// Limits are inclusive: a value on one is within it.
  @Test func driftIsReadAgainstItsLimits() {
    let policy = ClassifierRisk.Policy()
    func reading(_ index: Double, _ floor: Double) -> ClassifierRisk.LabelDrift.Reading {
      ClassifierRisk.LabelDrift(index: index, floor: floor).reading(policy)
    }
    #expect(policy.psiWarn == 0.10 && policy.psiFail == 0.25)
    #expect(reading(0.26, 0.01) == .tooFar && reading(0.25, 0.01) == .far)
    #expect(reading(0.26, 0.26) == .tooFew && reading(0.26, 0.25) == .tooFar)
    #expect(reading(0.11, 0.10) == .far && reading(0.11, 0.11) == .tooFew && reading(0.10, 0.10) == .near)
    #expect(reading(0.11, 0.01) == .far && reading(0.10, 0.01) == .near && reading(0.09, 0.095) == .near)
    #expect(reading(0.12, 0.12) == .tooFew)
  }
}
