import SeededRandom
import Testing

@testable import Records

/// Findings are stored as JSON: what was written is what is read, and what cannot be read is refused, not guessed.
@Suite struct FindingJSONTests {
  private let names = [
    "plain", "", "\u{202E}שלום", "e\u{301}", "\"\\/\u{0}\n\u{2028}", "👩‍👩‍👧‍👦", "__proto__", "=1+1",
  ]

  private func finding(_ name: String, _ generator: inout SplitMix) -> Finding {
    let instant = Instant(nanoseconds: Int64.random(in: 0...1_900_000_000_000_000_000, using: &generator))
    func number() -> Double { Double.random(in: -1...1, using: &generator) * 1e6 }
    func maybe() -> Double? { Bool.random(using: &generator) ? number() : nil }
    var finding = Finding(
      check: "check", subject: name, asOf: instant, policySHA256: SHA256Digest(of: name),
      inputsSHA256: SHA256Digest(of: name + "i"))
    finding.verdict = Finding.Verdict.allCases.randomElement(using: &generator) ?? .fail
    finding.reasons = [.init("CODE", about: name, .fail, name), .init("LABEL", .pass, name)]
    finding.headline = name
    finding.measures = [.init(name, maybe(), low: maybe(), high: maybe(), limit: maybe(), unit: "share")]
    finding.figures = [
      .intervals(
        title: name, unit: .points,
        rows: [.init(name, maybe(), low: maybe(), high: maybe(), limit: maybe(), note: name)]),
      .mirror(title: name, left: name, right: name, rows: [.init(name, left: number(), right: number(), note: name)]),
      .parts(title: name, unit: .share, parts: [.init(name, number())]),
      .curve(title: name, x: name, y: name, points: [.init(number(), number(), note: name)], diagonal: true),
      .table(title: name, columns: [name], rows: [[name, name], []]),
    ]
    finding.evidence = [RecordID(milliseconds: instant.milliseconds, digest: SHA256Digest(of: name))]
    finding.missing = [.init(name, 234), .init(name, nil)]
    finding.next = name
    finding.owner = Bool.random(using: &generator) ? name : nil
    finding.method = name
    finding.seed = UInt64.random(in: 0...(.max), using: &generator)
    finding.looks = Int.random(in: 1...100, using: &generator)
    finding.at = instant.adding(days: 1)
    finding.expiresAt = instant.adding(days: 31)
    return finding
  }

  @Test func whatIsWrittenIsRead() throws {
    var generator = SplitMix(seed: 4)
    for name in names {
      for _ in 0..<20 {
        let finding = finding(name, &generator)
        for text in [try finding.json.canonical(), try finding.json.rendered()] {
          let read = try #require(Finding(json: try JSONValue(parsing: text)))
          #expect(read == finding)
          // By bytes: Swift takes canonically equal strings for equal.
          #expect(try read.json.canonical() == finding.json.canonical())
        }
      }
    }
  }

  @Test func aFindingWithoutItsNamesIsNone() throws {
    var generator = SplitMix(seed: 5)
    guard case .object(let whole) = finding("plain", &generator).json else {
      Issue.record("no object")
      return
    }
    for key in ["check", "subject", "verdict", "as_of", "at", "expires_at", "policy_sha256", "inputs_sha256"] {
      var object = whole
      object[key] = nil
      #expect(Finding(json: .object(object)) == nil, "\(key)")
      object[key] = 12
      #expect(Finding(json: .object(object)) == nil, "\(key)")
    }
  }

  /// Whoever wrote the ledger: numbers that fit nowhere are no crash.
  @Test(arguments: [1e300, -1e300, 0.5])
  func strangeCountsAreRead(count: Double) throws {
    var generator = SplitMix(seed: 6)
    guard case .object(var object) = finding("plain", &generator).json else { return }
    object["looks"] = .number(count)
    object["missing"] = [["what": "items", "how_much": .number(count)]]
    let read = try #require(Finding(json: .object(object)))
    #expect(read.looks == 1)
    #expect(read.missing == [.init("items", nil)])
  }

  /// What could not be computed has no JSON number; it stays absent, and the finding can still be hashed.
  @Test func absentNumbersStayAbsent() throws {
    var generator = SplitMix(seed: 7)
    var finding = finding("plain", &generator)
    finding.measures = [.init("m", .nan, low: -.infinity, high: .infinity, unit: "share")]
    finding.figures = [
      .mirror(title: "", left: "", right: "", rows: [.init("a", left: .nan, right: .infinity)]),
      .parts(title: "", unit: .share, parts: [.init("a", .nan)]),
      .curve(title: "", x: "", y: "", points: [.init(.nan, 1)], diagonal: false),
    ]
    let read = try #require(Finding(json: try JSONValue(parsing: finding.json.canonical())))
    #expect(read.measures == [.init("m", nil, unit: "share")])
    guard case .parts(_, _, let parts) = read.figures[1] else {
      Issue.record("no parts")
      return
    }
    #expect(parts[0].value.isNaN)
  }
}
