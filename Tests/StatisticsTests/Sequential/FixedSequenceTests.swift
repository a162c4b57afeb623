import Statistics
import Testing

@Suite struct FixedSequenceTests {
  typealias Step = FixedSequenceThreshold.Step

  @Test func agreesWithItsOracle() throws {
    for row in try Fixture("fixed-sequence").rows {
      let (target, alpha) = (try row.double("target"), try row.double("alpha"))
      let steps = zip(row.doubles("items"), row.doubles("errors")).map { Step(items: Int($0), errors: Int($1)) }
      let selection = FixedSequenceThreshold(steps: steps, target: target, alpha: alpha)
      #expect(try FixedSequenceThreshold.fewestItems(target: target, alpha: alpha) == row.int("fewest"))
      #expect(selection.accepted == Int(row["accepted"]), "\(row)")
      #expect(selection.rejected == Int(row["rejected"]), "\(row)")
      for (p, column) in [(selection.acceptedPValue, "accepted_p"), (selection.rejectedPValue, "rejected_p")] {
        #expect(row[column].isEmpty == (p == nil))
        if let p { #expect(try isClose(p, row.double(column)), "\(row)") }
      }
    }
  }

  /// reliability-ceiling, worked example: thresholds .95 to .75, stop at .75.
  @Test func theWorkedExample() throws {
    let steps = [(2_000, 12), (2_900, 29), (3_500, 49), (3_900, 74), (4_200, 134)].map(Step.init(items:errors:))
    let selection = FixedSequenceThreshold(steps: steps, target: 0.97)
    #expect(FixedSequenceThreshold.fewestItems(target: 0.97) == 99)
    #expect(selection.accepted == 3 && selection.rejected == 4)
    #expect(abs(try #require(selection.acceptedPValue) - 1e-5) < 5e-6)
    #expect(abs(try #require(selection.rejectedPValue) - 0.78) < 5e-3)
  }

  @Test func smallStepsAreSkippedNotRejected() {
    let steps = [Step(items: 40, errors: 9), Step(items: 98, errors: 0), Step(items: 200, errors: 0)]
    let selection = FixedSequenceThreshold(steps: steps, target: 0.97)
    #expect(selection.accepted == 2 && selection.rejected == nil)
    let none = FixedSequenceThreshold(steps: Array(steps.prefix(2)), target: 0.97)
    #expect(none.accepted == nil && none.rejected == nil && none.acceptedPValue == nil)
    #expect(FixedSequenceThreshold(steps: [], target: 0.9).accepted == nil)
    let first = FixedSequenceThreshold(steps: [Step(items: 200, errors: 6), Step(items: 900, errors: 0)], target: 0.97)
    #expect(first.accepted == nil && first.rejected == 0)
    #expect(FixedSequenceThreshold.fewestItems(target: 0) == 1)
    #expect(FixedSequenceThreshold(steps: [Step(items: 0, errors: 0)], target: 0).accepted == nil)
  }

  /// At exactly the target rate a threshold is accepted in at most α of all samples.
  @Test func acceptingTooMuchIsRare() {
    var generator = Xoshiro256StarStar(seed: 209)
    var wrong = 0
    for _ in 0..<2_000 {
      var (items, errors) = (0, 0)
      let steps = (0..<5).map { _ in
        for _ in 0..<60 where Double.random(in: 0...1, using: &generator) < 0.1 { errors += 1 }
        items += 60
        return Step(items: items, errors: errors)
      }
      wrong += FixedSequenceThreshold(steps: steps, target: 0.9).accepted == nil ? 0 : 1
    }
    #expect(wrong <= 130)
  }
}
