import Statistics
import Testing

@Suite struct DivergenceDifferenceTests {
  @Test func agreesWithItsOracle() throws {
    for row in try Fixture("divergence-difference").rows {
      func counts(_ column: String) -> [Int] { row.doubles(column).map { Int($0) } }
      let difference = try #require(
        JensenShannon.difference(
          reference: counts("reference"), treated: counts("treated"), holdout: counts("holdout")))
      #expect(try isClose(difference.estimate, row.double("estimate"), 1e-12), "\(row)")
      #expect(try isClose(difference.interval.low, row.double("low")), "\(row)")
      #expect(try isClose(difference.interval.high, row.double("high")), "\(row)")
    }
  }

  /// eval-coevolution, worked example: topics A–E at launch, with the feature and without it.
  @Test func theInducedShift() throws {
    let difference = try #require(
      JensenShannon.difference(
        reference: [500, 300, 150, 50, 0], treated: [4400, 4000, 3600, 3000, 5000], holdout: [440, 300, 160, 70, 30]))
    #expect(abs(difference.estimate - 0.1747) < 5e-5)
    #expect(abs(difference.interval.low - 0.1634) < 5e-5 && abs(difference.interval.high - 0.1860) < 5e-5)
  }

  @Test func theEnds() throws {
    let empty = [0, 0]
    #expect(JensenShannon.difference(reference: empty, treated: [1, 2], holdout: [1, 2]) == nil)
    #expect(JensenShannon.difference(reference: [1, 2], treated: empty, holdout: [1, 2]) == nil)
    #expect(JensenShannon.difference(reference: [1, 2], treated: [1, 2], holdout: empty) == nil)
    // Equal mixes: nothing to first order.
    let same = try #require(JensenShannon.difference(reference: [1, 2], treated: [2, 4], holdout: [3, 6]))
    #expect(same.estimate == 0 && same.interval == Interval(point: 0))
    // One mix in both arms: no difference, though neither is known exactly.
    let shared = try #require(JensenShannon.difference(reference: [9, 1], treated: [5, 5], holdout: [5, 5]))
    #expect(shared.estimate == 0 && shared.interval.low < 0 && shared.interval.high > 0)
  }

  /// The interval covers what many samples show.
  @Test func theIntervalCoversTheTruth() throws {
    var generator = Xoshiro256StarStar(seed: 206)
    let mixes: [[Double]] = [[0.5, 0.3, 0.15, 0.05], [0.25, 0.25, 0.25, 0.25], [0.45, 0.3, 0.15, 0.1]]
    let truth = try #require(
      JensenShannon.difference(
        reference: [500, 300, 150, 50], treated: [250, 250, 250, 250], holdout: [450, 300, 150, 100]))
    func sample(_ mix: [Double], _ count: Int) -> [Int] {
      var counts = mix.map { _ in 0 }
      for _ in 0..<count {
        var rest = generator.nextUnit()
        let place = mix.firstIndex { share in
          rest -= share
          return rest < 0
        }
        counts[place ?? mix.count - 1] += 1
      }
      return counts
    }
    var covered = 0
    for _ in 0..<400 {
      let difference = try #require(
        JensenShannon.difference(
          reference: sample(mixes[0], 2000), treated: sample(mixes[1], 800), holdout: sample(mixes[2], 600)))
      if difference.interval.contains(truth.estimate) { covered += 1 }
    }
    // 95 % of 400, and what chance leaves of it in all but one of 10,000 runs.
    #expect((363...397).contains(covered), "\(covered)")
  }
}
