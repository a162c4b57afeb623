import Statistics
import Testing

@Suite struct RepeatedFailuresTests {
  @Test func agreesWithItsOracle() throws {
    for row in try Fixture("repeated-failures").rows {
      let counts = counts(zip(row.doubles("failures"), row.doubles("trials")).map { (Int($0), Int($1)) })
      let confidence = try row.double("confidence")
      let pairs = [
        (counts.designEffect, "effect"), (counts.effectiveTrials, "effective_trials"),
        (counts.effectiveFailures, "effective_failures"), (counts.lowerBound(confidence: confidence), "low"),
        (counts.upperBound(confidence: confidence), "high"),
      ]
      for (value, column) in pairs {
        #expect(try isClose(#require(value), row.double(column)), "\(row) \(column): \(String(describing: value))")
      }
      if row["variance"].isEmpty {
        #expect(counts.variance == nil)
      } else {
        #expect(try isClose(#require(counts.variance), row.double("variance"), 1e-12), "\(row)")
      }
    }
  }

  @Test func withoutTrialsNothingIsKnown() {
    var empty = RepeatedFailures()
    empty.add(failures: 0, trials: 0)
    #expect(empty == RepeatedFailures())
    #expect(empty.rate == nil && empty.designEffect == nil && empty.variance == nil)
    #expect(empty.effectiveTrials == nil && empty.effectiveFailures == nil)
    #expect(empty.lowerBound() == 0 && empty.upperBound() == 1 && empty.interval() == Interval(low: 0, high: 1))
  }

  @Test func whereTheDataCannotShowDependenceItemsCount() {
    let clean = counts([(0, 5), (0, 3), (0, 4)])
    #expect(clean.effectiveTrials == 3 && clean.effectiveFailures == 0 && clean.designEffect == 4)
    #expect(clean.upperBound() == ProportionInterval.clopperPearsonUpper(successes: 0, trials: 3))
    let broken = counts([(5, 5), (3, 3)])
    #expect(broken.effectiveTrials == 2 && broken.effectiveFailures == 2 && broken.upperBound() == 1)
    let single = counts([(3, 10)])
    #expect(single.effectiveTrials == 1 && isClose(single.effectiveFailures ?? -1, 0.3, 1e-15))
    #expect(single.variance == nil)
  }

  @Test func singleTrialsAreThePlainBound() {
    let counts = counts([(Int, Int)](repeating: (0, 1), count: 497) + [(1, 1), (1, 1), (1, 1)])
    #expect(counts.designEffect == 1 && counts.effectiveTrials == 500)
    #expect(counts.upperBound() == ProportionInterval.clopperPearsonUpper(successes: 3, trials: 500))
    let twoSided = ProportionInterval.clopperPearson(successes: 3, trials: 500)
    #expect(isClose(counts.interval().low, twoSided.low, 1e-12))
    #expect(isClose(counts.interval().high, twoSided.high, 1e-12))
  }

  /// Items that always behave alike are worth one trial each, up to m/(m − 1).
  @Test func identicalRepeatsAreOneTrial() throws {
    let counts = counts((0..<40).map { ($0 < 10 ? 5 : 0, 5) })
    #expect(isClose(try #require(counts.designEffect), 5 * 40 / 39.0, 1e-12))
    #expect(isClose(try #require(counts.effectiveTrials), 39, 1e-12))
  }

  @Test func partsMergeToTheWholeAndClustersOnlyWiden() throws {
    var generator = Xoshiro256StarStar(seed: 208)
    for _ in 0..<300 {
      var (whole, parts) = (RepeatedFailures(), [RepeatedFailures(), RepeatedFailures()])
      for _ in 0..<Int.random(in: 1...30, using: &generator) {
        let trials = Int.random(in: 1...20, using: &generator)
        let failures = Int.random(in: 0...trials, using: &generator)
        whole.add(failures: failures, trials: trials)
        parts[Int.random(in: 0...1, using: &generator)].add(failures: failures, trials: trials)
      }
      parts[0].merge(parts[1])
      #expect(parts[0] == whole)
      let (effective, effect) = (try #require(whole.effectiveTrials), try #require(whole.designEffect))
      #expect(effect >= 1 && effective <= Double(whole.trials) + 1e-9)
      #expect(whole.interval().contains(try #require(whole.rate)))
      let plain = ProportionInterval.clopperPearson(successes: whole.failures, trials: whole.trials)
      #expect(whole.upperBound(confidence: 0.975) >= plain.high - 1e-12)
    }
  }

  @Test func manyTrialsStayExact() throws {
    var counts = RepeatedFailures()
    counts.add(failures: 1 << 29, trials: 1 << 30)
    counts.add(failures: 1 << 29, trials: 1 << 30)
    #expect(counts.variance == 0 && counts.designEffect == 1)
  }

  private func counts(_ items: [(Int, Int)]) -> RepeatedFailures {
    var counts = RepeatedFailures()
    for (failures, trials) in items { counts.add(failures: failures, trials: trials) }
    return counts
  }
}
