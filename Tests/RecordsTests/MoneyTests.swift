import SeededRandom
import Records
import Testing

@Suite struct MoneyTests {
  @Test(
    arguments: [
      ("5.00 USD", "5.00 USD"), ("5 USD", "5.00 USD"), ("-0.25 EUR", "-0.25 EUR"), ("0.000000000001 USD", nil),
      ("12  JPY", "12.00 JPY"), ("0.123456789012 USD", nil), ("0.100 USD", "0.10 USD"), ("-0 USD", "0.00 USD"),
      ("170141183460469231731687304 USD", nil), ("007 USD", "7.00 USD"), ("-0.000000000001 USD", nil),
    ] as [(String, String?)])
  func isReadAndWritten(text: String, written: String?) throws {
    #expect(Money(text)?.description == written ?? (text.hasPrefix("17014") ? nil : text))
  }

  @Test(arguments: [
    "", "5", "5.00", "USD", "5.00USD", "USD 5.00", "5.00 usd", "5.00 US", "5.00 EURO", ".5 USD", "5. USD", "1e3 USD",
    "1_000 USD", "1,000 USD", "+5 USD", "--5 USD", "5.0.0 USD", "0.0000000000001 USD", "٥ USD", "5 USD x", "5\u{0} USD",
    "999999999999999999999999999999999999999999 USD", "5\tUSD", "inf USD", "$5",
  ])
  func isRefused(text: String) {
    #expect(Money(text) == nil)
  }

  @Test func largestAmountsAreKept() throws {
    let most = try #require(Money(units: .max, currency: "USD"))
    #expect(Money(most.description) == most)
    let least = try #require(Money(units: .min, currency: "USD"))
    #expect(least.description == "-170141183460469231731687303.715884105728 USD")
    #expect(most.adding(most) == nil && least.subtracting(most) == nil && most.multiplied(by: 2) == nil)
  }

  @Test func currenciesDoNotMix() throws {
    let dollars = try #require(Money("1.10 USD"))
    let euros = try #require(Money("2.20 EUR"))
    #expect(dollars.adding(euros) == nil)
    #expect(dollars.subtracting(euros) == nil)
    #expect(dollars.isLess(than: euros) == nil)
    #expect(dollars.adding(dollars) == Money("2.20 USD"))
    #expect(dollars.isLess(than: try #require(Money("1.2 USD"))) == true)
    #expect(try #require(Money("0.1 USD")).multiplied(by: 3) == Money("0.3 USD"))
    #expect(dollars.approximate == 1.1)
  }

  @Test func randomAmountsComeBack() {
    var generator = SplitMix(seed: 1)
    for _ in 0..<20_000 {
      let wide = Int128(truncatingIfNeeded: generator.next()) << 64 | Int128(truncatingIfNeeded: generator.next())
      let units = wide >> Int.random(in: 0..<128, using: &generator)
      let money = Money(units: units, currency: "CHF")
      #expect(money.flatMap { Money($0.description) } == money)
    }
  }
}
