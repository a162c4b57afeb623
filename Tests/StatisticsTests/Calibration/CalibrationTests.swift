import Statistics
import Testing

@Suite struct CalibrationTests {
  @Test func agreesWithItsOracle() throws {
    for row in try Fixture("calibration").rows {
      var (bins, z) = (CalibrationBins(bins: try row.int("bins")), Spiegelhalter())
      var (brier, loss) = (BrierScore(), LogLoss())
      for (p, y) in zip(row.doubles("p"), row.doubles("y")) {
        bins.add(confidence: p, right: y == 1)
        z.add(probability: p, happened: y == 1)
        brier.add(probability: p, happened: y == 1)
        loss.add(probability: p, happened: y == 1)
      }
      let test = try #require(z.test)
      let pairs = [
        (bins.expectedCalibrationError, "ece"), (bins.meanConfidence, "mean_p"), (bins.accuracy, "mean_y"),
        (test.statistic, "z"), (test.pValue, "p_value"), (brier.mean, "brier"), (loss.mean, "log_loss"),
      ]
      for (value, column) in pairs {
        #expect(
          try isClose(#require(value), row.double(column)), "\(row.origin) \(column): \(String(describing: value))")
      }
    }
  }

  /// classifier-risk, worked example.
  @Test func theRouterOfTheWorkedExample() throws {
    var (bins, z) = (CalibrationBins(), Spiegelhalter())
    for (confidence, count, right) in [
      (0.97, 620, 601), (0.85, 180, 159), (0.75, 100, 90), (0.65, 60, 54), (0.55, 40, 36),
    ] {
      bins.add(confidence: confidence, right: true, count: right)
      bins.add(confidence: confidence, right: false, count: count - right)
      z.add(probability: confidence, happened: true, count: right)
      z.add(probability: confidence, happened: false, count: count - right)
    }
    #expect(bins.count == 1_000 && bins.accuracy == 0.94)
    #expect(abs(try #require(bins.expectedCalibrationError) - 0.0504) < 5e-5)
    let test = try #require(z.test)
    #expect(abs(try #require(test.statistic) + 2.989) < 5e-4)
    #expect(abs(test.pValue - 0.0028) < 5e-5)
    #expect(bins.bins[9].count == 620 && bins.bins[8].right == 159 && bins.bins[0].accuracy == nil)
  }

  @Test func aLimitBelongsToTheBinAboveIt() {
    let ten = CalibrationBins()
    for (decimal, bin) in [
      (0.0, 0), (0.1, 1), (0.2, 2), (0.3, 3), (0.4, 4), (0.5, 5), (0.6, 6), (0.7, 7), (0.8, 8), (0.9, 9), (1.0, 9),
      (0.29999999999999, 2), (0.69999999999999, 6), (0.0999, 0), (0.9999, 9),
    ] {
      #expect(ten.index(of: decimal) == bin, "\(decimal)")
    }
    for count in [1, 3, 7, 10, 15, 20, 49, 100, 1_000] {
      let bins = CalibrationBins(bins: count)
      for k in 0..<count {
        let limit = Double(k) / Double(count)
        #expect(bins.index(of: limit) == k, "\(k)/\(count)")
        #expect(k == 0 || bins.index(of: limit.nextDown) == k - 1)
      }
    }
  }

  @Test func whatIsUndefinedIsNil() {
    let (bins, z) = (CalibrationBins(), Spiegelhalter())
    #expect(bins.count == 0 && bins.accuracy == nil && bins.meanConfidence == nil)
    #expect(bins.expectedCalibrationError == nil)
    #expect(z.test == nil && z.statistic == nil)
    #expect(BrierScore().mean == nil && LogLoss().mean == nil)
    #expect(IsotonicCalibrator.fit(scores: [], outcomes: []) == nil)
    #expect(IsotonicCalibrator.fit(scores: [0.5], outcomes: [1], weights: [0]) == nil)
    #expect(IsotonicCalibrator(thresholds: [], values: []) == nil)
    #expect(IsotonicCalibrator(thresholds: [0.1, 0.1], values: [0, 1]) == nil)
    #expect(IsotonicCalibrator(thresholds: [0.1, 0.2], values: [1, 0]) == nil)
    #expect(IsotonicCalibrator(thresholds: [0.1], values: [0, 1]) == nil)
    #expect(IsotonicCalibrator(thresholds: [.nan], values: [0]) == nil)
  }

  @Test func certainties() throws {
    var (z, loss, brier) = (Spiegelhalter(), LogLoss(), BrierScore())
    for (p, happened) in [(1.0, true), (0.0, false), (0.5, true)] {
      z.add(probability: p, happened: happened)
      loss.add(probability: p, happened: happened)
      brier.add(probability: p, happened: happened)
    }
    // 0/0: nothing that happened could have contradicted these forecasts.
    #expect(z.test == nil)
    #expect(isClose(try #require(loss.mean), 0.6931471805599453 / 3))
    #expect(isClose(try #require(brier.mean), 0.25 / 3))
    z.add(probability: 1, happened: false)
    #expect(z.test == TestResult(pValue: 0))
    loss.add(probability: 1, happened: false, count: 2)
    #expect(loss.mean == nil && loss.impossible == 2 && loss.count == 5)
  }

  @Test func partsMergeToTheWhole() throws {
    var generator = Xoshiro256StarStar(seed: 202)
    for _ in 0..<100 {
      var parts = [(CalibrationBins(), Spiegelhalter(), BrierScore(), LogLoss())]
      parts.append(parts[0])
      parts.append(parts[0])
      for _ in 0..<Int.random(in: 1...80, using: &generator) {
        let p = Double.random(in: 0.01...0.99, using: &generator)
        let happened = Double.random(in: 0...1, using: &generator) < p
        for part in [0, Int.random(in: 1...2, using: &generator)] {
          parts[part].0.add(confidence: p, right: happened)
          parts[part].1.add(probability: p, happened: happened)
          parts[part].2.add(probability: p, happened: happened)
          parts[part].3.add(probability: p, happened: happened)
        }
      }
      var merged = parts[1]
      merged.0.merge(parts[2].0)
      merged.1.merge(parts[2].1)
      merged.2.merge(parts[2].2)
      merged.3.merge(parts[2].3)
      #expect(merged.0.count == parts[0].0.count)
      let error = try #require(parts[0].0.expectedCalibrationError)
      #expect(isClose(try #require(merged.0.expectedCalibrationError), error, 1e-12))
      #expect(error >= 0 && error <= 1)
      #expect(isClose(try #require(merged.1.statistic), try #require(parts[0].1.statistic), 1e-12))
      #expect(isClose(try #require(merged.2.mean), try #require(parts[0].2.mean), 1e-12))
      #expect(isClose(try #require(merged.3.mean), try #require(parts[0].3.mean), 1e-12))
    }
  }
}
