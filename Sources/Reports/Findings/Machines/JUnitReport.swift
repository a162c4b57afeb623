internal import Records

/// Findings as JUnit XML, for the test pages of CI systems: a suite for each check, a case for each subject.
///
/// A fail is a `failure`. An unknown is an `error`, which CI shows in red as well: as `skipped` it would look green. A
/// warning passes and says so in `system-out`; a waived finding is `skipped` with the waiver as its reason. Checks that do
/// not apply are no cases.
public enum JUnitReport {
  public static func render(_ report: CheckReport) -> String { JUnitDocument(report: report).text }
}

struct JUnitDocument {
  let report: CheckReport

  var text: String {
    let counts = Counts(report.entries)
    var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
    lines.append("<testsuites\(XMLText.attributes([("name", "tally check")] + counts.attributes))>")
    for (check, entries) in suites {
      let attributes = [("name", check)] + Counts(entries).attributes + [("timestamp", timestamp)]
      lines.append("  <testsuite\(XMLText.attributes(attributes))>")
      lines += entries.flatMap(testCase)
      lines.append("  </testsuite>")
    }
    lines.append("</testsuites>")
    return lines.joined(separator: "\n") + "\n"
  }

  /// ISO 8601 to the second and without an offset, as the schemas in use ask for.
  private var timestamp: String { String(report.asOf.description.prefix(19)) }

  private var suites: [(check: String, entries: [CheckReport.Entry])] {
    var suites: [(check: String, entries: [CheckReport.Entry])] = []
    var places: [String: Int] = [:]
    for entry in report.entries {
      if let place = places[entry.finding.check] {
        suites[place].entries.append(entry)
      } else {
        places[entry.finding.check] = suites.count
        suites.append((entry.finding.check, [entry]))
      }
    }
    return suites
  }

  private func testCase(_ entry: CheckReport.Entry) -> [String] {
    let finding = entry.finding
    let head =
      "    <testcase"
      + XMLText.attributes([
        ("classname", finding.check), ("name", finding.subject.isEmpty ? "(no name)" : finding.subject), ("time", "0"),
      ])
    guard let element = Counts.element(entry) else {
      guard finding.verdict == .warn else { return [head + "/>"] }
      return [head + ">", "      <system-out>" + details(entry), "</system-out>", "    </testcase>"]
    }
    var attributes = [("message", message(entry))]
    if element != "skipped" { attributes.append(("type", finding.leadingCode ?? finding.verdict.rawValue)) }
    return [
      head + ">", "      <\(element)\(XMLText.attributes(attributes))>" + details(entry), "</\(element)>",
      "    </testcase>",
    ]
  }

  private func message(_ entry: CheckReport.Entry) -> String {
    if let waiver = entry.waiver { return "Waived \(WaiverText.line(waiver))" }
    return (entry.finding.verdict == .unknown ? "Unknown: " : "") + entry.finding.sentence
  }

  private func details(_ entry: CheckReport.Entry) -> String {
    let finding = entry.finding
    var lines = [VerdictSign(entry).word + ": " + finding.sentence]
    lines += finding.reasons.map { "- " + $0.line }
    lines += finding.measures.map { measure in
      let cells = MeasureText(measure)
      return ([cells.name + ":", cells.value] + (cells.range.isEmpty ? [] : ["(\(cells.range))"]) + [cells.limit])
        .filter { !$0.isEmpty }.joined(separator: " ")
    }
    lines += finding.missing.map { "Missing: " + $0.line }
    if !finding.next.isEmpty { lines.append("Next: " + finding.next) }
    return lines.map(XMLText.escaped).joined(separator: "\n")
  }

  /// How many cases of a suite end in what.
  private struct Counts {
    var attributes: [(String, String)]

    init(_ entries: [CheckReport.Entry]) {
      let elements = entries.compactMap(Counts.element)
      func count(_ name: String) -> String { String(elements.count { $0 == name }) }
      attributes = [
        ("tests", String(entries.count)), ("failures", count("failure")), ("errors", count("error")),
        ("skipped", count("skipped")), ("time", "0"),
      ]
    }

    /// The element that marks a case; nil for one that passes.
    static func element(_ entry: CheckReport.Entry) -> String? {
      switch entry.finding.verdict {
      case .pass: nil
      case _ where !entry.counts: "skipped"
      case .fail: "failure"
      case .unknown: "error"
      case .warn: nil
      }
    }
  }
}
