import Project
import Records
import Statistics
import Store
import Testing

@testable import Checks

@Suite struct TenantIsolationTests {
  /// A bill of 94,000 of which 88,360 are attributed: 5,640 are dark. T7 costs 38,540 (0.41) and pays 99.
  @Test func theMoneyOfTheExample() async throws {
    var world = TenantWorld.clean()
    world.records.removeAll { $0.kind == .charge }
    world.bill("90000.00")
    world.bill("4000.00", day: -3)
    world.cost("T7", "38540.00")
    world.cost("b", "49720.00")
    // Clean costs 100 already.
    world.cost(nil, "17.00")
    let yaml = TenantWorld.yaml.replacing(
      "  b: {", with: "  T7: {revenue: 99 USD, canaries: [marble-onion-40]}\n  b: {")
    let finding = try await world.finding(yaml)
    #expect(finding.codes(.fail) == ["DARK_SPEND"] && finding.codes(.warn) == ["NEGATIVE_MARGIN"])
    #expect(close(finding.value("dark_share"), 0.06, 1e-12) && finding.value("attributed") == 88_360)
    #expect(close(finding.value("largest_share"), 49_760.0 / 94_000))
    #expect(finding.reasons.last?.text == "T7 pays 99.00 USD and costs 38540.00 USD: -38441.00 USD.")
    #expect(
      finding.headline
        == "6 % of the bill of 2026-05 is nobody's: 5640.00 of 94000.00 USD; no tenant was told what is another's.")
    #expect(finding.next == "Name the tenant on every span: 17.00 USD is nobody's.")
    guard case .table(_, _, let rows)? = finding.figures.first else {
      Issue.record("no table")
      return
    }
    #expect(rows.first { $0[0] == "T7" }?[2] == "41 %" && rows.first { $0[0] == "T7" }?[3] == "-38441.00 USD")
  }

  /// One hit of 500 probes: 0.0020, at most 0.0095. None of 500: at most 0.0060.
  @Test func theProbesOfTheExample() async throws {
    var world = TenantWorld.clean(probes: 499)
    world.probe("a", "b", answer: "It says QUIET\u{AD}-Ｈarbour-９.")
    let leak = try await world.finding()
    #expect(leak.codes(.fail) == ["LEAK"] && leak.value("leak_rate") == 0.002)
    #expect(close(leak.measure("leak_rate")?.high, 0.0095))
    #expect(leak.reasons[0].text == "1 of 500 probes was told what is another's: a was told what is b's.")
    #expect(leak.next == "Switch the shared cache off, open an incident, and find out by which way it was told.")
    let clean = try await TenantWorld.clean(probes: 500).finding()
    #expect(clean.verdict == .pass && clean.value("leak_rate") == 0 && close(clean.measure("leak_rate")?.high, 0.0060))
    #expect(
      clean.headline
        == "0 % of the bill of 2026-05 is nobody's: 0.00 of 100.00 USD; no tenant was told what is another's.")
    #expect(clean.figures.count == 1)
  }

  @Test func whatAProbeIsTold() async throws {
    func finding(_ fill: (inout TenantWorld) -> Void) async throws -> Finding {
      var world = TenantWorld.clean()
      fill(&world)
      return try await world.finding()
    }
    // Its own is no leak, nor a third's question about itself.
    #expect(try await finding { $0.probe("a", "b", answer: "zebra-ninety-two") }.verdict == .pass)
    #expect(try await finding { $0.probe("b", "b", answer: "quiet-harbour-9") }.verdict == .pass)
    // A canary of any other tenant counts, whoever was probed for.
    let other = try await finding { $0.probe("c", "a", answer: "quiet-harbour-9") }
    #expect(other.codes(.fail) == ["LEAK"] && other.reasons[0].text.contains("c was told what is b's"))
    // What was retrieved gives it away though the answer was not kept; else an unread answer is no probe.
    let found = try await finding { $0.probe("a", "b", answer: nil, retrieved: #"[{"text":"quiet-harbour-9"}]"#) }
    #expect(found.codes(.fail) == ["LEAK"] && found.value("probes") == 301)
    let unread = try await finding { $0.probe("a", "b", answer: nil, retrieved: "[]") }
    #expect(unread.verdict == .pass && unread.value("probes") == 300 && unread.value("probes_unread") == 1)
    guard case .table(_, let columns, let rows)? = other.figures.last else {
      Issue.record("no matrix")
      return
    }
    #expect(columns == ["told", "b", "c"] && rows == [["b", "", ""], ["c", "1", ""]])
  }

  @Test func cachesAndFilters() async throws {
    func finding(_ first: String, _ second: String, cached: Int64 = 10, _ yaml: String = TenantWorld.yaml) async throws
      -> Finding
    {
      var world = TenantWorld.clean()
      for tenant in [first, second] {
        world.span(tenant) {
          $0.attributes = TenantWorld.attributes(["cache_key_sha256": "key"])
          $0.cachedTokens = cached
        }
      }
      return try await world.finding(yaml)
    }
    let crossed = try await finding("a", "b")
    #expect(crossed.codes(.fail) == ["CACHE_CROSS_TENANT"] && crossed.value("cache_crossings") == 1)
    #expect(crossed.reasons[0].text == "1 read of the cache found what another tenant had put there: a and b.")
    #expect(try await finding("a", "a").verdict == .pass)
    #expect(try await finding("a", "b", cached: 0).verdict == .pass)
    let shared = TenantWorld.yaml.replacing("a: {", with: "a: {isolation: shared, ")
    #expect(try await finding("a", "b", shared).codes(.fail) == ["CACHE_CROSS_TENANT"])
    #expect(try await finding("a", "b", shared.replacing("b: {", with: "b: {isolation: shared, ")).verdict == .pass)
    func filter(_ filter: String?, tenant: String? = "a") async throws -> Finding {
      var world = TenantWorld.clean()
      world.span(tenant) {
        $0.spanKind = "retrieval"
        $0.attributes = filter.flatMap { TenantWorld.attributes(["filter_tenant": $0]) }
      }
      return try await world.finding()
    }
    #expect(try await filter("a").verdict == .pass)
    #expect(try await filter(nil, tenant: nil).verdict == .pass)
    for wrong in ["b", "A", nil] { #expect(try await filter(wrong).codes(.fail) == ["FILTER_MISSING"]) }
  }

  @Test func stagesInTheirOrder() async throws {
    func finding(_ fill: (inout TenantWorld) -> Void) async throws -> Finding {
      var world = TenantWorld.clean()
      fill(&world)
      return try await world.finding()
    }
    let late = try await finding { world in
      world.request("a") { stage, span in
        if stage == "authenticate" { span.endedAt = span.startedAt.advanced(by: .milliseconds(1_001)) }
      }
    }
    #expect(late.codes(.fail) == ["ORDER_VIOLATION"])
    #expect(late.reasons[0].text == "1 stage began too early: resolve_tenant before the end of authenticate.")
    let swapped = try await finding { world in
      world.request("a", stages: ["authenticate", "resolve_tenant", "compile_context", "load_session", "inference"])
    }
    #expect(swapped.codes(.fail) == ["ORDER_VIOLATION"])
    for missing in ["authenticate", "resolve_tenant"] {
      let finding = try await finding { world in
        world.request("a", stages: TenantWorld.stages.filter { $0 != missing })
      }
      #expect(finding.codes(.fail) == ["ORDER_MISSING"] && finding.reasons[0].text.contains(missing))
    }
    // Without an answer nothing is missing, and a model that is asked again changes nothing.
    #expect(try await finding { $0.request("a", stages: ["load_session", "compile_context"]) }.verdict == .pass)
    let again = try await finding { world in
      world.request("a", stages: TenantWorld.stages + ["inference", "cache_write"])
    }
    #expect(again.verdict == .pass)
  }

  @Test func nothingIsUnknown() async throws {
    let bare = try await CheckBench("")
    #expect(try await bare.run(["tenant-isolation"]).notApplicable == ["tenant-isolation"])
    let empty = try await TenantWorld().finding()
    #expect(empty.codes(.unknown) == ["NO_INVOICE", "TOO_FEW_PROBES", "NO_STAGES"])
    #expect(
      empty.headline == "Whose the bill is nobody knows; nobody asked whether tenants are told what is another's.")
    // A tenant that is seen is a tenant, and nobody can probe for it.
    var seen = TenantWorld.clean()
    seen.request("stranger")
    let finding = try await seen.finding()
    #expect(finding.codes(.unknown) == ["NO_CANARIES"] && finding.missing == [.init("tenants with a canary", 1)])
    var alone = TenantWorld()
    alone.span("x")
    #expect(try await alone.finding("").verdict == .unknown)
  }

  @Test func qualityOfATenant() async throws {
    func finding(_ right: Int, of count: Int) async throws -> Finding {
      var world = TenantWorld.clean()
      for place in 0..<count {
        world.span("a")
        guard case .span(let span)? = world.records.last else { continue }
        world.records.append(
          .annotation(
            AnnotationRecord(
              annotationID: "\(place)", subject: span.spanID, name: "correct",
              value: .label(place < right ? "true" : "no"),
              annotatorKind: .human, annotator: "ana", at: TenantWorld.ago(100))))
      }
      return try await world.finding(TenantWorld.yaml.replacing("a: {", with: "a: {quality_floor: 0.8, "))
    }
    #expect(try await finding(95, of: 100).verdict == .pass)
    let open = try await finding(85, of: 100)
    #expect(open.codes(.unknown) == ["QUALITY_OPEN"] && open.missing[0].howMuch == 146)
    #expect(try await finding(60, of: 100).codes(.fail) == ["QUALITY_BELOW_FLOOR"])
    #expect(try await finding(0, of: 0).codes(.unknown) == ["QUALITY_OPEN"])
  }

  @Test func noisyNeighbours() async throws {
    /// So many of 20 calls of others are slow in the minutes in which a takes more than its 1,000 tokens.
    func finding(_ slow: Int, tokens: Int64 = 1_001, quiet: Int = 1, policy: String = "") async throws -> Finding {
      var world = TenantWorld.clean()
      func call(_ tenant: String, minute: Int64, slow: Bool, tokens: Int64 = 0) {
        world.span(tenant, secondsAgo: 200_000 - minute * 60) {
          $0.spanKind = "chat"
          $0.endedAt = $0.startedAt.advanced(by: .milliseconds(slow ? 1_001 : 1_000))
          ($0.inputTokens, $0.outputTokens) = (tokens, 0)
        }
      }
      for minute in 0..<20 as Range<Int64> {
        call("a", minute: minute, slow: true, tokens: tokens)
        call("b", minute: minute, slow: minute < slow)
        call("b", minute: 100 + minute, slow: minute < quiet)
      }
      // Calls without stages are left out of the order.
      return try await world.finding(policy: "max_missing_share: 1, \(policy)")
    }
    let noisy = try await finding(10)
    #expect(noisy.codes(.warn) == ["NOISY_NEIGHBOUR"] && noisy.reasons[0].about == "a")
    // Six requests of clean are in quiet minutes too, three of them of b.
    #expect(close(noisy.value("noise a"), 0.5 / (1.0 / 23)))
    #expect(try await finding(10, tokens: 1_000).codes(.warn).isEmpty)
    #expect(try await finding(3).codes(.warn).isEmpty)
    #expect(try await finding(10, policy: "noisy_ratio: 11.5").codes(.warn) == ["NOISY_NEIGHBOUR"])
    #expect(try await finding(10, policy: "noisy_ratio: 11.51").codes(.warn).isEmpty)
    #expect(try await finding(10, quiet: 0).reasons[0].text.contains("and else none"))
  }
}
