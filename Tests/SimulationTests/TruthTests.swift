import Records
import Simulation
import Testing

/// The rates that a world shows are those that its plan states.
@Suite struct TruthTests {
  /// Many worlds together: items of one document share their difficulty, hence the design effect.
  private func rate(
    _ plan: Plan, _ suite: String, _ variant: String, worlds: UInt64 = 8,
    where isCounted: (TrialRecord) -> Bool = { _ in true }
  ) -> (passed: Int, all: Int) {
    var passed = 0
    var all = 0
    for seed in 0..<worlds {
      for trial in World(seed: seed, plan: plan).trials(suite, variant) where trial.repetition == 1 && isCounted(trial)
      {
        all += 1
        if trial.passed == true { passed += 1 }
      }
    }
    return (passed, all)
  }

  @Test(arguments: [(Plan.Truth.comfortable, 0.09), (.onTheBar, 0.05)])
  func theReleaseGainsWhatIsStated(truth: Plan.Truth, gain: Double) {
    let plan = Plan(truth: truth, parts: [.assistant], dirt: .none)
    for (intent, base) in [("delivery", 0.80), ("fraud", 0.71)] {
      let production = rate(plan, "answers", "prod") { $0.trafficCluster == intent }
      expect(production.passed, of: production.all, isAbout: base, inflatedBy: 1.5)
      let candidate = rate(plan, "answers", "candidate") { $0.trafficCluster == intent }
      expect(candidate.passed, of: candidate.all, isAbout: base + gain, inflatedBy: 1.5)
    }
  }

  @Test func promisesFailAtTheirRate() {
    let onTheBar = rate(Plan(truth: .onTheBar, parts: [.promises], dirt: .none), "promises", "prod")
    expect(onTheBar.all - onTheBar.passed, of: onTheBar.all, isAbout: 0.02, inflatedBy: 1.5)
    let broken = rate(Plan(planted: .failsTooOften, dirt: .none), "promises", "prod")
    expect(broken.all - broken.passed, of: broken.all, isAbout: 0.06, inflatedBy: 1.5)
  }

  @Test func theClassifierKnowsWhatItKnows() {
    let plan = Plan(truth: .onTheBar, parts: [.triage], dirt: .none)
    for label in ["delivery", "refund", "account", "fraud"] {
      let recall = rate(plan, "tickets", "candidate") { $0.expected == label }
      expect(recall.passed, of: recall.all, isAbout: 0.85)
      let precision = rate(plan, "tickets", "candidate") { $0.predicted == label }
      expect(precision.passed, of: precision.all, isAbout: 0.85)
    }
    for (low, high, share) in [(0.4, 0.8, 0.6), (0.8, 0.95, 0.875), (0.95, 1.1, 0.975)] {
      let right = rate(plan, "tickets", "candidate") {
        (low..<high).contains($0.confidence ?? 0) && $0.predicted == "fraud"
      }
      expect(right.passed, of: right.all, isAbout: share)
    }
  }

  @Test func tuningGainsAndLoses() {
    let plan = Plan(planted: .hardRowLost, truth: .onTheBar, dirt: .none)
    for (suite, base, tuned) in [
      ("drafts-target", 0.70, 0.82), ("cap-instruction", 0.83, 0.80), ("cap-refusal", 0.94, 0.81),
      ("cap-factual", 0.72, 0.72),
    ] {
      let before = rate(plan, suite, "base")
      expect(before.passed, of: before.all, isAbout: base, inflatedBy: 1.5)
      let after = rate(plan, suite, "tuned")
      expect(after.passed, of: after.all, isAbout: tuned, inflatedBy: 1.5)
    }
  }

  @Test func peopleAgreeOnWhatNoModelAvoids() {
    var unavoidable = 0
    var all = 0
    for seed in 0..<10 as Range<UInt64> {
      let world = World(seed: seed, plan: Plan(parts: [.invoices], dirt: .none))
      let wrong = world.trials("invoices", "release-5").filter { $0.passed == false }
      let votes = world.records.compactMap(\.annotation).filter { $0.name == "error_class" }
      #expect(votes.count == wrong.count * 3)
      all += votes.count
      unavoidable += votes.filter { ["ambiguous_input", "label_error"].contains($0.value.text) }.count
    }
    expect(unavoidable, of: all, isAbout: 0.4, inflatedBy: 3)
  }

  @Test func theJudgeErrsAsStated() {
    var counts: [String: Int] = [:]
    for seed in 0..<12 as Range<UInt64> {
      let world = World(seed: seed, plan: Plan(parts: [.assistant], dirt: .none))
      var verdicts: [String: (judge: String?, person: String?)] = [:]
      for label in world.records.compactMap(\.annotation) where label.name == "correct" {
        if label.annotatorKind == .llm { verdicts[label.subject, default: (nil, nil)].judge = label.value.text }
        if label.annotator == "ana" { verdicts[label.subject, default: (nil, nil)].person = label.value.text }
      }
      for case (let judge?, let person?) in verdicts.values { counts["\(person) \(judge)", default: 0] += 1 }
    }
    func count(_ key: String) -> Int { counts[key] ?? 0 }
    // A person who errs on 0.5 % makes the judge look a little worse than its 0.97 and 0.95.
    let positives = count("true true") + count("true false")
    #expect((0.95...0.98).contains(Double(count("true true")) / Double(positives)))
    let negatives = count("false true") + count("false false")
    #expect((0.87...0.96).contains(Double(count("false false")) / Double(negatives)))
    #expect(positives + negatives > 1500)
  }
}
