import Records
import Testing

@testable import Intake

/// The files of a batch become the calls that there were.
struct OpenAIBatchTests {
  private static let request =
    #"{"custom_id":"q1","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hello"}],"temperature":0.5,"max_tokens":64,"user":"u-7","metadata":{"feature":"desk"},"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]}}"#
  private static let answer =
    #"{"id":"batch_req_1","custom_id":"q1","response":{"status_code":200,"request_id":"r1","body":{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":20,"completion_tokens":5,"total_tokens":25,"prompt_tokens_details":{"cached_tokens":8},"completion_tokens_details":{"reasoning_tokens":2}},"service_tier":"default"}},"error":null}"#
  private static let failed =
    #"{"id":"batch_req_2","custom_id":"q2","response":{"status_code":429,"request_id":"r2","body":{"error":{"message":"Slow down","type":"rate_limit","code":"rate_limit_exceeded"}}},"error":null}"#
  private static let expired =
    #"{"id":"batch_req_3","custom_id":"q3","response":null,"error":{"code":"batch_expired","message":"Not in time."}}"#

  /// Reads texts as the files `0`, `1`, … of one call.
  private func read(
    _ files: [String], _ configure: (inout RecordOptions) -> Void = { _ in }
  ) throws -> (sink: RecordCollector, summary: IntakeSummary) {
    let directory = try TemporaryDirectory()
    let paths = try files.enumerated().map { try directory.write(Array($0.element.utf8), to: "\($0.offset)") }
    var options = RecordOptions(now: testTime)
    configure(&options)
    var sink = RecordCollector()
    let summary = try Intake.readRecords(paths, options: options, into: &sink)
    #expect(summary.files.allSatisfy { $0.format == .openAIBatch })
    return (sink, summary)
  }

  private func fault(_ files: [String]) -> String {
    do {
      _ = try read(files)
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test func aRequestAndItsAnswerAreACall() throws {
    for files in [
      [Self.request, Self.answer], [Self.answer, Self.request], [Self.answer + "\n" + Self.request + "\n"],
    ] {
      let (sink, summary) = try read(files) { $0.spans.featureAttributes = ["openai.metadata.feature"] }
      #expect(summary.records == 1 && summary.warnings.isEmpty, "\(summary.warnings)")
      let span = try #require(sink.spans.first)
      #expect(span.name == "chat" && span.spanKind == "chat" && span.feature == "desk" && span.userID == "u-7")
      #expect(span.modelRequested == "gpt-4o-mini" && span.modelServed == "gpt-4o-mini-2024-07-18")
      #expect(span.startedAt == Instant("2023-11-14T22:13:20Z") && span.endedAt == nil && span.status == .ok)
      #expect(span.inputTokens == 20 && span.outputTokens == 5 && span.cachedTokens == 8)
      #expect(member("tokens/reasoning", of: span.attributes) == "2")
      #expect(member("billing/processing", of: span.attributes) == #""batch""#)
      #expect(member("openai.batch.reported_service_tier", of: span.attributes) == #""default""#)
      #expect(member("openai.batch.custom_id", of: span.attributes) == #""q1""#)
      #expect(span.finishReason == "tool_call" && span.parameters == #"{"max_tokens":64,"temperature":0.5}"#)
      #expect(span.contents.input != nil && span.contents.output != nil && span.contents.tools != nil)
      #expect(span.contents.other == nil && span.contents.instructions == nil)
      #expect(span.traceID.utf8.count == 32 && span.spanID.utf8.count == 16 && span.parentID == nil)
    }
  }

  /// What was said is written as every other source writes it.
  @Test func wordsAreThoseOfTheConventions() throws {
    var sink = ContentCollector()
    let source = try Array((Self.request + "\n" + Self.answer).utf8).withUnsafeBytes {
      try ByteSource(copying: $0, name: "batch")
    }
    _ = try Intake.readRecords(source, options: RecordOptions(now: testTime), into: &sink)
    #expect(
      sink.texts.contains(
        #"[{"parts":[{"content":"Be brief.","type":"text"}],"role":"system"},{"parts":[{"content":"Hello","type":"text"}],"role":"user"}]"#
      ))
    #expect(
      sink.texts.contains(
        #"[{"finish_reason":"tool_calls","parts":[{"arguments":{"a":1},"id":"c1","name":"f","type":"tool_call"}],"role":"assistant"}]"#
      ), "\(sink.texts)")
  }

  @Test func errorsAreCallsThatFailed() throws {
    let requests = ["q1", "q2", "q3"].map { Self.request.split(separator: "q1", maxSplits: 1).joined(separator: $0) }
    let (sink, summary) = try read([requests.joined(separator: "\n"), Self.answer, Self.failed + "\n" + Self.expired])
    #expect(sink.spans.map(\.status) == [.ok, .error, .error])
    #expect(sink.spans.map(\.errorType) == [nil, "rate_limit_exceeded", "batch_expired"])
    #expect(member("http.response.status_code", of: sink.spans[1].attributes) == "429")
    #expect(member("status_message", of: sink.spans[2].attributes) == #""Not in time.""#)
    // They say no time: the newest of the others' is theirs, in whatever order the files are.
    #expect(
      sink.spans.allSatisfy { $0.startedAt == Instant("2023-11-14T22:13:20Z") && $0.modelRequested == "gpt-4o-mini" })
    #expect(summary.warnings.count == 1 && summary.warnings[0].contains("2 answers say no time"), "\(summary.warnings)")
    let again = try read([Self.expired + "\n" + Self.failed, Self.answer, requests.joined(separator: "\n")]).sink.spans
    #expect(Set(again.map { "\($0)" }) == Set(sink.spans.map { "\($0)" }))
    let at = try #require(Instant("2026-01-01T00:00:00Z"))
    #expect(try read([Self.failed]) { $0.at = at }.sink.spans.first?.startedAt == at)
  }

  @Test func answersAloneAreCallsOfWhichLessIsKnown() throws {
    let (sink, summary) = try read([Self.answer])
    let span = try #require(sink.spans.first)
    #expect(span.modelRequested == nil && span.modelServed == "gpt-4o-mini-2024-07-18" && span.spanKind == "chat")
    #expect(span.contents.input == nil && span.contents.output != nil)
    #expect(summary.warnings.count == 1 && summary.warnings[0].contains("without their requests"))
    // The same call by the same names, so that it is replaced when its request comes.
    let whole = try #require(try read([Self.request, Self.answer]).sink.spans.first)
    #expect(whole.spanID == span.spanID && whole.traceID == span.traceID && whole.startedAt == span.startedAt)
  }

  @Test func whatHasNoPartnerIsSaid() throws {
    let other = Self.request.split(separator: "q1", maxSplits: 1).joined(separator: "q9")
    let (sink, summary) = try read([other, Self.answer])
    #expect(sink.spans.count == 1 && sink.spans[0].modelRequested == nil)
    #expect(summary.warnings.contains { $0.hasPrefix("1 answers have no request in these files, such as 'q1'") })
    #expect(summary.warnings.contains { $0.hasPrefix("1 requests have no answer in these files, such as 'q9'") })
    let alone = fault([Self.request])
    #expect(alone.contains("nothing says what became of them") && alone.contains("output file"), "\(alone)")
  }

  @Test func aCustomIDThatComesTwiceIsRefused() {
    let lines = fault([Self.request + "\n\n" + Self.request])
    #expect(lines.contains("/0:3: a second request with the custom_id 'q1'; the first is at line 1."), "\(lines)")
    let files = fault([Self.request, Self.answer, Self.answer])
    #expect(files.contains("/2:1: a second answer with the custom_id 'q1'; the first is at "), "\(files)")
    #expect(files.contains("/1:1. If the files are of different batches, ingest one batch at a time."))
  }

  @Test func whatIsNoRowIsRefusedWithItsPlace() {
    #expect(
      fault([Self.request + "\n" + #"{"custom_id":"x","method":"POST"}"#]).contains("/0:2:1: the row 'x' is neither"))
    #expect(fault([Self.answer + "\n" + #"{"id":"y","response":{}}"#]).contains("/0:2:1: the row has no custom_id"))
    #expect(fault([Self.answer + "\n[1]"]).contains("/0:2:1: expected an object: a row of a batch"))
    #expect(fault([Self.answer + "\n" + Self.request.dropLast(3)]).contains("/0:2:"))
    // What a JSON text may not have, found when the row is read whole.
    let twice = #"{"custom_id":"z","response":{"body":{"a":1,"a":2}}}"#
    #expect(fault([Self.answer + "\n" + twice]).contains("/0:2:44: "), "\(fault([Self.answer + "\n" + twice]))")
  }

  @Test func responsesAndEmbeddings() throws {
    let requests = [
      #"{"custom_id":"r","method":"POST","url":"/v1/responses","body":{"model":"o4-mini","instructions":"Be kind.","input":"Hi","max_output_tokens":9}}"#,
      #"{"custom_id":"e","method":"POST","url":"/v1/embeddings","body":{"model":"text-embedding-3-small","input":["a","b"]}}"#,
    ]
    let answers = [
      #"{"id":"b1","custom_id":"r","response":{"status_code":200,"request_id":"1","body":{"id":"resp_1","object":"response","created_at":1700000000,"completed_at":1700000004,"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"error":null,"model":"o4-mini-1","output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hello","annotations":[]}]},{"type":"function_call","call_id":"k","name":"f","arguments":"{}"}],"usage":{"input_tokens":7,"input_tokens_details":{"cached_tokens":1},"output_tokens":9,"output_tokens_details":{"reasoning_tokens":4},"total_tokens":16}}},"error":null}"#,
      #"{"id":"b2","custom_id":"e","response":{"status_code":200,"request_id":"2","body":{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.1,0.2]}],"model":"text-embedding-3-small","usage":{"prompt_tokens":4,"total_tokens":4}}},"error":null}"#,
    ]
    let (sink, summary) = try read([requests.joined(separator: "\n"), answers.joined(separator: "\n")])
    #expect(sink.spans.map(\.spanKind) == ["chat", "embeddings"] && summary.warnings.count == 1)
    let (response, vectors) = (sink.spans[0], sink.spans[1])
    #expect(
      response.startedAt == Instant("2023-11-14T22:13:20Z") && response.endedAt == Instant("2023-11-14T22:13:24Z"))
    #expect(response.inputTokens == 7 && response.outputTokens == 9 && response.cachedTokens == 1)
    #expect(response.finishReason == "length" && response.contents.instructions != nil && response.status == .ok)
    #expect(vectors.inputTokens == 4 && vectors.contents.input != nil && vectors.contents.output == nil)
    // Answers alone tell what they are by what they hold.
    #expect(try read([answers.joined(separator: "\n")]).sink.spans.map(\.name) == ["responses", "embeddings"])
  }

  @Test func aRefusalIsSeen() throws {
    let refused = Self.answer.split(separator: #""content":null"#).joined(separator: #""content":null,"refusal":"No.""#)
    let span = try #require(try read([refused]).sink.spans.first)
    #expect(span.refusal == true)
  }

  /// Rows of other tools that only look alike.
  @Test func otherRowsAreNoBatch() throws {
    for text in [
      #"{"custom_id":"a","score":1,"item":"x"}"# + "\n" + #"{"custom_id":"b","score":0,"item":"y"}"#,
      #"{"id":"a","response":"text","score":1}"# + "\n" + #"{"id":"b","response":"more","score":0}"#,
    ] {
      let source = try Array(text.utf8).withUnsafeBytes { try ByteSource(copying: $0, name: "rows") }
      #expect(try FormatDetection.format(of: source) == .jsonLines)
    }
  }
}

/// Keeps what was said.
private struct ContentCollector: RecordSink {
  var texts: Set<String> = []

  mutating func receive(_ record: Record) {}
  mutating func receive(_ content: Content) { texts.insert(String(decoding: content.bytes, as: UTF8.self)) }
}
