import Records

/// Trials as an evaluation of a classifier writes them: four suites, two variants, tags, predicted and expected labels.
struct SyntheticTrials {
  let count: Int

  private static let intents = ["refund", "shipping", "warranty", "invoice", "cancel", "other"]
  private static let locales = ["de", "en", "fr", "ja", "pt"]

  /// - Parameter step: hands out only every so manieth.
  func forEach(every step: Int = 1, _ body: (TrialRecord) throws -> Void) throws {
    let tags = SyntheticTrials.intents.map { intent in
      SyntheticTrials.locales.map { Tags(["intent": intent, "locale": $0]) }
    }
    let block = max(count / 8, 1)
    for index in stride(from: 0, to: count, by: step) {
      // A file holds one run: a suite's variants follow each other.
      let run = index / block
      let place = index % block
      var state = UInt64(index) &* 0x9E37_79B9_7F4A_7C15
      state ^= state >> 31
      let intent = Int(state % 6)
      var trial = TrialRecord(
        suite: "triage-\(run / 2)", item: "ticket-\(String(state >> 20, radix: 16))-\(1_000_000 + place)",
        variant: run % 2 == 0 ? "prod" : "candidate",
        at: Instant(nanoseconds: 1_763_000_000_000_000_000 + Int64(index) * 1_000_000))
      trial.suiteVersion = "2026-11"
      trial.passed = state >> 8 & 7 != 0
      trial.score = trial.passed == true ? 1 : 0
      trial.confidence = Double(state >> 11) * 0x1p-53
      trial.expected = SyntheticTrials.intents[intent]
      trial.predicted = SyntheticTrials.intents[trial.passed == true ? intent : (intent + 1) % 6]
      trial.tags = tags[intent][Int((state >> 16) % 5)]
      trial.configSHA256 = "6f1ed002ab5595859014ebf0951522d9"
      trial.judge = "exact@1"
      trial.latencyMilliseconds = Double(state >> 40 & 1023)
      trial.inputTokens = Int64(state >> 50 & 511)
      trial.outputTokens = Int64(state >> 30 & 63)
      try body(trial)
    }
  }
}
