import Statistics
import Testing

@Suite struct JudgeTests {
  @Test func roganGladenAgreesWithItsOracle() throws {
    for row in try Fixture("rogan-gladen").rows {
      let judge = BinaryAgreement(
        bothPositive: try row.int("right_positive"),
        onlyJudgePositive: try row.int("negatives") - row.int("right_negative"),
        onlyReferencePositive: try row.int("positives") - row.int("right_positive"),
        bothNegative: try row.int("right_negative"))
      let corrected = try #require(
        try RoganGladen(positives: row.int("x"), trials: row.int("n"), judge: judge))
      #expect(try isClose(corrected.raw, row.double("raw")), "\(row)")
      #expect(try isClose(corrected.estimate, row.double("estimate")), "\(row)")
      try expect(corrected.interval(level: try row.double("level")), row)
    }
  }

  @Test func predictionPoweredMeanAgreesWithItsOracle() throws {
    for row in try Fixture("prediction-powered").rows {
      let mean = try #require(
        PredictionPoweredMean(
          labels: row.doubles("labels"), predictions: row.doubles("predictions"),
          unlabelled: Moments(row.doubles("others"))))
      #expect(try isClose(mean.tuning, row.double("tuning")), "\(row)")
      #expect(try isClose(mean.estimate, row.double("estimate")), "\(row)")
      try expect(mean.interval(level: try row.double("level")), row)
    }
  }

  @Test func aPerfectJudgeCorrectsNothing() throws {
    let judge = BinaryAgreement(bothPositive: 40, bothNegative: 60)
    #expect(try #require(RoganGladen(positives: 30, trials: 120, judge: judge)).estimate == 0.25)
    // A judge that passes half of what should fail: 60 % passed is 20 % true.
    let lenient = BinaryAgreement(bothPositive: 50, onlyJudgePositive: 25, bothNegative: 25)
    #expect(isClose(try #require(RoganGladen(positives: 60, trials: 100, judge: lenient)).estimate, 0.2, 1e-12))
    // Fewer passed than the judge's mistakes alone would: the raw estimate is negative, the estimate 0.
    let few = try #require(RoganGladen(positives: 30, trials: 100, judge: lenient))
    #expect(few.raw < 0 && few.estimate == 0 && few.interval().low == 0)
  }

  @Test func whatIsUndefinedIsNil() throws {
    let judge = BinaryAgreement(bothPositive: 9, onlyJudgePositive: 1, onlyReferencePositive: 1, bothNegative: 9)
    #expect(RoganGladen(positives: 0, trials: 0, judge: judge) == nil)
    #expect(RoganGladen(positives: 5, trials: 4, judge: judge) == nil)
    #expect(RoganGladen(positives: 1, trials: 4, judge: BinaryAgreement(bothPositive: 9)) == nil)
    #expect(RoganGladen(positives: 1, trials: 4, judge: BinaryAgreement(bothNegative: 9)) == nil)
    // A coin.
    let coin = BinaryAgreement(bothPositive: 5, onlyJudgePositive: 5, onlyReferencePositive: 5, bothNegative: 5)
    #expect(RoganGladen(positives: 1, trials: 4, judge: coin) == nil)
    // Better than chance by luck only: the interval says that nothing is known.
    let lucky = BinaryAgreement(bothPositive: 1, onlyJudgePositive: 99, bothNegative: 1)
    #expect(try #require(RoganGladen(positives: 3, trials: 4, judge: lucky)).interval() == Interval(low: 0, high: 1))
    let others = Moments([1, 2])
    #expect(PredictionPoweredMean(labels: [1], predictions: [1], unlabelled: others) == nil)
    #expect(PredictionPoweredMean(labels: [1, 2], predictions: [1, 2], unlabelled: Moments([1])) == nil)
    let constant = try #require(
      PredictionPoweredMean(labels: [1, 3], predictions: [5, 5], unlabelled: Moments([5, 5])))
    #expect(constant.tuning == 0 && constant.estimate == 2)
    let still = try #require(PredictionPoweredMean(labels: [1, 1], predictions: [0, 4], unlabelled: Moments([1, 5])))
    #expect(still.tuning == 0 && still.standardError == 0 && still.interval() == Interval(point: 1))
  }

  /// The interval of a corrected rate covers the truth, the plain one of what the judge counted does not.
  @Test func theCorrectedIntervalCovers() throws {
    var generator = Xoshiro256StarStar(seed: 213)
    var (missed, missedPlain) = (0, 0)
    for _ in 0..<1_000 {
      func draw(_ rate: Double) -> Bool { Double.random(in: 0...1, using: &generator) < rate }
      var judge = BinaryAgreement()
      for _ in 0..<100 { judge.add(judge: draw(0.9), reference: true) }
      for _ in 0..<80 { judge.add(judge: draw(0.3), reference: false) }
      let positives = (0..<400).count { _ in draw(0.6) ? draw(0.9) : draw(0.3) }
      let corrected = try #require(RoganGladen(positives: positives, trials: 400, judge: judge))
      let interval = corrected.interval()
      #expect(interval.contains(corrected.estimate))
      missed += interval.contains(0.6) ? 0 : 1
      missedPlain += ProportionInterval.wilson(successes: Double(positives), trials: 400).contains(0.6) ? 0 : 1
    }
    #expect(missed <= 70 && missedPlain > 200, "\(missed) \(missedPlain)")
  }

  /// Shifting labels shifts the mean; a judge that is right needs no labels, and no judge widens the labels' own error much.
  @Test func predictionsHelpOrAreIgnored() throws {
    var generator = Xoshiro256StarStar(seed: 214)
    for _ in 0..<200 {
      let labels = (0..<30).map { _ in Double.random(in: 0...1, using: &generator) }
      let others = (0..<300).map { _ in Double.random(in: 0...1, using: &generator) }
      let noise = labels.map { _ in Double.random(in: 0...1, using: &generator) }
      let own = try #require(Moments(labels).standardError)
      let good = try #require(PredictionPoweredMean(labels: labels, predictions: labels, unlabelled: Moments(others)))
      #expect(good.standardError < own && good.tuning > 0.2)
      let useless = try #require(
        PredictionPoweredMean(labels: labels, predictions: noise, unlabelled: Moments(others)))
      #expect(useless.standardError <= own * 1.02)
      let shifted = try #require(
        PredictionPoweredMean(labels: labels.map { $0 + 7 }, predictions: noise, unlabelled: Moments(others)))
      #expect(isClose(shifted.estimate, useless.estimate + 7, 1e-12))
      #expect(isClose(shifted.tuning, useless.tuning, 1e-9))
    }
  }
}
