import Records
import SeededRandom
import Testing

@Suite struct AccessTests {
  @Test func aTokenIsLongRandomAndNamesItsScopes() {
    var random = SplitMix(seed: 1)
    let tokens = (0..<1_000).map { _ in AccessToken(scopes: [.read, .ingest], using: &random) }
    for token in tokens {
      let parts = token.text.split(separator: "_", omittingEmptySubsequences: false)
      #expect(parts.count == 3 && parts[0] == "tally" && parts[1] == "ir")
      #expect(parts[2].utf8.count * 5 == AccessToken.randomBytes * 8)
      #expect(parts[2].allSatisfy { $0.isLowercase || ("2"..."7").contains($0) })
    }
    #expect(AccessToken.randomBytes * 8 >= 160)
    #expect(Set(tokens.map(\.text)).count == 1_000)
    // All letters occur, and everywhere: no bit is lost.
    for place in 0..<40 {
      #expect(Set(tokens.map { Array($0.text.utf8.suffix(40))[place] }).count == 32)
    }
    #expect(AccessToken(scopes: [], using: &random).text.hasPrefix("tally__"))
    #expect(AccessToken(scopes: Set(AccessScope.allCases), using: &random).text.hasPrefix("tally_irdca_"))
  }

  /// The bytes 0 to 24, as Python's base64.b32encode has them.
  @Test func theRandomPartIsBase32() {
    struct Counting: RandomNumberGenerator {
      var count: UInt64 = 0
      mutating func next() -> UInt64 {
        defer { count += 1 }
        return count << 56 | count
      }
    }
    var counting = Counting()
    let token = AccessToken(scopes: [.admin], using: &counting)
    #expect(token.text == "tally_a_aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyy")
  }

  /// From both sides of every limit of a break-glass key.
  @Test func aBreakGlassKeyEndsSoonHasAReasonAndOpensCallsOnly() {
    func problem(
      _ scopes: Set<AccessScope> = [.call], _ reason: String? = "checkout is down", lasts: Duration? = .seconds(3_600)
    ) -> String? {
      var key = AccessKey(name: "night", scopes: scopes, createdAt: Instant(nanoseconds: 1_000))
      key.breakGlass = reason
      key.expiresAt = lasts.flatMap { key.createdAt.advanced(by: $0) }
      #expect(key.breaksGlass == (reason != nil))
      return key.breakGlassProblem
    }
    #expect(problem() == nil && problem([.call, .decide]) == nil && problem([.decide]) == nil)
    // A key that is none may do as it likes.
    #expect(problem([.admin], nil, lasts: nil) == nil)
    for scope in [AccessScope.admin, .ingest, .read] {
      #expect(problem([.call, scope])?.contains("its scopes are call and decide") == true)
    }
    #expect(problem([.call], "outage now") == nil)
    for reason in ["", "outage", "  outage  "] {
      #expect(problem([.call], reason)?.contains("in a few words") == true)
    }
    #expect(problem(lasts: nil)?.contains("ends by itself") == true)
    #expect(problem(lasts: .seconds(86_400)) == nil && problem(lasts: .nanoseconds(1)) == nil)
    for lasts in [Duration.seconds(86_400) + .nanoseconds(1), .zero, .nanoseconds(-1)] {
      #expect(problem(lasts: lasts)?.contains("24 hours at most") == true)
    }
  }

  @Test func whatWasPassedComesBackAsItWas() throws {
    var glass = BreakGlass(key: "night")
    let line = { try JSONValue(parsing: Array(JSONValue.object(glass.json).line().utf8)) }
    #expect(BreakGlass(try line()) == glass && glass.codes.isEmpty)
    glass.passed = [
      .init(.budget, "budget_exceeded", "keys \"a\""), .init(.budget, "budget_exceeded", "team"),
      .init(.freeze, "FROZEN", "feature:bot"),
    ]
    #expect(BreakGlass(try line()) == glass)
    #expect(glass.codes == ["budget_exceeded", "FROZEN"] && glass.passed[2].rule == "freeze feature:bot")
    #expect(BreakGlass(.null) == nil && BreakGlass(.string("night")) == nil)
    // A guard of a later version is left out, and the rest is said.
    let later = try JSONValue(
      parsing:
        #"{"key":"k","passed":[{"guard":"moat","code":"X","name":"y"},{"guard":"drill","code":"DRILL","name":"d"}]}"#)
    #expect(BreakGlass(later)?.passed == [.init(.drill, "DRILL", "d")])
  }

  @Test func aTokenNeverPrintsItself() {
    var random = SplitMix(seed: 2)
    let token = AccessToken(scopes: [.ingest], using: &random)
    let secret = token.text.suffix(40)
    var dumped = ""
    dump(token, to: &dumped)
    for text in ["\(token)", String(reflecting: token), String(describing: [token]), dumped] {
      #expect(!text.contains(secret))
    }
    #expect(token.digest == SHA256Digest(of: token.text))
  }

  @Test func whatAKeyIsWorth() {
    func at(_ nanoseconds: Int64) -> Instant { Instant(nanoseconds: nanoseconds) }
    var key = AccessKey(name: "bot", scopes: [.ingest], createdAt: at(0))
    #expect(key.state(at: at(.max)) == .active)
    key.expiresAt = at(10)
    #expect(key.state(at: at(9)) == .active)
    #expect(key.state(at: at(10)) == .expired)
    key.revokedAt = at(100)
    // Whatever clock said when.
    #expect(key.state(at: at(0)) == .revoked)
  }

  @Test func adminLetsDoEverything() {
    for scope in AccessScope.allCases {
      for other in AccessScope.allCases {
        let key = AccessKey(name: "bot", scopes: [scope], createdAt: Instant(nanoseconds: 0))
        #expect(key.allows(other) == (scope == other || scope == .admin))
      }
    }
    #expect(!AccessKey(name: "bot", scopes: [], createdAt: Instant(nanoseconds: 0)).allows(.read))
  }

  @Test(arguments: [
    ("support-bot", true), ("pk-lf-1.2_3", true), ("", false), ("a:b", false), ("ä", false), ("a b", false),
    (String(repeating: "a", count: 64), true), (String(repeating: "a", count: 65), false), ("tally_i_x", false),
    ("tally-prod", true),
  ])
  func namesFitIntoHeadersAndTables(_ name: String, _ isName: Bool) {
    #expect((AccessKey.problem(ofName: name) == nil) == isName)
  }
}
