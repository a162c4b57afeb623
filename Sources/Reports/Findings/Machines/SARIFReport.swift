internal import Records

/// Findings as SARIF 2.1.0, for code scanning.
///
/// - A check is a rule, a finding a result: level `error` for a fail, `warning` for an unknown, `note` for a warning.
/// - `kind` is `fail` for all of them, although SARIF has `open` for what could not be decided: a result of another kind
///   must have the level `none` (3.27.10), and GitHub shows every result as an alert, whatever its kind says. So an
///   unknown would lose its level, and a pass would become an alert. The verdict stands in `properties.verdict`.
/// - Findings that pass are rules without a result; GitHub then closes the alert.
/// - A waived finding is a `note` with an accepted suppression.
/// - Every result is placed at the project file, since GitHub refuses results without a place, and its fingerprint is
///   made of check and subject only: the alert stays the same while the numbers change.
public enum SARIFReport {
  /// - Parameter questions: what each check asks, by its id; the id itself where it is left out.
  public static func render(
    _ report: CheckReport, questions: [String: String] = [:], options: ReportOptions = ReportOptions()
  ) -> String {
    SARIFDocument(report: report, questions: questions, options: options).document.document()
  }
}

/// The parts of a SARIF log.
struct SARIFDocument {
  let report: CheckReport
  let questions: [String: String]
  let options: ReportOptions

  var document: JSONValue {
    .object([
      (
        "$schema", .string("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json")
      ),
      ("version", .string("2.1.0")),
      ("runs", .array([run])),
    ])
  }

  /// The checks that have findings, each once, in the order of the report.
  private var checks: [String] {
    var seen: Set<String> = []
    return report.entries.map(\.finding.check).filter { seen.insert($0).inserted }
  }

  private var run: JSONValue {
    let checks = checks
    let places = Dictionary(uniqueKeysWithValues: checks.enumerated().map { ($1, $0) })
    var driver: [(key: String, value: JSONValue)] = [("name", .string("tallystick"))]
    if !options.version.isEmpty { driver.append(("version", .string(options.version))) }
    driver.append(("rules", .array(checks.map(rule))))
    return .object([
      ("tool", .object([("driver", .object(driver))])),
      ("automationDetails", .object([("id", .string("tally-check/"))])),
      ("columnKind", .string("unicodeCodePoints")),
      (
        "results",
        .array(
          report.worstFirst.filter { $0.finding.verdict != .pass }.map { result($0, places[$0.finding.check] ?? 0) })
      ),
      (
        "properties",
        .object([
          ("as_of", .string(report.asOf.description)), ("ledger", .string(report.ledger)),
          ("verdict", .string(report.verdict?.rawValue ?? "none")),
          ("not_applicable", .array(report.notApplicable.map { .string($0) })),
        ])
      ),
    ])
  }

  private func rule(_ check: String) -> JSONValue {
    let question = questions[check].flatMap { $0.isEmpty ? nil : $0 } ?? check
    return .object([
      ("id", .string(check)),
      ("shortDescription", .object([("text", .string(SARIFDocument.plain(question)))])),
      ("defaultConfiguration", .object([("level", .string("error"))])),
      ("help", .object([("text", .string("tally explain \(SARIFDocument.plain(check))"))])),
    ])
  }

  private func result(_ entry: CheckReport.Entry, _ place: Int) -> JSONValue {
    let finding = entry.finding
    var members: [(key: String, value: JSONValue)] = [
      ("ruleId", .string(finding.check)),
      ("ruleIndex", .integer(place)),
      ("kind", .string("fail")),
      ("level", .string(level(entry))),
      ("message", .object([("text", .string(message(entry)))])),
      ("locations", .array([location(finding.subject)])),
      ("partialFingerprints", fingerprints(finding)),
    ]
    if let waiver = entry.waiver {
      members.append(
        (
          "suppressions",
          .array([
            .object([
              ("kind", .string("external")), ("status", .string("accepted")),
              ("justification", .string("Waived " + WaiverText.line(waiver))),
            ])
          ])
        ))
    }
    members.append(("properties", properties(entry)))
    return .object(members)
  }

  private func level(_ entry: CheckReport.Entry) -> String {
    guard entry.counts else { return "note" }
    switch entry.finding.verdict {
    case .fail: return "error"
    case .unknown: return "warning"
    case .warn, .pass: return "note"
    }
  }

  /// GitHub shows the first sentence alone in lists, so the headline comes first.
  private func message(_ entry: CheckReport.Entry) -> String {
    let finding = entry.finding
    var lines = [SARIFDocument.plain(finding.sentence)]
    lines.append(
      "\(VerdictSign(entry).word): \(SARIFDocument.plain(finding.check)), \(SARIFDocument.plain(finding.subject))")
    lines += finding.reasons.map { "- \(SARIFDocument.plain($0.line))" }
    lines += finding.missing.map { "Missing: \(SARIFDocument.plain($0.line))" }
    if !finding.next.isEmpty { lines.append("Next: \(SARIFDocument.plain(finding.next))") }
    return lines.joined(separator: "\n")
  }

  private func location(_ subject: String) -> JSONValue {
    .object([
      (
        "physicalLocation",
        .object([
          ("artifactLocation", artifact),
          ("region", .object([("startLine", .integer(1))])),
        ])
      ),
      (
        "logicalLocations",
        .array([.object([("name", .string(subject)), ("kind", .string("subject"))])])
      ),
    ])
  }

  private var artifact: JSONValue {
    let path = report.projectFile.flatMap { $0.isEmpty ? nil : $0 } ?? "tally.yaml"
    let uri = SARIFDocument.percentEncoded(path)
    return path.hasPrefix("/")
      ? .object([("uri", .string("file://" + uri))])
      : .object([("uri", .string(uri)), ("uriBaseId", .string("%SRCROOT%"))])
  }

  /// GitHub reads `primaryLocationLineHash` only, and would make it of the line of the file, which is the same for all
  /// findings of a check.
  private func fingerprints(_ finding: Finding) -> JSONValue {
    let digest = CheckReport.Entry.fingerprint(check: finding.check, subject: finding.subject)
    return .object([
      ("primaryLocationLineHash", .string("\(digest.prefix(16)):1")), ("tallyFinding/v1", .string(digest)),
    ])
  }

  private func properties(_ entry: CheckReport.Entry) -> JSONValue {
    let finding = entry.finding
    let measures = finding.measures.map { JSONValue($0.json) }
    return .object([
      ("verdict", .string(finding.verdict.rawValue)), ("waived", .bool(!entry.counts)),
      ("subject", .string(finding.subject)), ("codes", .array(finding.reasons.map { .string($0.code) })),
      ("measures", .array(measures)), ("owner", .string(finding.owner ?? "")),
      ("expires_at", .string(finding.expiresAt.description)),
      ("policy_sha256", .string(finding.policySHA256.description)),
      ("inputs_sha256", .string(finding.inputsSHA256.description)),
    ])
  }

  /// Text of a message: without control characters, and with the braces and links of SARIF's own markup (3.11.5 and
  /// 3.11.6) made ordinary.
  static func plain(_ text: String) -> String {
    TerminalText.safe(text).replacing("{", with: "{{").replacing("}", with: "}}").replacing("](", with: "] (")
  }

  /// A path as a URI reference (RFC 3986): everything but unreserved characters and slashes is encoded.
  static func percentEncoded(_ path: String) -> String {
    var result = ""
    for byte in path.replacing("\\", with: "/").utf8 {
      let isUnreserved: Bool =
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: "~"), UInt8(ascii: "/"):
          true
        default: false
        }
      if isUnreserved {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    return result
  }
}

extension CheckReport.Entry {
  /// What makes a finding the same finding in the next run: SHA-256 of check and subject, in hex.
  static func fingerprint(check: String, subject: String) -> String {
    SHA256Digest(of: "\(check.utf8.count):\(check)\(subject)").description
  }
}
