import Foundation
import Guards
import Records
import SeededRandom
import Testing

/// The judgement of values by schemas: against an oracle, at its limits, and where nothing is sure.
@Suite struct JSONSchemaTests {
  private struct Row {
    let isJudged: Bool
    let schema: JSONValue
    let cases: [(value: JSONValue, fits: Bool)]
  }

  private static let steps = 1_000_000

  /// What python-jsonschema says, as `Oracles/json_schemas.py` asked it.
  private static func rows() throws -> [Row] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/json-schemas.jsonl")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      let row = try JSONValue(parsing: String(line))
      return Row(
        isJudged: row["judged"] == .bool(true), schema: try #require(row["schema"]),
        cases: (row["cases"]?.elements ?? []).map { ($0.elements[0], $0.elements[1] == .bool(true)) })
    }
  }

  private static func verdict(_ schema: String, _ value: String, steps: Int = steps) throws -> JSONSchema.Verdict {
    JSONSchema(try JSONValue(parsing: schema)).verdict(on: try JSONValue(parsing: value), steps: steps)
  }

  @Test func itSaysWhatTheOracleSays() throws {
    var seen: [Bool: Int] = [:]
    for row in try JSONSchemaTests.rows() where row.isJudged {
      for (value, fits) in row.cases {
        let verdict = JSONSchema(row.schema).verdict(on: value, steps: JSONSchemaTests.steps)
        let expected: JSONSchema.Verdict = fits ? .holds : .broken
        if verdict != expected {
          Issue.record("\(try row.schema.line()) \(try value.line()): \(verdict), the oracle says \(fits)")
        }
        seen[fits, default: 0] += 1
      }
    }
    #expect(seen[true, default: 0] > 1_000 && seen[false, default: 0] > 1_000)
    #expect(seen.values.reduce(0, +) >= 3_000)
  }

  /// With keywords that are not judged, nobody is accused who fits, wherever they stand; and what is said is true.
  @Test func whatIsNotJudgedIsNotSaid() throws {
    var seen: [JSONSchema.Verdict: Int] = [:]
    for row in try JSONSchemaTests.rows() where !row.isJudged {
      for (value, fits) in row.cases {
        let verdict = JSONSchema(row.schema).verdict(on: value, steps: JSONSchemaTests.steps)
        #expect(verdict == .unknown || (verdict == .holds) == fits, "\(row.schema) \(value)")
        seen[verdict, default: 0] += 1
      }
    }
    #expect([.holds, .broken, .unknown].allSatisfy { seen[$0, default: 0] > 50 }, "\(seen)")
  }

  /// With few steps, less is said and nothing else.
  @Test func fewerStepsSayLessAndNothingElse() throws {
    var random = SplitMix(seed: 77)
    var silent = 0
    for row in try JSONSchemaTests.rows() {
      for (value, _) in row.cases {
        let whole = JSONSchema(row.schema).verdict(on: value, steps: JSONSchemaTests.steps)
        let verdict = JSONSchema(row.schema).verdict(on: value, steps: random.below(12))
        #expect(verdict == whole || verdict == .unknown)
        if verdict != whole { silent += 1 }
      }
    }
    #expect(silent > 500)
  }

  @Test(
    arguments: [
      // What is written with more digits than are kept may be another number.
      (#"{"const":9223372036854775808}"#, "9223372036854775809", .unknown),
      (#"{"exclusiveMaximum":9223372036854775809}"#, "9223372036854775808", .unknown),
      (#"{"maximum":9223372036854775808}"#, "9223372036854775809", .holds),
      (#"{"multipleOf":0.01}"#, "1e20", .unknown), (#"{"type":"integer"}"#, "1e300", .holds),
      (#"{"maximum":9223372036854775807}"#, "9223372036854775808", .broken),
      (#"{"minimum":-9223372036854775808}"#, "-9223372036854775808.0", .holds),
      (#"{"minimum":-9223372036854775808}"#, "-1e19", .broken), (#"{"multipleOf":0}"#, "1", .unknown),
      (#"{"multipleOf":1e-300}"#, "7", .holds), (#"{"multipleOf":3e-300}"#, "7", .broken),
      (#"{"multipleOf":3e-300}"#, "9", .holds), (#"{"multipleOf":1e300}"#, "7", .unknown),
      // Texts are compared as they are written.
      (#"{"const":"\#u{e9}"}"#, #""e\#u{301}""#, .broken), (#"{"required":["\#u{e9}"]}"#, #"{"e\#u{301}":1}"#, .broken),
      (#"{"uniqueItems":true}"#, #"["\#u{e9}","e\#u{301}"]"#, .holds),
      // What is not known, or not written as it should be.
      (##"{"$ref":"other.json"}"##, "1", .unknown), (##"{"$ref":"#/$defs/none"}"##, "1", .unknown),
      (##"{"$ref":"#anchor"}"##, "1", .unknown), (##"{"type":"text"}"##, "1", .unknown),
      (##"{"type":5}"##, "1", .unknown),
      (#"{"type":["text","integer"]}"#, "1", .holds), (#"{"minimum":"3"}"#, "1", .unknown),
      (#"{"minLength":-1}"#, #""""#, .unknown), (#"{"required":["a",1]}"#, "{}", .broken),
      (#"{"required":["a",1]}"#, #"{"a":1}"#, .unknown), (#"{"items":[{"type":"string"}]}"#, "[1]", .unknown),
      (#"{"format":"email"}"#, #""x""#, .unknown), (#"{"format":"email"}"#, "{}", .holds),
      (#"{"not":{"pattern":"x"}}"#, #""x""#, .unknown), (#"{"type":"string","nullable":true}"#, "null", .unknown),
      (#"{"enum":["a"],"nullable":true}"#, "null", .unknown), (#"{"type":"string","nullable":true}"#, "1", .broken),
      (#"{"type":"string","nullable":false}"#, "null", .broken), (#""no schema""#, "1", .unknown),
      // Another base, and another draft.
      (#"{"properties":{"a":{"$id":"x","type":"string"}}}"#, #"{"a":1}"#, .unknown),
      (#"{"$id":"x","type":"string","$defs":{}}"#, "1", .broken),
      (##"{"$defs":{"a":{"$id":"x","b":{"type":"string"}}},"$ref":"#/$defs/a/b"}"##, "1", .unknown),
      (
        ##"{"$schema":"http://json-schema.org/draft-07/schema#","$defs":{"a":true},"$ref":"#/$defs/a","type":"string"}"##,
        "1", .holds
      ),
      (
        ##"{"$schema":"https://json-schema.org/draft/2020-12/schema","$defs":{"a":true},"$ref":"#/$defs/a","type":"string"}"##,
        "1", .broken
      ),
    ] as [(String, String, JSONSchema.Verdict)])
  func limits(_ schema: String, _ value: String, _ expected: JSONSchema.Verdict) throws {
    #expect(try JSONSchemaTests.verdict(schema, value) == expected)
  }

  /// A schema that costs more than it should is left.
  @Test func nobodyIsKeptBusy() throws {
    #expect(try JSONSchemaTests.verdict(##"{"$ref":"#"}"##, "1") == .unknown)
    #expect(try JSONSchemaTests.verdict(##"{"not":{"$ref":"#"}}"##, "1") == .unknown)
    // Doubled forty times.
    let doubled = (0..<40).map {
      ##""d\##($0)":{"allOf":[{"$ref":"#/$defs/d\##($0 + 1)"},{"$ref":"#/$defs/d\##($0 + 1)"}]}"##
    }
    let schema = "{\"$ref\":\"#/$defs/d0\",\"$defs\":{\(doubled.joined(separator: ",")),\"d40\":{\"type\":\"string\"}}}"
    #expect(try JSONSchemaTests.verdict(schema, "\"x\"", steps: 100_000) == .unknown)
    #expect(try JSONSchemaTests.verdict(schema, "1", steps: 100_000) == .broken)
    // Each reference looks for a `$id` among three thousand members.
    let many3 = (0..<3_000).map { "\"a\($0)\":1" }.joined(separator: ",")
    let twice = [String](repeating: ##"{"$ref":"#/x"}"##, count: 100).joined(separator: ",")
    let often = [String](repeating: ##"{"$ref":"#/z"}"##, count: 50).joined(separator: ",")
    let wide = ##"{"x":{"type":"integer",\##(many3)},"z":{"anyOf":[\##(twice)]},"anyOf":[\##(often)]}"##
    #expect(try JSONSchemaTests.verdict(wide, "{}", steps: 4 * wide.utf8.count) == .unknown)
    #expect(try JSONSchemaTests.verdict(wide, "{}", steps: 10_000_000) == .broken)
    // A million comparisons.
    let many = "[\((0..<1_500).map { "\($0)" }.joined(separator: ","))]"
    #expect(try JSONSchemaTests.verdict(#"{"uniqueItems":true}"#, many, steps: 100_000) == .unknown)
    #expect(try JSONSchemaTests.verdict(#"{"uniqueItems":true}"#, many, steps: 2_000_000) == .holds)
  }
}
