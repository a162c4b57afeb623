import SeededRandom
import Records

@testable import Reports

/// Findings of any verdict with numbers of any size and names that mean harm.
struct RandomFindings {
  private var generator: SplitMix

  init(seed: UInt64) { generator = SplitMix(seed: seed) }

  private static let texts = [
    Samples.hostile, Samples.rightToLeft, Samples.family, "", " ", "plain", "a | b", "</pre></details><img src=x>",
    "]]>", "<![CDATA[", "\u{0}\u{B}\u{1F}\u{7F}\u{FFFE}\u{FFFF}", "{0} [a](b)", "```\n```", "=1+1", "\r\n| --- |",
    "@team #12 GH-3", String(repeating: "long-name-", count: 40), "e\u{301}\u{200D}\u{2066}x\u{2069}",
  ]

  mutating func text() -> String { RandomFindings.texts.randomElement(using: &generator) ?? "" }

  mutating func number(finite: Bool) -> Double {
    let special: [Double] = [0, -0.0, 1, 0.5, -0.5, 1e-300, 1e300, .greatestFiniteMagnitude, .leastNonzeroMagnitude]
    switch Int.random(in: 0..<10, using: &generator) {
    case 0..<3: return special.randomElement(using: &generator) ?? 0
    case 3 where !finite: return [.nan, .infinity, -.infinity].randomElement(using: &generator) ?? .nan
    default: return Double.random(in: -1...1, using: &generator)
    }
  }

  private mutating func maybe(finite: Bool) -> Double? {
    Bool.random(using: &generator) ? number(finite: finite) : nil
  }

  private mutating func many<Element>(_ most: Int, _ make: (inout RandomFindings) -> Element) -> [Element] {
    let count = Int.random(in: 0...most, using: &generator)
    return (0..<count).map { _ in make(&self) }
  }

  mutating func figure(finite: Bool) -> Figure {
    let unit: Figure.Unit = [.share, .points, .number].randomElement(using: &generator) ?? .share
    switch Int.random(in: 0..<5, using: &generator) {
    case 0:
      return .intervals(
        title: text(), unit: unit,
        rows: many(30) { random in
          .init(
            random.text(), random.maybe(finite: finite), low: random.maybe(finite: finite),
            high: random.maybe(finite: finite), limit: random.maybe(finite: finite), note: random.text())
        })
    case 1:
      return .mirror(
        title: text(), left: text(), right: text(),
        rows: many(6) { random in
          .init(
            random.text(), left: random.number(finite: finite), right: random.number(finite: finite),
            note: random.text())
        })
    case 2:
      return .parts(
        title: text(), unit: unit,
        parts: many(9) { random in .init(random.text(), random.number(finite: finite)) })
    case 3:
      return .curve(
        title: text(), x: text(), y: text(),
        points: many(15) { random in
          .init(random.number(finite: finite), random.number(finite: finite), note: random.text())
        },
        diagonal: Bool.random(using: &generator))
    default:
      return .table(
        title: text(), columns: many(8) { $0.text() }, rows: many(30) { random in random.many(9) { $0.text() } })
    }
  }

  mutating func finding(finite: Bool) -> Finding {
    var finding = FindingSamples.finding(
      ["eval-power", "slice-coverage", text()].randomElement(using: &generator) ?? "", text(),
      Finding.Verdict.allCases.randomElement(using: &generator) ?? .fail, text())
    finding.reasons = many(12) { random in
      .init(
        ["CODE_A", "CODE_B", "CODE_C", "CODE_D"].randomElement(using: &random.generator) ?? "",
        about: Bool.random(using: &random.generator) ? random.text() : nil,
        Finding.Verdict.allCases.randomElement(using: &random.generator) ?? .fail, random.text())
    }
    finding.measures = many(12) { random in
      .init(
        random.text(), random.maybe(finite: finite), low: random.maybe(finite: finite),
        high: random.maybe(finite: finite), limit: random.maybe(finite: finite),
        unit: ["share", "points", "p", "seed", "USD", random.text()].randomElement(using: &random.generator) ?? "")
    }
    finding.figures = many(3) { $0.figure(finite: finite) }
    finding.missing = many(3) { random in
      .init(
        random.text(),
        Bool.random(using: &random.generator) ? Int.random(in: -3...1_000_000, using: &random.generator) : nil)
    }
    finding.evidence = many(3) { random in
      RecordID(
        milliseconds: Int64.random(in: 0...1_800_000_000_000, using: &random.generator), digest: SHA256Digest(of: "x"))
    }
    finding.next = text()
    finding.owner = Bool.random(using: &generator) ? text() : nil
    finding.method = text()
    finding.seed = Bool.random(using: &generator) ? UInt64.random(in: 0...(.max), using: &generator) : nil
    finding.looks = Int.random(in: 1...40, using: &generator)
    return finding
  }

  mutating func report(finite: Bool) -> CheckReport {
    let findings = many(6) { $0.finding(finite: finite) }
    var report = FindingSamples.report(findings)
    for place in report.entries.indices where Bool.random(using: &generator) {
      report.entries[place].waiver = Waiver(
        check: report.entries[place].finding.check, subject: report.entries[place].finding.subject, owner: text(),
        reason: text(), at: FindingSamples.asOf, expiresAt: FindingSamples.asOf.adding(days: 3))
    }
    report.ledger = text()
    report.projectFile = Bool.random(using: &generator) ? text() : nil
    return report
  }

  static func reports(_ count: Int, finite: Bool, seed: UInt64) -> [CheckReport] {
    var random = RandomFindings(seed: seed)
    return (0..<count).map { _ in random.report(finite: finite) }
  }
}
