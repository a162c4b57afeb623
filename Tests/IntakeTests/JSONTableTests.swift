import Testing

@testable import Intake

@Suite struct JSONTableTests {
  @Test func readsLines() throws {
    let text = """
      {"item_id":"q1","score":1,"model":"a"}
      {"item_id":"q2","score":false,"model":"a"}

      {"score":null,"model":"a","item_id":3}
      """
    let result = try collect(text)
    #expect(result.summary.format == .jsonLines)
    #expect(result.items == ["q1", "q2", "3"])
    #expect(result.scores == [1, 0, nil])
    #expect(result.summary.variants == ["a"])
    #expect(result.summary.rows == 3)
  }

  @Test func readsOneLine() throws {
    #expect(try collect(#"{"item_id":5,"score":1}"#).rows == [CollectedRow(item: "5", score: 1)])
  }

  @Test func readsArraysAndTheOneArrayInAnObject() throws {
    let rows = #"[{"id":"ü","passed":true},{"id":"\u00e9\t","passed":"no"}]"#
    let array = try collect(rows)
    #expect(array.summary.format == .jsonArray)
    #expect(array.items == ["ü", "é\t"])
    #expect(array.scores == [1, 0])
    let wrapped = try collect(#"{"meta":{"n":[1]},"rows":"# + rows + #","note":"x"}"#)
    #expect(wrapped.rows == array.rows)
  }

  @Test func prefersWellKnownRows() throws {
    let text = #"{"prompts":[{"id":1}],"results":[{"id":"q","score":1}]}"#
    #expect(try collect(text).items == ["q"])
    #expect(
      fault(#"{"this":[{"id":1}],"that":[{"id":"q","score":1}]}"#)
        == "input: has several arrays of objects: this, that. Write the one with the rows to a file of its own.")
  }

  @Test func aHeadAroundRowsIsNoRow() throws {
    #expect(try collect(#"{"name":"run","score":0.9,"results":[{"id":"q","score":1}]}"#).items == ["q"])
  }

  @Test func readsNestedFields() throws {
    let text = #"{"id":"q","metrics":{"acc":0.5},"usage":{"input_tokens":3,"output_tokens":4}}"# + "\n"
    let result = try collect(text + text)
    #expect(result.scores == [0.5, 0.5])
    #expect(result.rows[0].tokens == 7)
    #expect(result.summary.guesses.contains(.init(role: "score", column: "metrics.acc", option: "--score")))
    #expect(
      try collect(#"{"id":1,"metrics.acc":1}"# + "\n" + #"{"id":2,"metrics":{"acc":0}}"#) {
        $0.scores = ["metrics.acc"]
      }.scores == [1, 0])
  }

  @Test func acceptsPythonsNaNAsMissing() throws {
    #expect(
      try collect(#"{"id":1,"score":NaN}{"id":2,"score":-Infinity}{"id":3,"score":1e0}"#).scores == [nil, nil, 1])
  }

  @Test func keepsSeveralEscapedTextsOfARowApart() throws {
    let row = #"{"id":"a\n1","score":1,"model":"m\n2","cluster_id":"c\n3"}"#
    let result = try collect(row + row)
    #expect(result.rows[1] == CollectedRow(item: "a\n1", variant: "m\n2", score: 1, cluster: "c\n3"))
  }

  @Test func aNamedColumnMayComeLate() throws {
    let plain = String(repeating: #"{"id":1,"score":1}"# + "\n", count: 100)
    let late = plain + #"{"id":2,"score":1,"lang":"de"}"#
    #expect(try collect(late) { $0.slices = ["lang"] }.rows.last?.slices == ["de"])
    #expect(
      fault(plain) { $0.slices = ["lang"] } == "input: no row has the column 'lang'. Check the name of the column.")
  }

  @Test(arguments: [
    (
      "{\"id\":1,\"score\":1}\n{\"id\":2,\"score\":1",
      "input:2:18: expected ',' or '}' after a value, found end of file. The file is cut off: write or copy it again."
    ),
    ("{\"id\":1,\"score\":1}\n[1]\n", "input:2:1: expected a row object, found '['."),
    ("{\"id\":1,\"score\":1}\n,{\"id\":2}", "input:2:1: expected a value, found ','."),
    (
      "{\"id\":1,\"score\":1}\n{\"id\":2,\"score\":[1]}",
      "input:2:17: column 'score' is an object or a list, not a score. Name another column, or write numbers, "
        + "true/false, pass/fail, yes/no; leave the field empty when it is missing."
    ),
    (
      "{\"id\":1,\"score\":1}\n{\"score\":1}",
      "input:2:1: the row has no item id in column 'id'. Name the column of the item with --item."
    ),
    (
      "{\"id\":1,\"score\":1}\n{\"id\":2,\"score\":1,\"score\":0}",
      "input:2:20: the field 'score' occurs twice in one row. Write each field once a row."
    ),
    (
      "{\"id\":1,\"score\":1}\n{\"id\":2,\"score\":1e999}",
      "input:2:17: column 'score': '1e999' is too large for a score. Name another column, or write numbers, "
        + "true/false, pass/fail, yes/no; leave the field empty when it is missing."
    ),
    ("[{\"id\":1,\"score\":1}] x", "input:1:22: expected end of file, found 'x'."),
    (
      "{}",
      "input: holds an empty object. Give CSV, TSV, JSON lines, an array of objects, or a map from item id to outcome."
    ),
    (
      "[]",
      "input: is a JSON array without row objects or ids. "
        + "Give CSV, TSV, JSON lines, an array of objects, or a map from item id to outcome."
    ),
    (
      "{\"a\":\"b\",\"c\":{}}",
      "input: is a JSON object of no known format, with the keys a, c. "
        + "Give CSV, TSV, JSON lines, an array of objects, or a map from item id to outcome."
    ),
    ("{\"a\":", "input:1:6: expected a value, found end of file. The file is cut off: write or copy it again."),
    ("", "input: is empty. Check that the run wrote its results."),
  ])
  func namesThePlaceOfAFault(text: String, expected: String) {
    #expect(fault(text) == expected)
  }

  @Test func deepNestingIsRefused() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(fault(#"{"id":1,"score":1,"x":"# + deep)?.hasPrefix("input:1:") == true)
    #expect(fault(String(repeating: #"{"a":"#, count: 100_000))?.contains("nested deeper than 512 levels") == true)
  }
}

@Suite struct IDListTests {
  @Test func readsAMap() throws {
    let result = try collect(#"{"a":true,"b":false,"ü\n":0.5,"d":null}"#)
    #expect(result.summary.format == .idMap)
    #expect(result.items == ["a", "b", "ü\n", "d"])
    #expect(result.scores == [1, 0, 0.5, nil])
  }

  @Test func aMapHasOnlyOutcomes() {
    let many = (0..<300).map { "\"q\($0)\":true" }.joined(separator: ",")
    #expect(
      fault("{\(many),\n\"z\":\"x\"}")
        == "input:2:5: expected true, false, a number or null as outcome of an item, found '\"'.")
    #expect(fault("{\(many)}}") == "input:1:\(many.count + 3): expected a value, found '}'.")
  }

  @Test func averagesAreNoOutcomes() {
    #expect(fault(#"{"accuracy":0.8,"n":100}"#)?.contains("no known format, with the keys accuracy, n") == true)
  }

  @Test func readsABareList() throws {
    let result = try collect(#"["a","b","a"]"#)
    #expect(result.summary.format == .resolvedList)
    #expect(result.items == ["a", "b"])
    #expect(result.summary.listsOnlyPasses)
    #expect(fault(#"["a",1]"#) == "input:1:6: expected an item id in double quotes, found '1'.")
  }

  @Test func readsASWEBenchReport() throws {
    let result = try collect(
      """
      {"total_instances": 6, "submitted_instances": 5, "completed_ids": ["a","b","c"], "incomplete_ids": ["f"],
       "empty_patch_ids": ["d"], "submitted_ids": ["a","b","c","d","e"], "resolved_ids": ["b"],
       "unresolved_ids": ["a","c"], "error_ids": ["e"], "schema_version": 2}
      """)
    #expect(result.summary.format == .resolvedList)
    let scores = Dictionary(uniqueKeysWithValues: result.rows.map { ($0.item, $0.score) })
    #expect(scores == ["a": 0, "b": 1, "c": 0, "d": 0, "e": 0])
    #expect(!result.summary.listsOnlyPasses)
    #expect(result.summary.warnings.count == 1)
  }
}

@Suite struct OpenAIEvalsTests {
  private static let spec = #"{"spec":{"completion_fns":["m"],"eval_name":"e","run_id":"r"}}"# + "\n"
  private static let report = #"{"final_report":{"accuracy":0.5}}"# + "\n"

  private func event(_ id: Int, _ sample: String, _ type: String, _ data: String) -> String {
    #"{"run_id":"r","event_id":\#(id),"sample_id":"\#(sample)","type":"\#(type)","data":\#(data),"created_by":""}"#
      + "\n"
  }

  @Test func readsMatches() throws {
    let result = try collect(
      Self.spec + event(0, "s.0", "sampling", #"{"prompt":"x"}"#)
        + event(1, "s.0", "match", #"{"correct":true,"expected":"a","picked":"a"}"#)
        + event(2, "s.1", "match", #"{"correct":false}"#) + Self.report)
    #expect(result.summary.format == .openAIEvals)
    #expect(result.items == ["s.0", "s.1"])
    #expect(result.scores == [1, 0])
    #expect(result.summary.warnings.isEmpty)
  }

  @Test func readsMetrics() throws {
    let lines =
      Self.spec + event(0, "s.0", "metrics", #"{"score":0.25,"f1":0.5}"#)
      + event(1, "s.1", "metrics", #"{"score":1,"f1":0.75}"#)
    #expect(try collect(lines).scores == [0.25, 1])
    #expect(try collect(lines) { $0.metric = "f1" }.scores == [0.5, 0.75])
    #expect(try collect(lines).summary.warnings.count == 1)
    #expect(fault(lines) { $0.metric = "bleu" } == "input: no event has the metric 'bleu'. Its metrics are: score, f1.")
    let open = Self.spec + event(0, "s", "metrics", #"{"x":1,"y":2}"#)
    #expect(fault(open) == "input: it is not clear which metric is the score. Choose with --metric: x, y.")
  }

  @Test func saysWhenNothingWasScored() {
    #expect(fault(Self.spec + event(0, "s", "sampling", "{}"))?.contains("nothing was scored") == true)
  }
}
