import Testing

@testable import Intake

private func result(
  _ question: String, _ passed: Bool, provider: String = "openai:a", more: String = "", output: String = "o"
) -> String {
  #"{"testCase":{"vars":{"question":"\#(question)","k":1},"assert":[{"type":"equals"}],"metadata":{"topic":"t \#(question)"}},"#
    + #""provider":{"id":"\#(provider)","label":""},"prompt":{"raw":"x","label":"Answer {{question}}"},"#
    + #""response":{"output":"\#(output)","cached":false,"tokenUsage":{"total":7}},"cost":0.5,"success":\#(passed),"score":0.25,"#
    + #""namedScores":{"style":0.75},"failureReason":0\#(more)}"#
}

private func document(_ rows: [String]) -> String {
  #"{"evalId":"e","results":{"version":3,"prompts":[],"results":[\#(rows.joined(separator: ","))],"stats":{}}}"#
}

@Suite("promptfoo results")
struct PromptfooTests {
  @Test("an item is variables and assertions, an arm a prompt with a provider, a repeat another draw")
  func shape() throws {
    let rows = [result("q1", true), result("q1", false), result("q2", true), result("q1", true, provider: "openai:b")]
    for text in [document(rows), rows.joined(separator: "\n")] {
      let reading = try collect(text)
      #expect(reading.summary.format == .promptfoo)
      #expect(reading.scores == [1, 0, 1, 1])
      #expect(reading.rows.map(\.repetition) == ["1", "2", "1", "1"])
      #expect(reading.summary.variants == ["openai:a · Answer {{question}}", "openai:b · Answer {{question}}"])
      #expect(reading.items[0] == reading.items[1] && reading.items[0] == reading.items[3])
      #expect(reading.items[0] != reading.items[2] && reading.items[0].hasPrefix("q1 #"))
      #expect(reading.rows.allSatisfy { $0.tokens == 7 && $0.cost == 0.5 })
    }
  }

  @Test("the order of variables and the description do not tell items apart, assertions do")
  func identity() throws {
    let first = #"{"success":true,"testCase":{"description":"one","vars":{"a":"1","b":[1,{"x":null}]},"assert":[]}}"#
    let second = #"{"success":true,"testCase":{"assert":[],"vars":{"b":[1, {"x": null}],"a":"1"},"description":"two"}}"#
    let third = #"{"success":true,"testCase":{"vars":{"a":"1","b":[1,{"x":null}]},"assert":[{"type":"is-json"}]}}"#
    let items = try collect([first, second, third].joined(separator: "\n")).items
    #expect(items[0] == items[1] && items[0] != items[2])
  }

  @Test("errors of the provider and of the grader are missing scores; failed assertions are not")
  func errors() throws {
    let rows = [
      result("a", false, more: #","error":"HTTP 500","failureReason":2"#),
      result("b", false, more: #","failureReason":1,"error":"Expected x","gradingResult":{"pass":false}"#),
      result("c", false, more: #","gradingResult":{"componentResults":[{"metadata":{"graderError":true}}]}"#),
      result("d", true, more: #","gradingResult":{"metadata":{"graderError":false}}"#),
    ]
    #expect(try collect(document(rows)).scores == [nil, 0, nil, 1])
  }

  @Test("an output from the cache is no new draw")
  func cached() throws {
    let cached = result("q", true).replacing(#""cached":false"#, with: #""cached":true"#)
    let other = result("q", true, output: "other").replacing(#""cached":false"#, with: #""cached":true"#)
    let reading = try collect(document([cached, result("q", true), result("q", false), other, cached, other]))
    #expect(reading.scores == [1, 0, 1])
    #expect(reading.rows.map(\.repetition) == ["1", "2", "3"])
    #expect(reading.summary.warnings.count == 1)
    #expect(reading.summary.warnings[0].contains("3 of 6 results repeat an earlier draw"))
    // A run that was answered wholly from the cache still has its draws.
    #expect(try collect(document([cached, other])).rows.count == 2)
  }

  @Test("metrics, prompts and providers are chosen by name")
  func choices() throws {
    let text = document([result("q", true), result("q", false, provider: "openai:b")])
    #expect(try collect(text) { $0.metric = "score" }.scores == [0.25, 0.25])
    #expect(try collect(text) { $0.metric = "style" }.scores == [0.75, 0.75])
    #expect(try collect(text) { $0.provider = "openai:b" }.scores == [0])
    #expect(try collect(text) { $0.prompt = "Answer {{question}}" }.scores == [1, 0])
    #expect(try collect(text) { $0.cluster = "topic" }.rows.map(\.cluster) == ["t q", "t q"])
    #expect(try collect(text) { $0.slices = ["vars.k"] }.rows.map(\.slices) == [["1"], ["1"]])
    #expect(fault(text) { $0.metric = "tone" }?.contains("success, score, style") == true)
    #expect(fault(text) { $0.provider = "x" }?.contains("openai:a · Answer") == true)
    #expect(fault(text) { $0.cluster = "x" }?.contains("vars.NAME") == true)
    #expect(fault(text) { $0.scorer = "x" }?.contains("--scorer x does not apply") == true)
  }

  @Test("the table of version 2 gives the items of version 3")
  func table() throws {
    let head = #"{"prompts":[{"raw":"x","label":"Answer {{question}}","provider":"openai:a"}],"vars":["question"]}"#
    let test = #"{"vars":{"question":"q1","k":1},"assert":[{"type":"equals"}]}"#
    let outputs = #"[{"pass":true,"score":1,"text":"o","gradingResult":{"pass":true}}]"#
    let failed = #"[{"pass":false,"score":0,"text":"boom"}]"#
    let body =
      #"[{"outputs":\#(outputs),"vars":["q1"],"test":\#(test)},{"outputs":\#(failed),"vars":["q1"],"test":\#(test)}]"#
    let reading = try collect(
      #"{"results":{"version":2,"results":[{"success":true,"vars":{}}],"table":{"head":\#(head),"body":\#(body)}}}"#)
    #expect(reading.scores == [1, nil])
    #expect(reading.items[0] == (try collect(result("q1", true)).items[0]))
    #expect(reading.summary.variants == ["openai:a · Answer {{question}}"])
  }
}

@Suite("lm-evaluation-harness samples")
struct LMEvaluationTests {
  private static func line(_ id: Int, filter: String = "none", more: String = #","acc":1.0,"acc_norm":0.0"#) -> String {
    #"{"doc_id":\#(id),"doc":{"subject":"s\#(id)"},"resps":[["x"]],"filtered_resps":["x"],"filter":"\#(filter)","#
      + #""metrics":["acc","acc_norm"],"doc_hash":"h\#(id)","prompt_hash":"p\#(id)"\#(more)}"#
  }

  private func read(_ lines: [String], _ configure: (inout IntakeOptions) -> Void = { _ in }) throws -> Reading {
    let directory = try TemporaryDirectory()
    directory.makeDirectory("org__model")
    let path = try directory.write(
      Array(lines.joined(separator: "\n").utf8), to: "org__model/samples_arc_easy_2024-11-05T13-31-45.123456.jsonl")
    var options = IntakeOptions()
    configure(&options)
    return try collect([path], options)
  }

  @Test("items are documents, the suite the task, the arm the model, and the prompt's hash goes along")
  func shape() throws {
    let reading = try read([Self.line(1), Self.line(2)])
    #expect(reading.summary.format == .lmEvaluation)
    #expect(reading.items == ["h1", "h2"])
    #expect(reading.scores == [1, 1])
    #expect(reading.rows.allSatisfy { $0.suite == "arc_easy" && $0.variant == "org__model" })
    #expect(reading.rows.map(\.configuration) == ["p1", "p2"])
    #expect(reading.summary.guesses.map(\.option) == ["--metric"])
    #expect(try read([Self.line(1)]) { $0.metric = "acc_norm" }.scores == [0])
    #expect(try read([Self.line(1)]) { $0.cluster = "subject" }.rows.map(\.cluster) == ["s1"])
  }

  @Test("one filter is read, the first one unless another is named")
  func filters() throws {
    let lines = [Self.line(1), Self.line(1, filter: "strict", more: #","acc":0,"acc_norm":0"#), Self.line(2)]
    #expect(try read(lines).scores == [1, 1])
    #expect(try read(lines) { $0.scorer = "strict" }.scores == [0])
    #expect(throws: IntakeError.self) { try read(lines) { $0.scorer = "loose" } }
  }

  @Test("a document that occurs twice is a repeat; documents without a hash pair on their number, with a warning")
  func documents() throws {
    #expect(try read([Self.line(1), Self.line(1)]).rows.map(\.repetition) == ["1", "2"])
    let reading = try read([#"{"doc_id":7,"resps":[],"exact_match":true}"#])
    #expect(reading.items == ["7"] && reading.scores == [1])
    #expect(reading.summary.warnings.contains { $0.contains("no doc_hash") })
  }

  @Test("a metric that is a list is refused, with those that are numbers")
  func lists() {
    let line = Self.line(1, more: #","acc":[1,2],"acc_norm":0.5"#)
    do {
      _ = try read([line])
      Issue.record("a list was read as a score")
    } catch { #expect("\(error)".contains("\"acc\" is a list") && "\(error)".contains("--metric: acc_norm")) }
  }

  @Test(
    "paths",
    arguments: [
      ("out/m/samples_gsm8k_2024-11-05T13-31-45.jsonl", "gsm8k", "m"), ("samples_a_b.jsonl", "a_b", nil),
      ("m/results.jsonl", nil, nil), ("./samples_x_2024-01-01T00-00-00.1.jsonl", "x", nil),
    ] as [(String, String?, String?)])
  func paths(path: String, task: String?, model: String?) {
    let file = LMEvaluationFile(path: path)
    #expect(file.task == task && file.model == model)
  }
}
