import Pricing
import Records
import Testing

@testable import Intake

/// Exports that real SDKs made (`Fixtures/otlp/make_otlp.py`), unmodified.
struct SDKTests {
  private func read(_ name: String) throws -> (OTLPCollector, OTLPOutcome) {
    let folder = "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/Fixtures/otlp/"
    let source = try ByteSource(path: folder + name + ".pb")
    #expect(try FormatDetection.format(of: source) == .otlpProtobuf)
    let (collected, outcome) = try receive(Array(source.bytes), .protobuf)
    return (collected, outcome)
  }

  @Test func openTelemetry() throws {
    let (collected, outcome) = try read("sdk")
    #expect(outcome.spans == 3 && outcome.rejected == 0)
    let chat = try #require(collected.spans.first { $0.spanKind == "chat" })
    let tool = try #require(collected.spans.first { $0.spanKind == "tool" })
    let agent = try #require(collected.spans.first { $0.spanKind == "agent" })
    #expect(chat.parentID == agent.spanID && tool.parentID == agent.spanID && agent.parentID == nil)
    #expect(chat.inputTokens == 1200 && chat.finishReason == "length" && chat.feature == "support")
    #expect(chat.tags.values == ["environment": "test"])
    #expect(
      member("big", of: chat.attributes) == "\"1152921504606846976\""
        && member("list", of: chat.attributes) == #"["a","b"]"#)
    #expect(tool.status == .timeout && tool.errorType == "TimeoutError")
  }

  @Test(arguments: ["openinference", "openllmetry_openai"])
  func openAI(instrumentation: String) throws {
    let (collected, _) = try read(instrumentation)
    let span = try #require(collected.spans.first)
    let content = try #require(collected.contents.first)
    #expect(
      span.spanKind == "chat" && span.modelRequested == "gpt-4o-mini" && span.modelServed == "gpt-4o-mini-2024-07-18")
    #expect(span.inputTokens == 1200 && span.outputTokens == 40 && span.cachedTokens == 1024)
    #expect(member("tokens/reasoning", of: span.attributes) == "16" && span.finishReason == "stop")
    #expect(member("max_tokens", of: span.parameters) == "64" && member("temperature", of: span.parameters) == "0.2")
    // Two conventions, one content.
    #expect(
      content.input?.json
        == #"[{"parts":[{"content":"Be brief.","type":"text"}],"role":"system"},"#
        + #"{"parts":[{"content":"When does it arrive?","type":"text"}],"role":"user"}]"#)
    #expect(content.output?.json.contains(#"{"content":"On Tuesday.","type":"text"}"#) == true)
    #expect(span.attributes?.contains("Tuesday") == false && span.attributes?.contains("arrive") == false)
  }

  @Test func anthropic() throws {
    let span = try #require(read("openllmetry_anthropic").0.spans.first)
    // The provider answered 20 beside 1,000 read from and 100 written to its cache.
    #expect(span.inputTokens == 1120 && span.cachedTokens == 1000 && span.outputTokens == 12)
    #expect(member("tokens/cache_write", of: span.attributes) == "100")
  }

  @Test func langfuse() throws {
    let (collected, _) = try read("langfuse")
    let span = try #require(collected.spans.first { $0.name == "llm" })
    #expect(span.spanKind == "chat" && span.inputTokens == 1200 && span.cost == Money("0.00123 USD"))
    #expect(collected.spans.contains { $0.name == "answer" && $0.spanID == span.parentID })
  }
}

/// Published files, with the numbers of the notes that came with them.
@Suite(.enabled(if: hasSharedData, "the shared data sets are not beside the package"))
struct OTLPRealDataTests {
  private func records(_ name: String) throws -> (RecordCollector, IntakeSummary) {
    var sink = RecordCollector()
    let summary = try Intake.readRecords(
      [sharedData + "/traces-otlp/" + name], options: RecordOptions(now: Instant(nanoseconds: 0)), into: &sink)
    return (sink, summary)
  }

  @Test func specificationExamples() throws {
    let (sink, summary) = try records("trace.json")
    #expect(summary.format == .otlpJSON && sink.spans.count == 1)
    #expect(
      sink.spans.first?.traceID == "5b8efff798038103d269b633813fc60c" && sink.spans.first?.feature == "my.service")
    for (name, warning) in [
      ("logs.json", "1 log records"), ("events.json", "1 log records"), ("metrics.json", "metrics were passed over"),
    ] {
      let (sink, summary) = try records(name)
      #expect(sink.spans.isEmpty && summary.warnings.contains { $0.contains(warning) })
    }
  }

  /// The attributes of a fixture as one span.
  private func twin(_ name: String) throws -> (span: SpanRecord, content: SpanContent) {
    let source = try ByteSource(path: sharedData + "/traces-otlp/openinference_" + name + ".json")
    guard case .object(let object) = try JSONValue(parsing: source.bytes) else { throw Shapeless() }
    return try mapped(
      object.members.map { member in
        switch member.value {
        case .string(let text): (member.key, .text(text))
        case .integer(let value): (member.key, .integer(value))
        case .number(let value): (member.key, .real(value))
        case .array(let values): (member.key, .list(values.map { .text($0.text ?? "") }))
        default: (member.key, .absent)
        }
      })
  }

  private struct Shapeless: Error {}

  @Test func twinsAgree() throws {
    let modern = try twin("otel_genai_client_span_tool_calls")
    let older = try twin("otel_genai_deprecated_client_span_tool_calls")
    let translated = try twin("openinference_client_span_tool_calls")
    for span in [modern.span, older.span, translated.span] {
      #expect(span.spanKind == "chat" && span.modelRequested == "gpt-4" && span.modelServed == "gpt-4-0613")
      #expect(span.inputTokens == 97 && span.outputTokens == 52)
      #expect(member("temperature", of: span.parameters) == "0.5" && member("top_p", of: span.parameters) == "0.9")
    }
    #expect(modern.content.input == older.content.input)
    #expect(translated.content.input?.json == modern.content.input?.json)
    let tool = try twin("otel_genai_tool_execution_span")
    #expect(tool.span.spanKind == "tool" && tool.span.tool == "get_weather")
  }

  /// 788 usage objects that providers answered with, against the counts that the project they come from reads of them.
  @Test func usageObjects() throws {
    let source = try ByteSource(path: sharedData + "/genai-usages/usages.json.gz")
    let items = try JSONValue(parsing: source.bytes).elements
    #expect(items.count == 788)
    var compared = 0
    var differing: [String] = []
    for item in items {
      guard let body = item["body"], let usage = body["usage"] ?? body["usageMetadata"],
        let readings = item["extracted"]?.elements.compactMap({ $0["usage"] }), !readings.isEmpty
      else { continue }
      let text = try usage.line()
      let buckets = text.withBorrowed { text -> TokenBuckets? in
        let tape = ValueTape()
        return tape.append(json: text).flatMap { ProviderUsage.buckets(tape, $0) }
      }
      compared += 1
      let found = [
        "input_tokens": buckets?.input, "output_tokens": buckets?.output, "cache_read_tokens": buckets?.cacheRead,
        "cache_write_tokens": buckets?.cacheWrite,
      ]
      // The project reads some objects in the manner of several providers, of which not all know the cache.
      let agrees = readings.contains { reading in
        found.allSatisfy { key, count in (reading[key]?.whole ?? 0) == (count ?? 0) }
      }
      if !agrees { differing.append("\(try readings.map { try $0.line() }), not \(found): \(text)") }
    }
    #expect(compared == 788)
    #expect(differing.isEmpty, "\(differing.count): \(differing.prefix(12).joined(separator: "\n"))")
  }
}

extension String {
  /// Lends the bytes of the text.
  func withBorrowed<Result>(_ body: (BorrowedText) throws -> Result) rethrows -> Result {
    var text = self
    return try text.withUTF8 { try body(BorrowedText(UnsafeRawBufferPointer($0))) }
  }
}
