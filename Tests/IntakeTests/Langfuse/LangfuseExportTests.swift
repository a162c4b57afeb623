import Records
import Testing

@testable import Intake

/// What Langfuse exports becomes the spans and annotations that they were.
struct LangfuseExportTests {
  private func read(_ text: String) throws -> (sink: RecordCollector, summary: IntakeSummary) {
    let source = try Array(text.utf8).withUnsafeBytes { try ByteSource(copying: $0, name: "export") }
    var sink = RecordCollector()
    let summary = try Intake.readRecords(source, options: RecordOptions(now: testTime), into: &sink)
    #expect(summary.format == .langfuse)
    return (sink, summary)
  }

  private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

  private static let generation = """
    {"id":"00f067aa0ba902b7","traceId":"\(trace)","type":"GENERATION","name":"answer","parentObservationId":"00f067aa0ba902b6",\
    "startTime":"2026-03-01T10:00:00.250Z","endTime":"2026-03-01T10:00:02Z","level":"ERROR","statusMessage":"too long",\
    "model":"gpt-4o-mini","modelParameters":{"temperature":0.5},"version":"7","environment":"prod","promptName":"support",\
    "promptVersion":3,"usageDetails":{"input":10,"output":4,"total":14},"costDetails":{"total":0.0000123},\
    "input":[{"role":"user","content":"Hello"}],"output":{"role":"assistant","content":"Hi"},\
    "metadata":{"team":"blue","attributes":{"gen_ai.request.max_tokens":64},"resourceAttributes":{"service.name":"desk"},\
    "scope":{"name":"langfuse-sdk","version":"3.0.0"}}}
    """

  private static let head = """
    {"id":"\(trace)","timestamp":"2026-03-01T10:00:00Z","name":"chat","userId":"u-1","sessionId":"s-1","public":false,\
    "tags":["risk:high"],"release":"r9"
    """

  private func expectGeneration(_ span: SpanRecord, withTrace: Bool = true) {
    #expect(span.traceID == LangfuseExportTests.trace && span.spanID == "00f067aa0ba902b7")
    #expect(span.parentID == "00f067aa0ba902b6" && span.name == "answer" && span.spanKind == "chat")
    #expect(span.startedAt == Instant("2026-03-01T10:00:00.25Z") && span.endedAt == Instant("2026-03-01T10:00:02Z"))
    #expect(span.status == .error && member("status_message", of: span.attributes) == #""too long""#)
    #expect(span.feature == "desk" && span.modelRequested == "gpt-4o-mini" && span.promptID == "support@3")
    #expect(span.inputTokens == 10 && span.outputTokens == 4)
    #expect(span.cost == Money("0.0000123 USD"))
    #expect(span.parameters == #"{"max_tokens":64,"temperature":0.5}"#)
    #expect(member("metadata/team", of: span.attributes) == #""blue""#)
    #expect(span.userID == (withTrace ? "u-1" : nil) && span.sessionID == (withTrace ? "s-1" : nil))
    #expect(span.tags.values["environment"] == "prod" && span.tags.values["version"] == "7")
    #expect(
      span.tags.values["release"] == (withTrace ? "r9" : nil) && span.tags.values["risk"] == (withTrace ? "high" : nil))
    #expect(span.contents.input != nil && span.contents.output != nil)
  }

  @Test func aTraceWithItsObservations() throws {
    let (sink, summary) = try read(
      LangfuseExportTests.head + #","observations":[\#(LangfuseExportTests.generation)],"scores":[]}"#)
    #expect(sink.spans.count == 1 && summary.records == 1 && summary.warnings.isEmpty)
    expectGeneration(try #require(sink.spans.first))
  }

  /// Its page downloads observations twice, the second time with what was said.
  @Test func aDownload() throws {
    let bare = LangfuseExportTests.generation
      .split(separator: #""input":[{"role":"user","content":"Hello"}],"output":{"role":"assistant","content":"Hi"},"#)
      .joined(separator: #""input":null,"output":null,"#)
    let (sink, _) = try read(
      #"{"trace":\#(LangfuseExportTests.head),"observations":[\#(bare)]},"observations":[\#(LangfuseExportTests.generation)]}"#
    )
    #expect(sink.spans.count == 1)
    expectGeneration(try #require(sink.spans.first))
  }

  /// Rows of traces and of observations, in lines, in a list and on pages of the API; what a trace says comes before.
  @Test func rowsThatStandApart() throws {
    let (trace, row) = (LangfuseExportTests.head + "}", LangfuseExportTests.generation)
    for text in [
      "\(trace)\n\(row)\n", "[\(trace),\(row)]", #"{"data":[\#(trace),\#(row)],"meta":{"page":1}}"#,
      #"{"data":[\#(trace)],"meta":{}}"# + "\n" + #"{"data":[\#(row)],"meta":{}}"#,
    ] {
      let (sink, summary) = try read(text)
      #expect(sink.spans.count == 1 && summary.warnings.isEmpty)
      expectGeneration(try #require(sink.spans.first))
    }
    expectGeneration(try #require(try read(row).sink.spans.first), withTrace: false)
    let (bare, summary) = try read(trace)
    #expect(bare.spans.isEmpty && summary.warnings.first?.contains("1 traces without their observations") == true)
  }

  /// Ids that OpenTelemetry does not know stay what they are, and name each other.
  @Test func idsOfOlderSDKs() throws {
    func row(_ id: String, _ parent: String?) -> String {
      let parent = parent.map { #""\#($0)""# } ?? "null"
      return
        #"{"id":"\#(id)","traceId":"my trace","type":"SPAN","startTime":"2026-03-01 10:00:00.5","parentObservationId":\#(parent)}"#
    }
    let text = [
      row("a3f9c1d2-0000-4000-8000-000000000001", nil), row("ABCDEF0123456789", "a3f9c1d2-0000-4000-8000-000000000001"),
    ]
    let spans = try read(#"{"data":[\#(text.joined(separator: ","))],"meta":{}}"#).sink.spans
    #expect(spans.map(\.traceID) == ["my trace", "my trace"])
    #expect(spans.map(\.spanID) == ["a3f9c1d2-0000-4000-8000-000000000001", "ABCDEF0123456789"])
    #expect(spans.map(\.name) == ["unnamed", "unnamed"] && spans[0].startedAt == Instant("2026-03-01T10:00:00.5Z"))
  }

  /// The same observation by the SDK's export and by Langfuse's: what identifies it is the same.
  @Test func scores() throws {
    func score(_ rest: String) -> String {
      #"{"id":"x","timestamp":"2026-03-01T10:00:00Z","name":"tone","traceId":"t","observationId":null,\#(rest)}"#
    }
    let (sink, summary) = try read(
      [
        score(#""value":0.8,"stringValue":null,"dataType":"NUMERIC","source":"EVAL","comment":"why","metadata":"{}""#),
        score(#""value":2,"stringValue":"good","dataType":"CATEGORICAL","source":"ANNOTATION","metadata":"{\"a\":1}""#),
        score(#""value":1,"stringValue":"True","dataType":"BOOLEAN","source":"API""#),
        score(#""value":null,"dataType":"NUMERIC","source":"API""#),
      ].joined(separator: "\n"))
    #expect(sink.annotations.map(\.value) == [.number(0.8), .label("good"), .label("true")])
    #expect(sink.annotations.map(\.annotatorKind) == [.llm, .human, .code] && sink.annotations[0].note == "why")
    #expect(member("langfuse.metadata/a", of: sink.annotations[1].attributes) == "1")
    #expect(member("langfuse.metadata", of: sink.annotations[0].attributes) == nil)
    #expect(sink.annotations.allSatisfy { $0.subject == "t" && $0.annotationID == "x" })
    #expect(summary.warnings.count == 1 && summary.warnings[0].contains("1 of 4 not kept"))
  }

  @Test func whatCannotBeKeptIsSaid() throws {
    let late = LangfuseExportTests.generation.split(separator: "2026-03-01T10:00:00.250Z").joined(separator: "soon")
    let (sink, summary) = try read("[\(LangfuseExportTests.generation),\(late),{\"odd\":1}]")
    #expect(sink.spans.count == 1)
    #expect(
      summary.warnings.first?.contains("2 of 3 not kept, such as: The observation '00f067aa0ba902b7' has no startTime")
        == true)
    #expect(throws: IntakeError.self) { try read(LangfuseExportTests.generation + "\n{\"id\":") }
  }

  /// Files of other kinds are none of Langfuse's.
  @Test(arguments: [
    #"{"id":"q1","score":1,"source":"web","name":"a","value":3}"#, #"{"data":[{"id":1,"score":0.5}],"meta":{}}"#,
    #"{"data":[1],"meta":{}}"#, #"{"trace":"t","observations":[]}"#, #"[{"traceId":"a","type":"x","score":1}]"#,
  ])
  func othersAreNotTakenForIt(_ text: String) throws {
    let source = try Array(text.utf8).withUnsafeBytes { try ByteSource(copying: $0, name: "other") }
    #expect((try? FormatDetection.format(of: source)) != .langfuse)
  }
}

/// Traces of nine frameworks as Langfuse's page downloads them, with numbers that were added up apart.
@Suite(.enabled(if: hasSharedData, "the shared data sets are not beside the package"))
struct LangfuseRealDataTests {
  private static let files = [
    "agno-2025-06-11", "autogen-2025-06-06", "beeai-2025-08-01", "claude-agent-2025-12-22", "crewai-2025-07-11",
    "google-adk-2025-08-28", "koog-2025-08-26", "langgraph-js-2025-10-30", "openai-agents-2025-09-30",
  ]

  private func records(_ names: [String]) throws -> (RecordCollector, IntakeSummary) {
    var sink = RecordCollector()
    let summary = try Intake.readRecords(
      names.map { sharedData + "/traces-langfuse/\($0).trace.json" }, options: RecordOptions(now: testTime), into: &sink
    )
    return (sink, summary)
  }

  @Test func nineTraces() throws {
    let (sink, summary) = try records(LangfuseRealDataTests.files)
    #expect(summary.warnings == [] && summary.files.allSatisfy { $0.format == .langfuse })
    #expect(sink.spans.count == 91 && Set(sink.spans.map(\.traceID)).count == 9 && sink.annotations.count == 13)
    #expect(sink.spans.count { $0.parentID == nil } == 9)
    let ids = Set(sink.spans.map(\.spanID))
    #expect(sink.spans.allSatisfy { $0.parentID.map(ids.contains) ?? true })
    #expect(sink.spans.reduce(0) { $0 + ($1.inputTokens ?? 0) } == 9486)
    #expect(sink.spans.reduce(0) { $0 + ($1.outputTokens ?? 0) } == 1603)
    let costs = sink.spans.compactMap(\.cost)
    #expect(costs.count == 21)
    #expect(costs.reduce(Int128(0)) { $0 + $1.units } == 8_303_449_999)
    #expect(sink.annotations.allSatisfy { $0.annotatorKind == .llm })
  }

  @Test func whatTheFrameworksSaidIsThere() throws {
    let (koog, _) = try records(["koog-2025-08-26"])
    #expect(koog.spans.allSatisfy { $0.feature == "ai.koog" })
    let chats = koog.spans.filter { $0.inputTokens != nil }
    #expect(chats.map(\.modelRequested).contains("gpt-4o") && chats.allSatisfy { $0.contents.input != nil })
    let (adk, _) = try records(["google-adk-2025-08-28"])
    #expect(adk.spans.allSatisfy { $0.userID == "demo-user" && $0.sessionID == "demo-session" })
    #expect(Set(adk.spans.map(\.spanKind)).isSuperset(of: ["agent", "tool", "chat"]))
  }
}
