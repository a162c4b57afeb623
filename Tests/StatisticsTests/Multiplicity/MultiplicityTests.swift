import Statistics
import Testing

@Suite struct MultiplicityTests {
  @Test func agreesWithItsOracle() throws {
    for row in try Fixture("multiplicity").rows {
      let p = row.doubles("p")
      for (adjusted, column) in [
        (Multiplicity.holm(p), "holm"), (Multiplicity.benjaminiHochberg(p), "benjamini_hochberg"),
      ] {
        let reference = row.doubles(column)
        #expect(adjusted.count == reference.count)
        #expect(zip(adjusted, reference).allSatisfy { isClose($0, $1) }, "\(row): \(adjusted)")
      }
    }
  }

  /// eval-power, worked examples 9 and 10.
  @Test func workedExamples() {
    let p = [0.001, 0.012, 0.013, 0.04, 0.2]
    expectRounded(Multiplicity.holm(p), [0.005, 0.048, 0.048, 0.08, 0.2])
    expectRounded(Multiplicity.benjaminiHochberg(p), [0.005, 0.02167, 0.02167, 0.05, 0.2])
    expectRounded(
      Multiplicity.holm([0.30, 0.004, 0.0005, 0.02, 0.001, 0.15]), [0.30, 0.016, 0.003, 0.06, 0.005, 0.30])
    #expect(abs(Multiplicity.chanceOfFalseWin(comparisons: 10) - 0.401) < 0.0005)
    #expect(abs(Multiplicity.chanceOfFalseWin(comparisons: 20) - 0.642) < 0.0005)
  }

  @Test func emptyAndSingleFamiliesAreUnchanged() {
    #expect(Multiplicity.holm([]).isEmpty && Multiplicity.benjaminiHochberg([]).isEmpty)
    #expect(Multiplicity.holm([0.03]) == [0.03] && Multiplicity.benjaminiHochberg([0.03]) == [0.03])
    #expect(Multiplicity.chanceOfFalseWin(comparisons: 0) == 0)
    #expect(Multiplicity.simultaneousLevel(0.95, comparisons: 0) == 0.95)
  }

  @Test func bonferroniLevelSharesTheError() {
    #expect(isClose(Multiplicity.simultaneousLevel(0.95, comparisons: 1), 0.95, 1e-15))
    #expect(isClose(Multiplicity.simultaneousLevel(0.95, comparisons: 10), 0.995, 1e-15))
  }

  @Test func adjustmentsKeepTheOrderAndOnlyRaise() {
    var generator = Xoshiro256StarStar(seed: 91)
    for _ in 0..<300 {
      let p = (0..<Int.random(in: 1...30, using: &generator)).map { _ in
        let u = Double.random(in: 0...1, using: &generator)
        return u * u * u
      }
      let (holm, discovery) = (Multiplicity.holm(p), Multiplicity.benjaminiHochberg(p))
      for i in p.indices {
        #expect(p[i] <= discovery[i] && discovery[i] <= holm[i] && holm[i] <= 1)
        #expect(holm[i] <= Double(p.count) * p[i] || holm[i] > p[i])
        for j in p.indices where p[i] <= p[j] {
          #expect(holm[i] <= holm[j] && discovery[i] <= discovery[j])
        }
      }
      let shuffled = p.indices.shuffled(using: &generator)
      let permuted = Multiplicity.holm(shuffled.map { p[$0] })
      #expect(permuted == shuffled.map { holm[$0] })
    }
  }

  private func expectRounded(_ adjusted: [Double], _ expected: [Double]) {
    #expect(adjusted.count == expected.count)
    #expect(zip(adjusted, expected).allSatisfy { abs($0 - $1) < 0.000005 }, "\(adjusted)")
  }
}
