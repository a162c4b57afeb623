import Guards
import Records
import Testing

@Suite struct IntentKeyTests {
  private func key(_ arguments: String, step: String = "charge", volatile: Set<String> = []) throws -> String? {
    IntentKey.digest(
      run: "run-7", item: "item-42", step: step, tool: "payments.charge_card",
      arguments: try JSONValue(parsing: arguments), volatile: volatile
    )?.description
  }

  static let worked = "3434880464fce41eadf34dd25b20983964eb433a5ec4ad4d2b69a857b8992b4c"

  @Test(
    arguments: [
      #"{"amount":129.9,"currency":"EUR","customer":10482}"#, #"{"customer":10482,"currency":"EUR","amount":129.90}"#,
      #"{ "currency": "EUR", "amount": 1.299e2, "customer": 1.0482e4 }"#,
    ])
  func theWorkedExample(arguments: String) throws {
    #expect(try key(arguments) == IntentKeyTests.worked)
  }

  @Test func whatDiffersHasAnotherKey() throws {
    let others = try [
      key(#"{"amount":129.91,"currency":"EUR","customer":10482}"#),
      key(#"{"amount":"129.9","currency":"EUR","customer":10482}"#),
      key(#"{"amount":129.9,"currency":"EUR","customer":10482,"note":null}"#),
      key(#"{"amount":129.9,"currency":"EUR","customer":10482}"#, step: "refund"),
    ]
    #expect(Set(others + [IntentKeyTests.worked]).count == 5)
  }

  @Test func whatIsVolatileIsLeftOutAtTheTopAlone() throws {
    let volatile = Set(IntentKey.usuallyVolatile)
    let plain = #"{"amount":129.9,"currency":"EUR","customer":10482"#
    #expect(try key(plain + #","request_id":"r1","now":5}"#, volatile: volatile) == IntentKeyTests.worked)
    #expect(try key(plain + #","request_id":"r1"}"#) != IntentKeyTests.worked)
    let nested = try [key(#"{"a":{"now":1}}"#, volatile: volatile), key(#"{"a":{"now":2}}"#, volatile: volatile)]
    #expect(nested[0] != nested[1])
  }

  @Test func textsAndKeysAreNormalised() throws {
    #expect(try key("{\"caf\u{E9}\":\"\u{E9}\"}") == key("{\"cafe\u{301}\":\"e\u{301}\"}"))
    let left = try JSONValue(parsing: "[\"e\u{301}\"]")
    #expect(IntentKey.canonical(left, without: []) == "[\"\u{E9}\"]")
  }

  @Test func whatJSONCannotSayHasNoKey() {
    #expect(
      IntentKey.digest(run: "r", item: "i", step: "s", tool: "t", arguments: .number(.nan), volatile: []) == nil)
  }
}

@Suite struct AuditSampleTests {
  @Test func theWorkedNumbers() {
    #expect(AuditSample.size(rate: 0.01) == 299 && AuditSample.size(rate: 0.02) == 149)
    #expect(AuditSample.size(rate: 0.05) == 59)
    #expect(AuditSample.size(rate: 0.01, of: 1000) == 258 && AuditSample.size(rate: 0.01, of: 200) == 155)
  }

  @Test func edges() {
    #expect(AuditSample.size(rate: 0) == nil && AuditSample.size(rate: .nan) == nil && AuditSample.size(rate: 1) == 1)
    #expect(AuditSample.size(rate: 0.01, of: 0) == nil && AuditSample.size(rate: 0.01, of: 1) == 1)
    #expect(AuditSample.size(rate: 0.01, of: 11) == 11 && AuditSample.size(rate: 1, of: 50) == 1)
    // 0.07 · 100 is 7.000000000000001 as a product of doubles, and 7 defects all the same.
    #expect(AuditSample.size(rate: 0.07, of: 100) == AuditSample.size(rate: 0.0699, of: 100))
  }

  /// The definition, by whole numbers: the smallest n with C(N − K, n) / C(N, n) ≤ 0.05.
  @Test func equalsTheDefinition() {
    func choose(_ n: Int, _ k: Int) -> Double {
      k > n ? 0 : (0..<k).reduce(1.0) { $0 * Double(n - $1) / Double($1 + 1) }
    }
    for batch in 1...60 {
      for percent in [1, 2, 5, 10, 30] {
        let defects = (percent * batch + 99) / 100
        let needed = (1...batch).first { choose(batch - defects, $0) / choose(batch, $0) <= 0.05 * (1 + 1e-12) }
        #expect(AuditSample.size(rate: Double(percent) / 100, of: batch) == needed, "\(percent) % of \(batch)")
      }
    }
  }
}
