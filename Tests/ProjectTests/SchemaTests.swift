@testable import Project
import Records
import Testing

@Suite struct SchemaTests {
  let schema = ProjectSchema.json(policies: catalogue)

  /// All keys of the schema as `section.key`, ids as `<>`.
  private func keys(_ schema: JSONValue, _ section: String) -> Set<String> {
    var found: Set<String> = []
    if case .string(let reference)? = schema["$ref"] {
      let name = String(reference.split(separator: "/").last ?? "")
      return keys(self.schema["$defs"]?[name] ?? .null, section)
    }
    if case .object(let properties)? = schema["properties"] {
      for member in properties.members {
        let path = section.isEmpty ? member.key : "\(section).\(member.key)"
        found.insert(path)
        found.formUnion(keys(member.value, path))
      }
    }
    if let inner = schema["additionalProperties"], inner != false { found.formUnion(keys(inner, "\(section).<>")) }
    if case .array(let choices)? = schema["anyOf"] {
      for choice in choices { found.formUnion(keys(choice, section)) }
    }
    if let items = schema["items"] { found.formUnion(keys(items, section)) }
    return found
  }

  @Test func listsExactlyTheKeys() {
    let known = Set(
      KnownKey.all(catalogue).map { key in
        let section = key.section.replacing(/<[a-z_]+>/, with: "<>")
        return section.isEmpty ? key.name : "\(section).\(key.name)"
      })
    // The names of checks are keys of the schema; subjects repeat the keys of `policies`.
    let checks = ["default"] + catalogue.checks
    let listed = keys(schema, "").filter { path in
      let parts = path.split(separator: ".").map(String.init)
      let place = parts.firstIndex(of: "policies") ?? parts.count
      if place > 0, place < parts.count - 1 { return false }
      return !(parts.first == "policies" && parts.count == 2 && checks.contains(parts[1]))
    }
    #expect(listed.subtracting(known) == [] && known.subtracting(listed) == [])
    #expect(known.count > 80)
  }

  @Test func saysDefaultsRangesAndWhatKeysMean() throws {
    let floor = try #require(schema["properties"]?["slices"]?["additionalProperties"]?["properties"]?["floor"])
    #expect(
      floor == [
        "type": "number", "minimum": 0.0, "maximum": 1.0, "description": "Least pass rate (share)", "default": 0.8,
      ])
    let design = try #require(schema["properties"]?["suites"]?["additionalProperties"]?["properties"]?["design"])
    #expect(design["enum"] == ["auto", "paired", "unpaired"] && design["default"] == "auto")
    #expect(schema["$defs"]?["eval-power"]?["properties"]?["window"]?["default"] == "7d")
    #expect(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema")
    #expect(try JSONValue(parsing: schema.rendered()).canonical() == schema.canonical())
  }

  @Test func everyKeyIsDocumentedInOneLine() {
    func undocumented(_ schema: JSONValue, _ path: String) -> [String] {
      var found: [String] = []
      if case .object(let properties)? = schema["properties"] {
        for member in properties.members where member.value["$ref"] == nil && member.key != "default" {
          let place = "\(path).\(member.key)"
          if case .string(let text)? = member.value["description"], !text.isEmpty, !text.contains("\n"),
            !text.hasSuffix(".")
          {
            found += undocumented(member.value, place)
          } else {
            found.append(place)
          }
        }
      }
      for key in ["additionalProperties", "items"] {
        if let inner = schema[key], inner != false { found += undocumented(inner, path) }
      }
      return found
    }
    #expect(undocumented(schema, "") == [])
  }

  @Test(arguments: [
    fullFile, "{}", "suites:", "suites: {a: ~}", "ledger: postgres://x", "include: a.yaml",
    "include: [a.yaml, 'b/*.yaml']",
    "suites: {a: {version: 7, baseline: 2024, candidate: true}}", "suites: {a: {floor: ~, planned_n: ~}}",
    "gates: {a: {mode: off}}", "gates: {a: {require: []}}", "policies: {classifier-risk: {spend: ~}}",
    "classifiers: {a: {suite: b, labels: {c: {}, d: ~}}}", "policies: {eval-power: {window: 30s}}",
    "features: {a: {target: ~, rot: ~}}", "features: {a: {target: {}}}",
    "use_cases: {a: {suite: b, max_failure_rate: 1e-9}}",
    "suites: {a: {policies: {eval-power: {correction: none}}}}", "policies: {default: {confidence: .5}}",
    "features: {a: {target: {max_spend: 0 USD}}}", "pipelines: {a: {stages: {b: {budget_p95: 1ms, cache_key: ~}}}}",
    "pipelines: {a: {stages: {b: ~}, slo_p95: 15m, cache_key: []}}",
    "features: {a: {parity: {suite: b, variant: ~}}}",
    "features: {a: {deployment: {suite: b, precision: {reference: c, shipped: d}}}}",
    "features: {a: {coevolution: {suite: b, launch_profile: ~}}}",
    "models: {a: {price: {input_per_mtok: 0.15 USD}}, b: ~}", "redaction: {find: [], patterns: [{match: a, as: b}]}",
  ])
  func acceptsWhatTheReaderAccepts(text: String) throws {
    if !text.hasPrefix("include") { #expect(errors(text) == "") }
    let root = try #require(YAMLReader.read(Array(text.utf8), file: "").root)
    #expect(SchemaCheck(root: schema).faults(root.json) == [])
  }

  @Test(arguments: [
    "suits: {}", "suites: [a]", "suites: {a: {flor: 1}}", "suites: {a: {floor: 1.5}}", "suites: {a: {floor: \"0.5\"}}",
    "suites: {a: {floor: half}}", "suites: {a: {planned_n: 0}}", "suites: {a: {planned_n: 1.5}}", "suites: {\"\": {}}",
    "suites: {a: {design: pared}}", "suites: {a: {metrics: []}}", "suites: {a: {metrics: ~}}",
    "suites: {a: {natural_mix: yes}}",
    "suites: {a: {metrics: [{type: ~}]}}", "suites: {a: {slice_tag: ~}}", "suites: {a: {baseline: \"\"}}",
    "suites: {a: {baseline: [a]}}", "slices: {a: {}}", "slices: {a: ~}", "slices: {a: {where: {}}}",
    "slices: {a: {where: ~}}",
    "slices: {a: {where: {b: [c]}}}", "slices: {a: {where: {b: c}, cost_of_error: 0}}", "use_cases: {a: {suite: b}}",
    "use_cases: {a: {suite: b, max_failure_rate: 0}}", "use_cases: {a: {suite: b, max_failure_rate: 1}}",
    "use_cases: {a: {suite: b, max_failure_rate: 0.1, severity: 6}}", "classifiers: {a: {suite: b, review: 5}}",
    "classifiers: {a: {suite: b, review: -5 USD}}", "classifiers: {a: {suite: b, review: 5 usd}}",
    "features: {a: {candidate_sha256: abc}}", "features: {a: {capabilities: [{name: a}]}}", "features: {a: {rot: {}}}",
    "features: {a: {parity: {}}}", "features: {a: {deployment: {suite: b, label_sampling: biased}}}",
    "features: {a: {deployment: {suite: b, precision: {shipped: d}}}}",
    "features: {a: {coevolution: {suite: b, launch_profile: abc}}}",
    "features: {a: {coevolution: {suite: b, window_days: 0}}}",
    "gates: {a: {require: [b]}}", "gates: {a: {require: eval-power}}", "gates: {a: {mode: ~}}", "policies: {b: {}}",
    "policies: {eval-power: {window: 30}}", "policies: {eval-power: {window: 1w}}",
    "policies: {eval-power: {window: 0s}}",
    "policies: {eval-power: {alpa: 0.1}}", "policies: {default: {power: 0.1}}",
    "policies: {classifier-risk: {grid: []}}",
    "policies: {classifier-risk: {breaker: {allowed: 2}}}", "suites: {a: {policies: {eval-power: {alpha: 7}}}}",
    "suites: {a: {policies: {default: {}}}}", "policies: {eval-power: {resamples: 99}}", "- a", "hello",
    "include: {a: b}",
    "include: \"\"", "ledger: [a]", "pipelines: {a: {}}", "pipelines: {a: {stages: {b: {kind: chatter}}}}",
    "pipelines: {a: {stages: {}, slo_p95: 0ms}}", "pipelines: {a: {stages: {}, slo_p95: 1.5s}}",
    "models: {a: {price: {input_per_mtok: 3}}}", "redaction: {content: hide}", "redaction: {patterns: [{as: b}]}",
    "pipelines: {a: {stages: {b: {per_item: 0}}}}",
    "pipelines: {a: {stages: {b: {batch: 0}}}}",
  ])
  func refusesWhatTheReaderRefuses(text: String) throws {
    #expect(errors(text) != "")
    let root = try #require(YAMLReader.read(Array(text.utf8), file: "").root)
    #expect(SchemaCheck(root: schema).faults(root.json) != [])
  }
}
