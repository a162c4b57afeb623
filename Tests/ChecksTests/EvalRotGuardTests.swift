import Records
import Store
import Testing

@testable import Checks

/// What the guards of merges and of data sets object to, noted by `eval-rot`.
@Suite struct EvalRotGuardTests {
  static let now = CheckBench.now

  /// A fresh suite with whole cards, and what a test adds.
  private func finding(_ body: @Sendable @escaping (Appender) throws -> Void) async throws -> Finding {
    try await EvalRotTests.finding { appender in
      for (topic, passing) in [("A", 50), ("B", 40)] {
        try EvalRotTests.cases(appender, topic, 50, passing: passing)
        try EvalRotTests.spans(appender, topic, 300)
      }
      try EvalRotTests.rating(appender, .number(4))
      try body(appender)
    }
  }

  private static func card(
    _ item: String, topic: String? = "A", age: Int64 = 5, content: String? = nil, _ extra: [(String, JSONValue)] = []
  ) throws -> ArtifactRecord {
    var artifact = try EvalRotTests.card(item, topic, age: age, extra: extra)
    if let content { artifact.sha256 = SHA256Digest(of: content).description }
    return artifact
  }

  private static let retired: (String, JSONValue) = ("retired_at", .string(now.adding(days: -1).description))
  private static let pinned: (String, JSONValue) = ("pin", "safety")

  @Test func wholeCardsHaveNoObjection() async throws {
    let finding = try await finding { _ in }
    #expect(finding.verdict == .pass && finding.codes(.pass).isEmpty, "\(finding.reasons)")
    for measure in ["cases_without_card", "pinned_deleted", "in_training"] { #expect(finding.value(measure) == 0) }
  }

  /// A note, no verdict: only the gate of merges refuses.
  @Test func casesWithoutCard() async throws {
    let finding = try await finding { appender in
      try appender.append(EvalRotGuardTests.card("A-0", age: 9, [("reason", .null)]))
      try appender.append(EvalRotGuardTests.card("A-1", age: 9, [("expires_at", .null), ("reason", "")]))
      try appender.append(EvalRotGuardTests.card("A-2", topic: nil, age: 9))
      try appender.append(TrialRecord.trial("faq", "uncarded", "prod", passed: true))
      // Neither is live.
      try appender.append(EvalRotGuardTests.card("old", [("reason", .null), EvalRotGuardTests.retired]))
      try appender.append(
        EvalRotGuardTests.card(
          "older", [("reason", .null), ("expires_at", .string(EvalRotGuardTests.now.description))]))
    }
    #expect(finding.verdict == .pass)
    #expect(finding.codes(.pass) == ["CASE_WITHOUT_CARD"])
    #expect(finding.value("cases_without_card") == 4)
    #expect(
      finding.reasons.first?.text
        == "4 cases lack what a card must say (reason 2, traffic_cluster 1, expires_at 1, the whole card 1): A-0, A-1, A-2."
    )
  }

  @Test func oneCaseWithoutCard() async throws {
    let finding = try await finding { try $0.append(EvalRotGuardTests.card("A-0", age: 9, [("reason", .null)])) }
    #expect(finding.reasons.map(\.text) == ["1 case lacks what a card must say (reason 1): A-0."])
  }

  @Test func pinnedCasesMustStay() async throws {
    let pinned = EvalRotGuardTests.pinned
    let finding = try await finding { appender in
      // Retired under its pin; unpinned and retired in one step; and with a word of its owner in between.
      try appender.append(EvalRotGuardTests.card("under", [pinned, EvalRotGuardTests.retired]))
      try appender.append(EvalRotGuardTests.card("step", age: 8, content: "step 1", [pinned]))
      try appender.append(EvalRotGuardTests.card("step", age: 5, content: "step 2", [EvalRotGuardTests.retired]))
      try appender.append(EvalRotGuardTests.card("said", age: 8, content: "said 1", [pinned]))
      try appender.append(EvalRotGuardTests.card("said", age: 7, content: "said 2"))
      try appender.append(EvalRotGuardTests.card("said", age: 5, content: "said 3", [EvalRotGuardTests.retired]))
      // Of two cards of one instant the one that came later counts; a retirement takes effect at its instant.
      try appender.append(EvalRotGuardTests.card("tie", content: "tie 1", [pinned]))
      try appender.append(EvalRotGuardTests.card("tie", content: "tie 2", [EvalRotGuardTests.retired]))
      try appender.append(
        EvalRotGuardTests.card("now", [pinned, ("retired_at", .string(EvalRotGuardTests.now.description))]))
      // A retirement to come.
      try appender.append(
        EvalRotGuardTests.card(
          "soon", [pinned, ("retired_at", .string(EvalRotGuardTests.now.adding(days: 1).description))]))
      try appender.append(EvalRotGuardTests.card("stays", [pinned]))
    }
    #expect(finding.codes(.pass) == ["CASE_PINNED"])
    #expect(finding.value("pinned_deleted") == 4)
    #expect(finding.reasons.first?.text == "4 pinned cases left the suite: now, step, tie, under.")
  }

  /// A case that the newest list of the suite's items lacks is gone as well.
  @Test func pinnedCasesMustBeListed() async throws {
    func listed(kind: String = "suite", name: String = "faq", age: Int64, _ items: [String]) -> ArtifactRecord {
      var list = ArtifactRecord(
        sha256: SHA256Digest(of: "\(kind)-\(age)").description, artifactKind: kind, name: name,
        at: EvalRotGuardTests.now.adding(days: -age))
      list.derivedFrom = items.map { .init(sha256: SHA256Digest(of: $0).description, how: "listed") }
      return list
    }
    func deleted(_ lists: [ArtifactRecord]) async throws -> Double? {
      try await finding { appender in
        for name in ["first", "second"] {
          try appender.append(EvalRotGuardTests.card(name, age: 5, [EvalRotGuardTests.pinned]))
        }
        for list in lists { try appender.append(list) }
      }.value("pinned_deleted")
    }
    let whole = ["first", "second"]
    #expect(try await deleted([listed(age: 4, whole)]) == 0)
    #expect(try await deleted([listed(age: 4, whole), listed(age: 3, ["first"])]) == 1)
    #expect(try await deleted([listed(age: 4, ["first"]), listed(kind: "dataset", age: 3, whole)]) == 0)
    #expect(try await deleted([listed(kind: "dataset", age: 3, ["first"])]) == 1)
    // Of two lists of one instant the later one counts.
    #expect(try await deleted([listed(age: 4, whole), listed(kind: "dataset", age: 4, ["first"])]) == 1)
    // The list is older than the cases; it is another suite's; it lists none of ours.
    #expect(try await deleted([listed(age: 6, ["first"])]) == 0)
    #expect(try await deleted([listed(age: 5, ["first"])]) == 1)
    #expect(try await deleted([listed(name: "other", age: 3, ["first"])]) == 0)
    #expect(try await deleted([listed(age: 3, ["elsewhere"])]) == 0)
  }

  @Test func itemsInTrainingData() async throws {
    let finding = try await finding { appender in
      for (kind, name) in [("dataset", "fine-tuning"), ("model", "reply-model"), ("prompt", "few-shots")] {
        var artifact = ArtifactRecord(
          sha256: SHA256Digest(of: kind).description, artifactKind: kind, name: name,
          at: EvalRotGuardTests.now.adding(days: -1))
        let item = kind == "prompt" ? "A-9" : kind == "model" ? "A-1" : "A-0"
        artifact.derivedFrom = [.init(sha256: SHA256Digest(of: item).description, how: "copied")]
        try appender.append(artifact)
      }
    }
    #expect(finding.verdict == .pass)
    #expect(finding.codes(.pass) == ["TRAIN_EVAL_OVERLAP"])
    // What is in a prompt is no training data.
    #expect(finding.value("in_training") == 2)
    #expect(finding.reasons.first?.text == "2 items of the suite are in training data as well.")
    #expect(finding.evidence.count == 2)
  }
}
