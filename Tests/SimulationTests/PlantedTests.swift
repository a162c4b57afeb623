import Records
import Simulation
import Testing

/// Each planted failure is in the records.
@Suite struct PlantedTests {
  private func world(_ failure: PlantedFailure, seed: UInt64 = 11) -> World {
    World(seed: seed, plan: Plan(planted: failure, dirt: .none))
  }

  private func share<Element>(_ elements: [Element], _ isCounted: (Element) -> Bool) -> Double {
    Double(elements.count { isCounted($0) }) / Double(max(1, elements.count))
  }

  private func passing(_ world: World, _ suite: String, _ variant: String) -> Double {
    share(world.trials(suite, variant)) { $0.passed == true }
  }

  @Test func everyFailureHasItsPartAndCheck() {
    for failure in PlantedFailure.allCases {
      #expect(Plan(planted: failure).parts == [failure.part])
      #expect(failure.codes.isEmpty == (failure == .luckyLooks))
    }
    #expect(Set(PlantedFailure.allCases.map(\.part)).count == Part.allCases.count)
  }

  @Test func releases() {
    let lucky = world(.luckyLooks)
    #expect(Set(lucky.trials("answers", "candidate").map(\.at.day)).count == 20)
    #expect(lucky.projectText.contains("looks: anytime"))
    let worse = world(.worseRelease)
    #expect(passing(worse, "answers", "candidate") < passing(worse, "answers", "prod") - 0.04)
    let reruns = Set(world(.unstableHarness).records.compactMap(\.trial).map(\.variant)).filter {
      $0.hasPrefix("rerun-")
    }
    #expect(reruns.count == 12)
  }

  @Test func slicesAndMixes() {
    let rare = world(.rareSliceBelowFloor)
    let fraud = rare.trials("answers", "candidate").filter { $0.trafficCluster == "fraud" }
    #expect(share(fraud) { $0.passed == true } < 0.55)
    #expect(passing(rare, "answers", "candidate") > passing(rare, "answers", "prod"))
    let unlisted = world(.unlistedTraffic)
    #expect(share(unlisted.spans("assistant")) { $0.trafficCluster == "gift cards" } > 0.18)
    #expect(!unlisted.projectText.contains("gift cards"))
    let mix = world(.mixOnlyGain)
    #expect(passing(mix, "answers", "candidate") > passing(mix, "answers", "prod") + 0.02)
    func delivery(_ variant: String) -> Double {
      share(mix.trials("answers", variant)) { $0.trafficCluster == "delivery" }
    }
    #expect(delivery("prod") > 0.65)
  }

  @Test func judgesAndLeaks() {
    var lenient = 0
    var wrong = 0
    for label in world(.lenientJudge).verdicts where label.person == "false" {
      wrong += 1
      if label.judge == "true" { lenient += 1 }
    }
    #expect(Double(lenient) > 0.7 * Double(wrong))
    let leaked = world(.leakedItems).records.compactMap(\.artifact)
    let items = Set(leaked.map(\.sha256))
    #expect(leaked.filter { $0.derivedFrom.contains { items.contains($0.sha256) } }.count == 12)
  }

  @Test func classifiers() {
    func candidate(_ failure: PlantedFailure) -> [TrialRecord] {
      world(failure).trials("tickets", "candidate").filter { $0.repetition == 1 }
    }
    let missed = candidate(.costlyClassMissed).filter { $0.expected == "fraud" }
    #expect(share(missed) { $0.predicted == "delivery" && ($0.confidence ?? 0) >= 0.95 } > 0.25)
    #expect(share(candidate(.overconfident)) { ($0.confidence ?? 0) >= 0.96 } == 1)
    let costlier = world(.costlierErrors)
    #expect(passing(costlier, "tickets", "candidate") < passing(costlier, "tickets", "prod") - 0.04)
    let spans = world(.labelDrift).spans("triage")
    let last = spans.filter { $0.startedAt.day >= world(.labelDrift).quarter.date(84).day }
    func refunds(_ spans: [SpanRecord]) -> Double {
      share(spans) { $0.attributes?.contains("\"predicted\":\"refund\"") ?? false }
    }
    #expect(refunds(last) > 0.55)
    #expect(refunds(spans) < 0.5)
    var answers: [String: Set<String?>] = [:]
    for trial in world(.inconsistent).trials("tickets", "candidate") {
      answers[trial.item, default: []].insert(trial.predicted)
    }
    #expect(answers.values.count { $0.count > 1 } > 30)
  }

  @Test func theOthers() {
    let lost = world(.abilityLost)
    #expect(passing(lost, "cap-reasoning", "tuned") < passing(lost, "cap-reasoning", "base") - 0.1)
    #expect(passing(lost, "drafts-target", "tuned") > passing(lost, "drafts-target", "base"))
    let refusal = world(.hardRowLost)
    #expect(passing(refusal, "cap-refusal", "tuned") < passing(refusal, "cap-refusal", "base") - 0.03)
    #expect(passing(world(.failsTooOften), "promises", "prod") < 0.975)
    let votes = world(.unreachableTarget).records.compactMap(\.annotation).filter { $0.name == "error_class" }
    #expect(share(votes) { ["ambiguous_input", "label_error"].contains($0.value.text) } > 0.65)
  }

  @Test func pipelines() {
    func spans(_ failure: PlantedFailure, _ name: String) -> [SpanRecord] {
      world(failure).spans("search").filter { $0.name == name }
    }
    func milliseconds(_ spans: [SpanRecord]) -> [Double] {
      spans.map { Double(($0.endedAt ?? $0.startedAt).nanoseconds - $0.startedAt.nanoseconds) / 1e6 }
    }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
    #expect(share(milliseconds(spans(.overBudget, "search"))) { $0 > 2000 } > 0.06)
    #expect(share(milliseconds(spans(.claimTooLarge, "search"))) { $0 > 2000 } < 0.05)
    #expect(mean(milliseconds(spans(.tunedElsewhere, "retrieve"))) > 700)
    #expect(mean(milliseconds(spans(.claimTooLarge, "answer"))) < 500)
    let whole = mean(milliseconds(spans(.unrecordedTime, "search")))
    #expect(whole > 300 + mean(milliseconds(spans(.claimTooLarge, "search"))))
    #expect(spans(.staleCacheKey, "embed").allSatisfy { $0.attributes?.contains("chunker_version") == false })
    let claims = world(.tunedElsewhere).records.compactMap { record -> String? in
      if case .change(let change) = record { change.attributes } else { nil }
    }
    #expect(claims == [#"{"claim":{"saved_ms":40,"stage":"rewrite"}}"#])
  }

  @Test func billsAndBatches() {
    func units(_ world: World, _ isCounted: (ChargeRecord) -> Bool) -> Double {
      let month = world.asOf.monthStart.adding(days: -1).monthStart..<world.asOf.monthStart
      return world.records.reduce(0.0) { sum, record in
        guard case .charge(let charge) = record, month.contains(charge.periodFrom), charge.chargeCategory == "Usage",
          isCounted(charge)
        else { return sum }
        return sum + Double(charge.effectiveCost ?? 0)
      }
    }
    func share(_ plan: Plan) -> Double {
      let world = World(seed: 3, plan: plan)
      return units(world) { $0.tags.isEmpty || $0.tags.canonical.contains("bob") } / units(world) { _ in true }
    }
    let bar = share(Plan(truth: .onTheBar, parts: [.cloud], dirt: .none))
    #expect(bar <= 0.05 && bar > 0.04999)
    #expect(share(Plan(planted: .ownersLeft, dirt: .none)) > 0.08)
    func receipts(_ failure: PlantedFailure?) -> Int {
      let plan = Plan(planted: failure, parts: [.statements], dirt: .none)
      return World(seed: 3, plan: plan).records.filter { $0.kind == .receipt }.count
    }
    #expect(receipts(.hiddenFailures) == receipts(nil) - 2 && receipts(.doubledEffect) == receipts(nil) + 1)
  }

  @Test func promptsAndAnswers() {
    func tokens(_ failure: PlantedFailure) -> [Int64] { world(failure).spans("guide").compactMap(\.inputTokens) }
    func mean(_ values: [Int64]) -> Double { Double(values.reduce(0, +)) / Double(max(1, values.count)) }
    #expect(share(tokens(.longPrompts)) { $0 > 6000 } > 0.06)
    #expect(share(tokens(.stuffedPrompts)) { $0 > 6000 } < 0.04)
    #expect(mean(tokens(.stuffedPrompts)) > 3700)
    func answers(_ failure: PlantedFailure) -> [SpanRecord] { world(failure).spans("contracts") }
    #expect(Set(answers(.editedAnswer).map(\.indexSHA256)).count == 1)
    let lost = answers(.lostSnapshots)
    let index = lost[0].indexSHA256
    #expect(share(lost) { $0.indexSHA256 != index } > 0.09)
    let claims = world(.unsupportedClaims).records.compactMap { record -> AnnotationRecord? in
      if case .annotation(let annotation) = record, annotation.name == "claim_support" { annotation } else { nil }
    }
    #expect(claims.count == 2 * answers(.unsupportedClaims).count)
    #expect(share(claims) { $0.value.text == "none" } > 0.008)
    let served = world(.unrecordedAnswers).records.compactMap { record -> Double? in
      if case .annotation(let annotation) = record, annotation.name == "answers_served" {
        annotation.value.number
      } else {
        nil
      }
    }
    #expect(served == [Double(answers(.unrecordedAnswers).count + 3)])
  }

  @Test func letters() throws {
    func counts(_ failure: PlantedFailure?) -> [(local: Double, billed: Double, lang: String)] {
      let plan = Plan(planted: failure, parts: [.letters], dirt: .none)
      return World(seed: 11, plan: plan).spans("letters").compactMap { span in
        guard let text = span.attributes, let attributes = try? JSONValue(parsing: text),
          let local = attributes["local_count"]?.real, let billed = span.inputTokens
        else { return nil }
        return (local, Double(billed), span.tags.values["lang"] ?? "")
      }
    }
    func wide(_ failure: PlantedFailure?, _ lang: String) -> Double {
      share(counts(failure).filter { $0.lang == lang }) { $0.billed > 1.15 * $0.local }
    }
    #expect(counts(nil).count == 35 * 30)
    #expect(wide(.shortMargin, "ja") > 0.02 && wide(.shortMargin, "en") < 0.01 && wide(nil, "ja") < 0.012)
    func texts(_ failure: PlantedFailure?) -> [String] {
      let world = World(seed: 11, plan: Plan(planted: failure, parts: [.letters], dirt: .none))
      return world.records.flatMap(world.contents).map { String(decoding: $0.bytes, as: UTF8.self) }
    }
    #expect(texts(nil).count == 52 && texts(nil).allSatisfy { $0.contains(#""Follow the policy"#) })
    #expect(texts(.stampedPrompts).allSatisfy { $0.contains(#""Now: 2026-"#) })
    func valid(_ failure: PlantedFailure?) -> Double {
      let spans = World(seed: 11, plan: Plan(planted: failure, parts: [.letters], dirt: .none)).spans("letters")
      return share(spans.filter { $0.attributes?.contains("\"valid\":true") ?? false }) { ($0.outputTokens ?? 0) > 400 }
    }
    #expect(valid(.cutAnswers) > 0.025 && valid(nil) < 0.008)
    let drifted = world(.driftedTokenizer).records.compactMap(\.artifact).filter { $0.artifactKind == "tokenizer" }
    #expect(
      drifted.map(\.attributes) == [
        #"{"golden_counts":{"en":500,"ja":1000}}"#, #"{"golden_counts":{"en":500,"ja":1080}}"#,
      ])
    #expect(world(.driftedTokenizer).files.count == 1)
    let bar = World(seed: 11, plan: Plan(truth: .onTheBar, parts: [.letters], dirt: .none))
    #expect(bar.files.values.first?.count { $0 == 0x0A } == 256)
  }

  @Test func agents() {
    func desk(_ failure: PlantedFailure?, _ truth: Plan.Truth = .comfortable) -> World {
      World(seed: 3, plan: Plan(planted: failure, truth: truth, parts: [.desk], dirt: .none))
    }
    func spans(_ failure: PlantedFailure?, _ tool: String) -> [SpanRecord] {
      desk(failure).spans("desk").filter { $0.tool == tool }
    }
    func unwanted(_ world: World) -> Int {
      world.records.compactMap(\.annotation).count { $0.name == "intended" && $0.value.text == "no" }
    }
    #expect(unwanted(desk(.spentBudget)) == 2 && unwanted(desk(nil)) == 0 && unwanted(desk(nil, .onTheBar)) == 1)
    #expect(spans(.escalatedScope, "payroll.read").count == 3 && spans(nil, "payroll.read").isEmpty)
    #expect(share(spans(.weakChain, "refunds.issue")) { $0.status == .ok } < 0.88)
    let closings = spans(.unapprovedClosing, "accounts.close")
    #expect(closings.contains { $0.attributes?.contains("approved_by") == false })
    #expect(spans(nil, "accounts.close").allSatisfy { $0.attributes?.contains("approved_by") == true })
    #expect(spans(.undeclaredAgent, "notes.write").allSatisfy { $0.attributes?.contains("helper") == true })
    #expect(spans(.lostParents, "orders.read").contains { $0.parentID == "somewhere-else" })
  }

  @Test func hotline() {
    func hotline(_ failure: PlantedFailure?) -> World {
      World(seed: 3, plan: Plan(planted: failure, parts: [.hotline], dirt: .none))
    }
    func contentment(_ failure: PlantedFailure?, _ days: Range<Int>) -> [Double] {
      let world = hotline(failure)
      return world.records.compactMap(\.annotation).filter {
        $0.at >= world.quarter.date(days.lowerBound) && $0.at < world.quarter.date(days.upperBound)
      }.compactMap(\.value.number)
    }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
    #expect(mean(contentment(.shiftedSignal, 77..<89)) - mean(contentment(.shiftedSignal, 89..<91)) > 0.7)
    #expect(abs(mean(contentment(nil, 77..<89)) - mean(contentment(nil, 89..<91))) < 0.4)
    #expect(contentment(.silentSignal, 89..<91).isEmpty && contentment(.silentSignal, 88..<89).count == 35)
    #expect(hotline(.unmannedRunbook).projectText.contains("night watch"))
    func closures(_ failure: PlantedFailure?) -> [String] {
      hotline(failure).records.compactMap { if case .incident(let incident) = $0 { incident.closure } else { nil } }
    }
    #expect(closures(.hastyClosure)[0].contains("n/a") && !closures(nil)[0].contains("n/a"))
    #expect(hotline(.thinReplay).trials("replay:hotline-1", "current").count == 50)
    #expect(share(hotline(nil).trials("replay:hotline-1", "current")) { $0.passed == false } > 0.15)
  }

  @Test func workspaces() {
    func workspace(_ failure: PlantedFailure?, _ truth: Plan.Truth = .comfortable) -> World {
      World(seed: 3, plan: Plan(planted: failure, truth: truth, parts: [.workspace], dirt: .none))
    }
    func dark(_ world: World) -> Double {
      let billed = world.records.reduce(0.0) { sum, record in
        if case .charge(let charge) = record { sum + Double(charge.effectiveCost ?? 0) } else { sum }
      }
      return 1 - world.spans("workspace").reduce(0.0) { $0 + Double($1.cost?.units ?? 0) } / billed
    }
    #expect(abs(dark(workspace(nil, .onTheBar)) - 0.03) < 1e-9 && dark(workspace(nil, .onTheBar)) <= 0.03)
    #expect(abs(dark(workspace(nil)) - 0.01) < 1e-9 && dark(workspace(.darkSpend)) > 0.059)
    #expect(dark(workspace(.overAttributed)) < -0.049)
    func texts(_ failure: PlantedFailure?) -> [String] {
      let world = workspace(failure)
      return world.records.flatMap(world.contents).map { String(decoding: $0.bytes, as: UTF8.self) }
    }
    #expect(Set(texts(nil)).count == 1 && Set(texts(.leakedCanary)).count == 2 && texts(nil).count == 35 * 11)
    func count(_ failure: PlantedFailure?, _ isSuch: (SpanRecord) -> Bool) -> Int {
      workspace(failure).spans("workspace").count(where: isSuch)
    }
    #expect(count(.unknownCaller) { $0.stage == "authenticate" } == count(nil) { $0.stage == "authenticate" } - 1)
    #expect(count(nil) { $0.spanKind == "chat" } == count(nil) { $0.stage == "resolve_tenant" })
    func other(_ span: SpanRecord) -> Bool {
      span.spanKind == "retrieval" && span.attributes?.contains(span.tenant ?? "") == false
    }
    #expect(count(.missingFilter, other) == 1 && count(nil, other) == 0)
    func slow(_ failure: PlantedFailure?) -> Double {
      share(
        workspace(failure).spans("workspace").filter {
          $0.traceID.contains("burst") && $0.tenant != "bolt" && $0.spanKind == "chat"
        }
      ) {
        ($0.endedAt?.nanoseconds ?? 0) - $0.startedAt.nanoseconds > 3_000_000_000
      }
    }
    #expect(slow(.noisyTenant) > 0.3 && slow(nil) < 0.2)
    #expect(workspace(.cheapTenant).projectText.contains("0.01 USD"))
  }

  @Test func rot() {
    let uncovered = world(.uncoveredTraffic).spans("helpcenter")
    #expect(share(uncovered) { ["gift cards", "subscriptions"].contains($0.trafficCluster) } > 0.27)
    let rotten = world(.rottenMix)
    #expect(share(rotten.trials("nightly", "prod")) { $0.trafficCluster == "coupons" } > 0.45)
    #expect(share(rotten.spans("helpcenter")) { $0.trafficCluster == "coupons" } < 0.03)
    let diverged = world(.divergedTrend)
    let votes = diverged.records.compactMap(\.annotation).filter { $0.name == "csat" }
    func contentment(_ weeks: Range<Int64>) -> Double {
      let start = diverged.quarter.date(0).day
      let values = votes.filter { weeks.contains(($0.at.day - start) / 7) }.compactMap(\.value.number)
      return values.reduce(0, +) / Double(max(1, values.count))
    }
    #expect(contentment(0..<3) > contentment(10..<13) + 0.3)
    let runs = diverged.trials("nightly", "prod")
    func score(_ week: Int64) -> Double { share(runs.filter { $0.repetition == week }) { $0.passed == true } }
    #expect(score(13) > score(1) + 0.03)
  }

  @Test func deployment() {
    func labels(_ failure: PlantedFailure, _ name: String) -> [String] {
      world(failure).records.compactMap(\.annotation).filter { $0.name == name }.map(\.value.text)
    }
    #expect(share(labels(.lostInProduction, "correct")) { $0 == "true" } < 0.87)
    #expect(share(labels(.movedLabels, "label")) { $0 == "other" } > 0.4)
    func spans(_ failure: PlantedFailure, _ kind: String) -> [SpanRecord] {
      world(failure).spans("receipts").filter { $0.spanKind == kind }
    }
    #expect(share(spans(.movedInputs, "chat")) { $0.attributes?.contains("hotel") ?? false } > 0.45)
    let slow = spans(.slowTail, "chat").filter { span in
      (span.endedAt?.nanoseconds ?? 0) - span.startedAt.nanoseconds > 800_000_000
    }
    #expect(share(spans(.slowTail, "chat")) { span in slow.contains(span) } > 0.02)
    var vectors: [String: Set<String>] = [:]
    for span in spans(.skewedInputs, "preprocess") {
      let halves = (span.attributes ?? "").split(separator: "\"path\"")
      guard let values = (span.attributes ?? "").split(separator: "\"vector\":").last else { continue }
      vectors[String(halves.first ?? ""), default: []].insert(String(values))
    }
    #expect(vectors.count == 168 && vectors.values.contains { $0.count == 2 })
    let coarse = world(.coarseNumbers)
    #expect(passing(coarse, "receipts", "int8") < passing(coarse, "receipts", "fp32") - 0.02)
  }

  @Test func coevolution() {
    func about(_ failure: PlantedFailure, _ topics: Set<String>, arm: String) -> Double {
      let spans = world(failure).spans("suggestions").filter { $0.tags.values["arm"] == arm }
      return share(spans) { topics.contains($0.trafficCluster ?? "") }
    }
    let grown: Set<String> = ["product", "damaged"]
    #expect(about(.adaptedUsers, grown, arm: "treated") > 0.5 && about(.adaptedUsers, grown, arm: "holdout") < 0.25)
    #expect(about(.blindSuite, grown, arm: "holdout") > 0.45)
    #expect(about(.newTopic, ["gift cards"], arm: "treated") > 0.12)
    let blind = world(.blindSuite).trials("replies", "prod")
    #expect(share(blind.filter { grown.contains($0.trafficCluster ?? "") }) { $0.passed == true } < 0.72)
  }

  @Test func parity() {
    let swapped = Dictionary(grouping: world(.templateSwapped).spans("concierge"), by: \.configSHA256)
    #expect(swapped.count == 2)
    let worse = world(.servedWorse).trials("bookings", "prod")
    func right(in place: String) -> Double {
      share(worse.filter { $0.attributes?.contains(place) ?? false }) { $0.passed == true }
    }
    #expect(right(in: "eval") > right(in: "prod") + 0.05)
    let known = world(.memorisedItems)
    #expect(
      passing(known, "bookings", "prod, as it was") > passing(known, "bookings", "prod, reworded") + 0.06)
    let aware = world(.knowsTests)
    #expect(passing(aware, "bookings", "prod, as a test") > passing(aware, "bookings", "prod, as live") + 0.03)
    let probe = aware.trials("frame-probe", "prod")
    #expect(share(probe.filter { $0.expected == "eval" }) { ($0.score ?? 0) > 0.9 } > 0.8)
  }
}

extension World {
  /// What the judge and a person said about the same answers.
  var verdicts: [(judge: String, person: String)] {
    var labels: [String: (judge: String?, person: String?)] = [:]
    for label in records.compactMap(\.annotation) where label.name == "correct" {
      if label.annotatorKind == .llm { labels[label.subject, default: (nil, nil)].judge = label.value.text }
      if label.annotator == "ana" { labels[label.subject, default: (nil, nil)].person = label.value.text }
    }
    return labels.values.compactMap { pair in
      guard let judge = pair.judge, let person = pair.person else { return nil }
      return (judge, person)
    }
  }
}
