import Statistics
import Testing

@Suite struct QuantileBinsTests {
  @Test func agreesWithItsOracle() throws {
    for row in try Fixture("quantile-bins").rows {
      let bins = try #require(QuantileBins(reference: row.doubles("values"), bins: try row.int("bins")))
      #expect(bins.edges == row.doubles("edges"), "\(row)")
      #expect(row.doubles("probes").map { Double(bins.place($0)) } == row.doubles("places"), "\(row)")
    }
  }

  @Test func theEnds() throws {
    #expect(QuantileBins(reference: []) == nil)
    let one = try #require(QuantileBins(reference: [5, 5, 5]))
    #expect(one.edges == [5] && one.count == 2)
    // What lies above all of the reference has a bin of its own; what lies below shares the first.
    #expect(one.place(5) == 0 && one.place(4) == 0 && one.place(5.1) == 1)
    let whole = try #require(QuantileBins(reference: [1, 2, 3], bins: 1))
    #expect(whole.edges == [] && whole.place(-.infinity) == 0 && whole.place(.infinity) == 0)
    let ten = try #require(QuantileBins(reference: (1...1000).map(Double.init)))
    #expect(ten.edges == (1...9).map { Double($0) * 100 } && ten.count == 10)
    #expect(ten.place(.infinity) == 9 && ten.place(100) == 0 && ten.place(100.5) == 1)
  }
}
