import Foundation
import FoundationXML
import Testing

@testable import Records
@testable import Reports

/// SARIF, JUnit and SVG as the programs that read them need them.
@Suite struct MachineReportTests {
  private func log(_ report: CheckReport) throws -> [String: Any] {
    let document = try JSONSerialization.jsonObject(with: Data(SARIFReport.render(report).utf8))
    let log = try #require(document as? [String: Any])
    #expect(log["version"] as? String == "2.1.0")
    let runs = try #require(log["runs"] as? [[String: Any]])
    #expect(runs.count == 1)
    return try #require(runs.first)
  }

  /// What the standard and GitHub ask of a log; the schema itself is held by `Tests/reports_schemas`.
  @Test func sarifHasWhatCodeScanningNeeds() throws {
    for report in FindingPropertyTests.reports {
      let run = try log(report)
      let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
      let rules = try #require(driver["rules"] as? [[String: Any]])
      let ids = rules.compactMap { $0["id"] as? String }
      #expect(Set(ids.map { Array($0.utf8) }).count == ids.count)
      #expect(rules.allSatisfy { ($0["shortDescription"] as? [String: Any])?["text"] is String })
      let results = try #require(run["results"] as? [[String: Any]])
      let open = report.entries.filter { $0.finding.verdict != .pass }
      #expect(results.count == open.count)
      for result in results {
        let index = try #require(result["ruleIndex"] as? Int)
        #expect(ids[index] == result["ruleId"] as? String)
        #expect(["error", "warning", "note"].contains(result["level"] as? String))
        #expect(result["kind"] as? String == "fail")
        let location = try #require((result["locations"] as? [[String: Any]])?.first)
        let place = try #require(location["physicalLocation"] as? [String: Any])
        let uri = try #require((place["artifactLocation"] as? [String: Any])?["uri"] as? String)
        #expect(!uri.isEmpty && uri.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
        let prints = try #require(result["partialFingerprints"] as? [String: String])
        #expect(prints["primaryLocationLineHash"]?.wholeMatch(of: /[0-9a-f]{16}:1/) != nil)
      }
    }
  }

  @Test func levelsFollowTheVerdict() throws {
    let results = try #require(try log(FindingSamples.morning)["results"] as? [[String: Any]])
    let levels = results.map { "\($0["ruleId"] ?? "") \($0["level"] ?? "")" }
    #expect(
      levels == [
        "capability-regression error", "trust-calibration error", "slice-coverage warning", "eval-prod-parity note",
        "model-deprecation note", "prompt-budget note",
      ])
    let suppressions = try #require(results.last?["suppressions"] as? [[String: String]])
    #expect(suppressions.first?["status"] == "accepted")
    #expect(suppressions.first?["justification"]?.contains("ada") == true)
  }

  /// The same subject is the same alert whatever its numbers are; another subject is another.
  @Test func fingerprintsAreStable() throws {
    func prints(_ findings: [Finding]) throws -> [String?] {
      let results = try log(FindingSamples.report(findings))["results"] as? [[String: Any]]
      return (results ?? []).map { ($0["partialFingerprints"] as? [String: String])?["primaryLocationLineHash"] }
    }
    var later = FindingSamples.slices
    later.verdict = .fail
    later.reasons = [.init("SLICE_BELOW_FLOOR", .fail, "Below.")]
    var other = FindingSamples.slices
    other.subject = "another-suite"
    let found = try prints([FindingSamples.slices]) + prints([later]) + prints([other])
    #expect(found[0] == found[1])
    #expect(found[0] != found[2])
  }

  @Test func pathsAreURIs() {
    #expect(SARIFDocument.percentEncoded("a b/täly.yaml") == "a%20b/t%C3%A4ly.yaml")
    #expect(SARIFDocument.percentEncoded("dir\\tally.yaml") == "dir/tally.yaml")
    #expect(SARIFDocument.percentEncoded("a:b?c#d") == "a%3Ab%3Fc%23d")
  }

  /// Reads a document and counts its elements.
  private final class Counter: NSObject, XMLParserDelegate {
    var elements: [String: Int] = [:]
    var attributes: [[String: String]] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      elements[name, default: 0] += 1
      if name == "testcase" { self.attributes.append(attributes) }
    }
  }

  private func counted(_ text: String) -> Counter? {
    let counter = Counter()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = counter
    return parser.parse() ? counter : nil
  }

  @Test func junitIsWellFormed() throws {
    for report in FindingPropertyTests.reports {
      let text = JUnitReport.render(report)
      let read = try #require(counted(text), "\(text)")
      let counting = report.entries.filter(\.counts)
      let waived = report.entries.filter { !$0.counts && $0.finding.verdict != .pass }
      #expect(read.elements["testcase", default: 0] == report.entries.count)
      #expect(read.elements["failure", default: 0] == counting.count { $0.finding.verdict == .fail })
      #expect(read.elements["error", default: 0] == counting.count { $0.finding.verdict == .unknown })
      #expect(read.elements["skipped", default: 0] == waived.count)
      #expect(read.attributes.allSatisfy { $0["name"]?.isEmpty == false })
    }
  }

  @Test func namesSurviveXML() throws {
    var finding = FindingSamples.passing
    finding.subject = "a<b> & \"c\" 'd' ]]>"
    let read = try #require(counted(JUnitReport.render(FindingSamples.report([finding]))))
    #expect(read.attributes.first?["name"] == finding.subject)
  }

  @Test func picturesAreWellFormed() throws {
    for report in FindingPropertyTests.reports {
      for (place, figure) in report.entries.flatMap(\.finding.figures).enumerated() {
        let text = FigureSVG.render(figure, width: place % 2 == 0 ? 720 : 100)
        let read = try #require(counted(text), "\(text)")
        #expect(read.elements["svg"] == 1)
        #expect(read.elements["desc"] == 1)
        #expect(read.elements["script"] == nil && read.elements["a"] == nil && read.elements["image"] == nil)
      }
    }
  }

  @Test func namesOfPicturesAreNames() {
    let entry = FindingSamples.report([FindingSamples.slices]).entries[0]
    let name = FigureSVG.fileName(entry, index: 0)
    #expect(name.wholeMatch(of: /slice-coverage-support-suite-[0-9a-f]{8}-0\.svg/) != nil)
    var names: Set<String> = []
    for report in FindingPropertyTests.reports {
      for entry in report.entries { names.insert(FigureSVG.fileName(entry, index: 1)) }
    }
    for name in names { #expect(name.wholeMatch(of: /[a-z0-9-]+\.svg/) != nil, "\(name)") }
    var escaping = FindingSamples.slices
    escaping.check = "../../etc"
    #expect(FigureSVG.fileName(.init(finding: escaping), index: 0).hasPrefix("etc-support-suite-"))
  }
}
