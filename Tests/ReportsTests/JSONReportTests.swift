import Foundation
import Testing

@testable import Comparison
@testable import Reports

@Suite struct JSONReportTests {
  static func schema(_ name: String) throws -> [String: Any] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appendingPathComponent("Documentation/schemas/tally.\(name)-1.json")
    return try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
  }

  /// Problems are failures of the test.
  static func check(_ text: String, _ name: String) throws {
    let schema = try schema(name)
    let document = try JSONSerialization.jsonObject(with: Data(text.utf8))
    let problems = SchemaCheck(root: schema).problems(document, schema, at: "$")
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
  }

  @Test func comparisonsKeepTheSchema() throws {
    for result in Samples.all.map(\.result) + PropertyTests.randomResults.prefix(40) {
      try JSONReportTests.check(JSONReport.render(result), "compare")
    }
  }

  @Test func rankingsAndPlansKeepTheSchema() throws {
    for sample in Samples.rankings { try JSONReportTests.check(JSONReport.render(sample.result), "rank") }
    for sample in Samples.plans { try JSONReportTests.check(JSONReport.render(sample.plan), "power") }
  }

  /// A program that reads the codes finds each of them in the schema.
  @Test(arguments: ["compare", "rank"])
  func everyReasonIsDocumented(name: String) throws {
    let definitions = try JSONReportTests.schema(name)["$defs"] as? [String: Any]
    let items = (definitions?["reasons"] as? [String: Any])?["items"] as? [String: Any]
    let text = try #require(items?["description"] as? String)
    let words = Set(text.split { !$0.isUppercase && $0 != "_" }.map(String.init))
    for code in Reason.Code.allCases { #expect(words.contains(code.rawValue), "\(code.rawValue)") }
  }

  /// A checker that accepted anything would prove nothing.
  @Test func theCheckerFindsWhatIsWrong() throws {
    let schema = try JSONReportTests.schema("compare")
    let text = JSONReport.render(Samples.improved)
    let broken = [
      text.replacingOccurrences(of: "\"improved\"", with: "\"better\""),
      text.replacingOccurrences(of: "\"verdict\":", with: "\"word\":"),
      text.replacingOccurrences(of: "\"p\": 0.0032", with: "\"p\": \"0.0032\""),
      text.replacingOccurrences(of: "\"union\": 800", with: "\"union\": 800.5"),
      text.replacingOccurrences(of: "tally.compare/1", with: "tally.compare/2"),
    ]
    for document in broken {
      #expect(document != text)
      let value = try JSONSerialization.jsonObject(with: Data(document.utf8))
      #expect(!SchemaCheck(root: schema).problems(value, schema, at: "$").isEmpty)
    }
  }

  @Test func stringsSurvive() throws {
    let names = [Samples.hostile, Samples.rightToLeft, Samples.family, "", "\u{0}\u{1F}\u{7F}\u{2029}\\\"/", "=1+1"]
    for name in names {
      var result = Samples.improved
      result.candidate.name = name
      let text = JSONReport.render(result)
      #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0 == "\u{2028}" || $0 == "\u{2029}" })
      let document = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
      let candidate = document?["candidate"] as? [String: Any]
      let read = try #require(candidate?["name"] as? String)
      #expect(Array(read.unicodeScalars) == Array(name.unicodeScalars))
    }
  }

  @Test func numbersAndSeedSurvive() throws {
    var result = Samples.improved
    result.seed = .max
    result.evidence?.estimate = 0.1 + 0.2
    let text = JSONReport.render(result)
    let document = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    #expect(document?["seed"] as? String == "18446744073709551615")
    // Read from the text: Foundation's parser on Linux loses the last digit of this number.
    #expect(text.contains("\"estimate\": 0.30000000000000004,"))
  }

  @Test func showLimitsTheFlips() throws {
    var options = ReportOptions()
    for (show, count) in [(0, 0), (1, 2), (5, 8), (100, 10)] {
      options.show = show
      let text = JSONReport.render(Samples.improved, options: options)
      let document = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
      #expect((document?["flips"] as? [Any])?.count == count)
    }
  }
}

/// Checks a document against the part of JSON Schema that the schemas here use; a key that no schema names is a problem
/// too, so that nothing is written undocumented.
struct SchemaCheck {
  let root: [String: Any]

  func problems(_ value: Any, _ schema: [String: Any], at path: String) -> [String] {
    if let reference = schema["$ref"] as? String {
      let name = reference.split(separator: "/").last.map(String.init) ?? ""
      guard let target = (root["$defs"] as? [String: Any])?[name] as? [String: Any] else {
        return ["\(path): no definition \(name)"]
      }
      return problems(value, target, at: path)
    }
    if let constant = schema["const"] as? String, value as? String != constant { return ["\(path): not \(constant)"] }
    if let choices = schema["enum"] as? [Any] {
      let isChosen = choices.contains {
        ($0 is NSNull && value is NSNull) || ($0 as? String == value as? String && value is String)
      }
      return isChosen ? [] : ["\(path): not among the choices"]
    }
    if let choices = schema["oneOf"] as? [[String: Any]] {
      let found = choices.map { problems(value, $0, at: path) }
      return found.count(where: \.isEmpty) == 1 ? [] : ["\(path): fits not one alternative: \(found)"]
    }
    let types = (schema["type"] as? [String]) ?? (schema["type"] as? String).map { [$0] } ?? []
    if !types.isEmpty, !types.contains(where: { SchemaCheck.matches(value, $0) }) { return ["\(path): not \(types)"] }
    if let members = value as? [Any], let items = schema["items"] as? [String: Any] {
      return members.enumerated().flatMap { problems($1, items, at: "\(path)[\($0)]") }
    }
    guard let object = value as? [String: Any] else { return [] }
    return problems(object: object, schema, at: path)
  }

  private func problems(object: [String: Any], _ schema: [String: Any], at path: String) -> [String] {
    let properties = schema["properties"] as? [String: Any] ?? [:]
    let required = schema["required"] as? [String] ?? []
    var found = required.filter { object[$0] == nil }.map { "\(path).\($0): missing" }
    for (key, member) in object {
      guard let described = properties[key] as? [String: Any] else {
        found.append("\(path).\(key): not described")
        continue
      }
      found += problems(member, described, at: "\(path).\(key)")
    }
    return found
  }

  private static func matches(_ value: Any, _ type: String) -> Bool {
    switch type {
    case "null": value is NSNull
    case "string": value is String
    case "array": value is [Any]
    case "object": value is [String: Any]
    case "boolean": (value as? NSNumber).map(isBoolean) ?? false
    case "number": (value as? NSNumber).map { !isBoolean($0) } ?? false
    case "integer": (value as? NSNumber).map { !isBoolean($0) && $0.doubleValue.rounded() == $0.doubleValue } ?? false
    default: false
    }
  }

  private static func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}
