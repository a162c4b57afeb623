import SeededRandom
import Records
import Testing

@testable import Intake

struct OTLPDecodingTests {
  /// A random export: every kind of value, nested, in random order.
  func random(_ generator: inout SplitMix) -> ExportModel {
    let keys = [
      "gen_ai.operation.name", "gen_ai.request.model", "gen_ai.usage.input_tokens", "llm.token_count.prompt", "custom",
      "gen_ai.input.messages", "llm.input_messages.0.message.content", "llm.input_messages.3.message.role", "metadata",
      "retrieval.documents.0.document.id", "gen_ai.retrieval.documents", "tag.tags", "\u{1F600}", "\u{FFFD}ä", "tokens",
      "langfuse.observation.usage_details", "gen_ai.prompt.0.tool_calls.1.name", "gen_ai.response.finish_reasons", "",
    ]
    func value(_ depth: Int) -> WireValue {
      switch Int.random(in: 0..<(depth > 3 ? 6 : 8), using: &generator) {
      case 0: return .absent
      case 1:
        return .text(
          ["", "chat", "{\"a\":[1,2.5,null]}", "é\n\"\\\u{1}", "7", "[]"].randomElement(using: &generator) ?? "")
      case 2: return .flag(Bool.random(using: &generator))
      case 3: return .integer(Int64(bitPattern: generator.next() >> UInt64.random(in: 0..<64, using: &generator)))
      case 4: return .real(Double(Int.random(in: -9999...9999, using: &generator)) / 64)
      case 5: return .bytes((0..<Int.random(in: 0..<5, using: &generator)).map { UInt8($0 * 77 & 255) })
      case 6: return .list((0..<Int.random(in: 0..<4, using: &generator)).map { _ in value(depth + 1) })
      default:
        return .map(
          (0..<Int.random(in: 0..<4, using: &generator)).map { _ in
            (keys.randomElement(using: &generator) ?? "", value(depth + 1))
          })
      }
    }
    func attributes() -> Attributes {
      (0..<Int.random(in: 0..<12, using: &generator)).map { _ in (keys.randomElement(using: &generator) ?? "", value(0))
      }
    }
    var export = ExportModel(resource: attributes())
    for _ in 0..<Int.random(in: 0..<4, using: &generator) {
      var span = SpanModel()
      span.spanID = (0..<8).map { _ in UInt8.random(in: 0...255, using: &generator) }
      span.attributes = attributes()
      span.status = (UInt64.random(in: 0...2, using: &generator), "")
      if Bool.random(using: &generator) { span.traceID = [1] }
      span.events = [("gen_ai.user.message", 5, attributes()), ("other", 6, attributes())]
      export.spans.append(span)
    }
    return export
  }

  @Test func bothEncodingsAgree() throws {
    var generator = SplitMix(seed: 11)
    for _ in 0..<400 {
      let export = random(&generator)
      let binary = try receive(export.protobuf, .protobuf)
      let text = try receive(Array(export.json.utf8), .json)
      #expect(binary.collected == text.collected)
      #expect(binary.outcome == text.outcome)
      for span in binary.collected.spans {
        for canonical in [span.attributes, span.parameters, span.retrieved].compactMap({ $0 }) {
          #expect(try JSONValue(parsing: canonical).canonical() == canonical)
        }
      }
    }
  }

  @Test func fieldsInAnyOrderAndUnknownOnes() throws {
    let span = SpanModel(attributes: [("gen_ai.request.model", .text("m"))])
    let resource = Wire.field(1, Wire.attributes(1, [("service.name", .text("late"))]))
    let scope =
      Wire.field(99, "x") + Wire.field(2, span.protobuf) + Wire.field(1, Wire.field(1, "scope")) + Wire.number(98, 1)
    let group = Wire.varint(97 << 3 | 3) + Wire.number(1, 5) + Wire.varint(97 << 3 | 4)
    let (collected, outcome) = try receive(
      Wire.field(1, group + Wire.field(2, scope) + resource) + Wire.fixed(50, 1), .protobuf)
    #expect(
      collected.spans.first?.feature == "late" && collected.spans.first?.modelRequested == "m" && outcome.rejected == 0)
    #expect(member("scope/name", of: collected.spans.first?.attributes) == "\"scope\"")

    let json =
      #"{"new":[1],"resource_spans":[{"scope_spans":[{"spans":[{"name":"n\u00e9","span_id":"0102030405060708","#
      + #""traceId":"5B8EFFF798038103D269B633813FC60C","start_time_unix_nano":1764000000000000000,"#
      + #""endTimeUnixNano":1.764e18,"status":{"code":"STATUS_CODE_ERROR"},"attributes":[{"value":{"intValue":5},"key":"a\tb"}]}],"#
      + #""scope":{"name":"s\u0041"}}],"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"l\u0061te"}}]}}]}"#
    let late = try receive(Array(json.utf8), .json).collected.spans.first
    #expect(late?.feature == "late" && late?.name == "né" && late?.status == .error)
    #expect(late?.traceID == "5b8efff798038103d269b633813fc60c")
    #expect(late?.attributes == #"{"a\tb":5,"scope":{"name":"sA"}}"#)
  }

  @Test func whatCannotBeKeptIsRejectedAlone() throws {
    var spans: [SpanModel] = (0..<7).map { _ in SpanModel() }
    spans[0].traceID = []
    spans[1].traceID = [1, 2]
    spans[2].spanID = []
    spans[3].spanID = Array(repeating: 0, count: 8)
    spans[4].start = 0
    spans[4].end = 0
    spans[5].start = .max
    for (body, encoding) in [
      (ExportModel(spans: spans).protobuf, OTLPEncoding.protobuf), (Array(ExportModel(spans: spans).json.utf8), .json),
    ] {
      let (collected, outcome) = try receive(body, encoding)
      #expect(collected.spans.count == 1 && outcome.spans == 1 && outcome.rejected == 6)
      #expect(
        outcome.message
          == "6 of 7 rejected: 1 without a trace id, 1 with a trace id that is not 16 bytes (32 hexadecimal digits), "
          + "2 without a span id, 1 without a time, 1 with a time after 2262")
    }
  }

  @Test func limits() throws {
    var deep = WireValue.integer(1)
    for _ in 0..<40 { deep = .list([deep]) }
    var export = ExportModel(spans: [
      SpanModel(attributes: [("deep", deep)]),
      SpanModel(attributes: [("x", .text(String(repeating: "x", count: 500)))]), SpanModel(),
    ])
    var limits = OTLPLimits.request
    limits.attributeBytes = 400
    for (body, encoding) in [(export.protobuf, OTLPEncoding.protobuf), (Array(export.json.utf8), .json)] {
      let large = encoding == .json ? OTLPLimits(bodyBytes: 1 << 20, items: 9, attributeBytes: 500, depth: 8) : limits
      let (collected, outcome) = try receive(body, encoding, limits: encoding == .json ? large : limits)
      #expect(collected.spans.count == 1 && outcome.rejected == 2)
    }
    export.spans = (0..<3).map { _ in SpanModel() }
    limits.items = 2
    for (body, encoding) in [(export.protobuf, OTLPEncoding.protobuf), (Array(export.json.utf8), .json)] {
      let error = #expect(throws: IntakeError.self) { try receive(body, encoding, limits: limits) }
      #expect(error?.problem.contains("more than 2 spans or log records in one export") == true)
    }
    limits.bodyBytes = 10
    let error = #expect(throws: IntakeError.self) { try receive(export.protobuf, .protobuf, limits: limits) }
    #expect(error?.problem.hasSuffix("are more than the 10 that one export may have") == true)
  }

  @Test func brokenTextsAreRepaired() throws {
    let attribute = Wire.field(9, Wire.field(1, "k") + Wire.field(2, Wire.field(1, [0x61, 0xFF, 0x62])))
    let body = Wire.field(1, Wire.field(2, Wire.field(2, SpanModel().protobuf + attribute)))
    #expect(try member("k", of: receive(body, .protobuf).collected.spans.first?.attributes) == "\"a\u{FFFD}b\"")
  }

  @Test func errorsHavePlaces() throws {
    let body = ExportModel(spans: [SpanModel()]).protobuf
    let cut = #expect(throws: IntakeError.self) { try receive(Array(body.dropLast(3)), .protobuf) }
    #expect(cut?.description.hasPrefix("body: byte ") == true)
    let json = #expect(throws: IntakeError.self) { try receive(Array("{\"resourceSpans\": [\n {]}".utf8), .json) }
    #expect(json?.line == 2 && json?.column == 3)
    let number = #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":"x"}]}]}]}"#
    let wrong = #expect(throws: IntakeError.self) { try receive(Array(number.utf8), .json) }
    #expect(wrong?.problem == "'x' is not a whole number of 64 bits")
  }

  /// Every truncation, and every bit of every byte flipped: an error or records, never a crash.
  @Test func hostileBytes() throws {
    var generator = SplitMix(seed: 5)
    var export = random(&generator)
    while export.spans.count < 2 { export = random(&generator) }
    export.spans[0].traceID = Array(1...16)
    for (body, encoding) in [(export.protobuf, OTLPEncoding.protobuf), (Array(export.json.utf8), .json)] {
      for count in 0..<body.count { _ = try? receive(Array(body.prefix(count)), encoding) }
      for place in body.indices {
        for bit in 0..<8 {
          var bytes = body
          bytes[place] ^= 1 << UInt8(bit)
          _ = try? receive(bytes, encoding)
          if bit == 0 { bytes.withUnsafeBytes { _ = OTLPProbe.isProtobuf($0) } }
        }
      }
      for signal in [OTLPSignal.logs, .traces] { _ = try? receive(body, encoding, signal) }
    }
  }

  // MARK: Logs

  @Test func evaluationsBecomeAnnotations() throws {
    func log(_ extra: Attributes, name: String = "gen_ai.evaluation.result") -> [UInt8] {
      let attributes: Attributes = [("gen_ai.evaluation.explanation", .text("why"))] + extra
      return Wire.field(
        2,
        Wire.fixed(11, 1_764_000_000_000_000_000) + Wire.attributes(6, attributes) + Wire.field(9, Array(1...16))
          + Wire.field(10, Array(1...8)) + Wire.field(12, name))
    }
    let scored = log([
      ("gen_ai.evaluation.name", .text("relevance")), ("gen_ai.evaluation.score.value", .real(0.75)),
      ("gen_ai.evaluation.score.label", .text("good")), ("gen_ai.request.model", .text("judge-1")),
    ])
    let labelled = log([("gen_ai.evaluation.name", .text("tone")), ("gen_ai.evaluation.score.label", .text("fail"))])
    let body = Wire.field(
      1,
      Wire.field(2, Wire.field(1, Wire.field(1, "evals")) + scored + labelled + log([]) + log([], name: "other")))
    let (collected, outcome) = try receive(body, .protobuf, .logs)
    #expect(outcome.annotations == 2 && outcome.otherLogs == 1 && outcome.rejected == 1)
    #expect(outcome.message?.hasPrefix("1 of 4 rejected: 1 with an evaluation that has no name") == true)
    let first = try #require(collected.annotations.first)
    #expect(first.subject == "0102030405060708" && first.name == "relevance" && first.value == .number(0.75))
    #expect(first.annotatorKind == .llm && first.annotator == "judge-1" && first.note == "why")
    #expect(member("label", of: first.attributes) == "\"good\"")
    #expect(collected.annotations[1].value == .label("fail") && collected.annotations[1].annotator == "evals")
    #expect(try receive(body, .protobuf, .logs).collected == collected)
  }

  // MARK: Files

  @Test func filesAreDetected() throws {
    let export = ExportModel(spans: [SpanModel(), SpanModel(spanID: Array(2...9))])
    let length = export.protobuf.count
    let frame = [UInt8](withUnsafeBytes(of: UInt32(length).bigEndian) { Array($0) }) + export.protobuf
    let files: [([UInt8], FileFormat, Int)] = [
      (Array(export.json.utf8), .otlpJSON, 2), (Array((export.json + "\n" + export.json + "\n").utf8), .otlpJSON, 4),
      (export.protobuf, .otlpProtobuf, 2), (frame + frame, .otlpProtobuf, 4),
    ]
    for (bytes, format, count) in files {
      let directory = try TemporaryDirectory()
      let path = try directory.write(bytes, to: "traces")
      var sink = RecordCollector()
      let summary = try Intake.readRecords([path], options: RecordOptions(now: testTime), into: &sink)
      #expect(summary.format == format && sink.spans.count == count && summary.records == count)
      let error = #expect(throws: IntakeError.self) { try collect([path]) }
      #expect(error?.problem == "holds spans of OpenTelemetry, not trials")
    }
  }
}
