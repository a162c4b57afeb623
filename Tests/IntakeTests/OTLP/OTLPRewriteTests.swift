import Records
import SeededRandom
import Testing

@testable import Intake

/// What goes on of an export holds nothing that must not, and else says the same.
struct OTLPRewriteTests {
  private static let card = "4111 1111 1111 1111"
  private static let digits: Int64 = 4_111_111_111_111_111

  /// Takes one card number out, however it is written.
  private var rewrite: OTLPRewrite {
    var rewrite = OTLPRewrite()
    rewrite.text = { text in
      var new = text
      for secret in [OTLPRewriteTests.card, "\(OTLPRewriteTests.digits)"] {
        new = new.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "[card]")
      }
      return new == text ? nil : new
    }
    return rewrite
  }

  private func rewritten(
    _ export: ExportModel, _ encoding: OTLPEncoding, _ rewrite: OTLPRewrite
  ) throws -> [UInt8] {
    try #require(
      rewrite.rewritten(encoding == .json ? Array(export.json.utf8) : export.protobuf, .traces, encoding))
  }

  private static let encodings = [OTLPEncoding.json, .protobuf]

  /// Where nothing is found, receivers read the same.
  @Test func whatMayGoOnIsSaidAsItWas() throws {
    var generator = SplitMix(seed: 23)
    for _ in 0..<300 {
      let export = OTLPDecodingTests().random(&generator)
      let expected = try receive(export.protobuf, .protobuf)
      for encoding in OTLPRewriteTests.encodings {
        let read = try receive(try rewritten(export, encoding, OTLPRewrite()), encoding)
        #expect(read.collected == expected.collected)
        #expect(read.outcome.rejected == expected.outcome.rejected && read.outcome.spans == expected.outcome.spans)
      }
    }
  }

  /// At every place of a span where a text, a number or bytes can stand.
  @Test(arguments: encodings) func aCardIsTakenOutWhereverItStands(_ encoding: OTLPEncoding) throws {
    let (card, digits) = (OTLPRewriteTests.card, OTLPRewriteTests.digits)
    let attributes: Attributes = [
      ("text", .text("my card is \(card), thanks")), ("integer", .integer(digits)), ("real", .real(Double(digits))),
      ("bytes", .bytes(Array("card \(card)".utf8))), ("list", .list([.text(card), .list([.integer(digits)])])),
      ("map", .map([("inner", .text(card)), (card, .flag(true))])), (card, .integer(1)),
      ("document", .text(#"{"a":["\#(card)"]}"#)), ("kept", .text("4111")), ("count", .integer(7)),
    ]
    var span = SpanModel()
    span.attributes = attributes
    span.name = "pay with \(card)"
    span.status = (2, "no such card: \(card)")
    span.events = [("gen_ai.user.message", 5, attributes), ("took \(card)", 6, attributes)]
    var export = ExportModel(resource: attributes + [("service.name", .text("desk"))], spans: [span])
    export.scope = ("scope \(card)", card)
    let bytes = try rewritten(export, encoding, rewrite)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(!text.contains("4111 1111") && !text.contains("4111111111111111") && !text.contains("4.111111111111111"))
    #expect(!contains(bytes, Wire.varint(UInt64(digits))) && !contains(bytes, Wire.fixed(4, Double(digits).bitPattern)))
    #expect(!text.contains(WireValue.bytes(Array("card \(card)".utf8)).json.split(separator: "\"")[3]))
    let read = try receive(bytes, encoding)
    let record = try #require(read.collected.spans.first)
    #expect(record.name == "pay with [card]" && record.feature == "desk")
    #expect(record.traceID == hexadecimal(span.traceID) && record.spanID == hexadecimal(span.spanID))
    #expect(record.startedAt.nanoseconds == Int64(span.start) && record.endedAt?.nanoseconds == Int64(span.end))
    #expect(member("text", of: record.attributes) == #""my card is [card], thanks""#)
    #expect(member("integer", of: record.attributes) == #""[card]""#)
    #expect(member("real", of: record.attributes) == #""[card]""#)
    #expect(member("list", of: record.attributes) == #"["[card]",["[card]"]]"#)
    #expect(member("map/inner", of: record.attributes) == #""[card]""#)
    #expect(member("kept", of: record.attributes) == #""4111""# && member("count", of: record.attributes) == "7")
    #expect(member("status_message", of: record.attributes) == #""no such card: [card]""#)
  }

  private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
    bytes.indices.contains { bytes[$0...].starts(with: part) }
  }

  /// Nobody can say what is in fields that no version of the protocol has yet.
  @Test func whatIsNotKnownIsLeftOut() throws {
    let card = OTLPRewriteTests.card
    var span = SpanModel()
    span.traceID = Array(1...16)
    var protobuf = ExportModel(spans: [span]).protobuf
    protobuf += Wire.field(77, card) + Wire.number(5, 3)
    let binary = try #require(rewrite.rewritten(protobuf, .traces, .protobuf))
    #expect(!String(decoding: binary, as: UTF8.self).contains("4111"))
    #expect(try receive(binary, .protobuf).collected == receive(protobuf, .protobuf).collected)
    let json = ExportModel(spans: [span]).json.dropLast() + #","note":"\#(card)","resourceMetrics":[{"a":"\#(card)"}]}"#
    let text = String(
      decoding: try #require(rewrite.rewritten(Array(json.utf8), .traces, .json)), as: UTF8.self)
    #expect(!text.contains("4111") && !text.contains("note"))
    // An id that is none, and a number that is none.
    span.traceID = Array(card.utf8)
    let odd = try rewritten(ExportModel(spans: [span]), .protobuf, rewrite)
    #expect(!String(decoding: odd, as: UTF8.self).contains("4111"))
    let words =
      #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"\#(card)","kind":"\#(card)","flags":"\#(card)"}]}]}]}"#
    let left = try #require(rewrite.rewritten(Array(words.utf8), .traces, .json))
    #expect(String(decoding: left, as: UTF8.self) == #"{"resourceSpans":[{"scopeSpans":[{"spans":[{}]}]}]}"#)
  }

  @Test func namesOfBothSpellingsAreKnown() throws {
    let body =
      #"{"resource_spans":[{"scope_spans":[{"schema_url":"s","spans":[{"trace_id":"0102030405060708090a0b0c0d0e0f10","#
      + #""span_id":"0102030405060708","name":"n","kind":"SPAN_KIND_CLIENT","start_time_unix_nano":"1764000000000000000","#
      + #""end_time_unix_nano":1764000000000000001,"status":{"code":"STATUS_CODE_OK"},"links":[{"traceId":"01"}]}]}]}]}"#
    let out = String(decoding: try #require(OTLPRewrite().rewritten(Array(body.utf8), .traces, .json)), as: UTF8.self)
    #expect(out == body.split(separator: #""traceId":"01""#, omittingEmptySubsequences: false).joined())
  }

  @Test func whatCannotBeReadIsNotWritten() {
    let json = #"{"resourceSpans":[],"resourceSpans":[]}"#
    #expect(OTLPRewrite().rewritten(Array(json.utf8), .traces, .json) == nil)
    #expect(OTLPRewrite().rewritten([0x0A, 0x05, 0x01], .traces, .protobuf) == nil)
    #expect(OTLPRewrite().rewritten([], .traces, .protobuf) == [])
  }

  // MARK: What was said

  @Test(arguments: encodings) func wordsAreLeftOutWhereTheyAreNotKept(_ encoding: OTLPEncoding) throws {
    var rewrite = OTLPRewrite()
    rewrite.omitsContent = true
    var span = SpanModel()
    span.attributes = [
      ("gen_ai.operation.name", .text("chat")), ("gen_ai.usage.input_tokens", .integer(3)),
      ("session.id", .text("s-1")), ("custom", .text("stays")),
    ]
    let plain = span
    let words: WireValue = .text("hush")
    span.attributes += [
      ("gen_ai.input.messages", words), ("gen_ai.completion.0.content", words), ("input.value", words),
      ("retrieval.documents.0.document.content", words), ("llm.prompt_template.variables", words),
      ("gen_ai.tool.call.arguments", words), ("tool.parameters", words), ("usage", words),
      ("langfuse.trace.input", words), ("exception.message", words),
    ]
    span.events = [("gen_ai.user.message", 5, [("content", words)]), ("exception", 6, [("exception.message", words)])]
    let bytes = try rewritten(ExportModel(spans: [span]), encoding, rewrite)
    #expect(!String(decoding: bytes, as: UTF8.self).contains("hush"))
    let read = try receive(bytes, encoding).collected
    let expected = try receive(ExportModel(spans: [plain]).protobuf, .protobuf).collected
    #expect(read.spans.first?.attributes == expected.spans.first?.attributes)
    #expect(read.spans.first?.inputTokens == 3 && read.spans.first?.sessionID == "s-1")
  }

  @Test func bodiesOfLogRecordsAreLeftOutToo() throws {
    let log =
      Wire.fixed(1, 5) + Wire.number(2, 9) + Wire.field(3, "INFO") + Wire.field(5, WireValue.text("hush").protobuf)
      + Wire.attributes(6, [("gen_ai.input.messages", .text("hush")), ("k", .text("v"))]) + Wire.field(9, Array(1...16))
      + Wire.field(12, "gen_ai.choice")
    let body = Wire.field(1, Wire.field(2, Wire.field(2, log)))
    #expect(OTLPRewrite().rewritten(body, .logs, .protobuf) == body)
    var rewrite = OTLPRewrite()
    rewrite.omitsContent = true
    let out = try #require(rewrite.rewritten(body, .logs, .protobuf))
    #expect(!String(decoding: out, as: UTF8.self).contains("hush") && contains(out, Array("gen_ai.choice".utf8)))
  }

  // MARK: Whose

  @Test(arguments: encodings) func spansOfOthersAreLeftOutAndTheRestSaysWhoseItIs(_ encoding: OTLPEncoding) throws {
    let ids: [[UInt8]] = [[1], [2], [3]].map { Array(repeating: 0, count: 7) + $0 }
    let spans = ids.map { id in
      var span = SpanModel()
      span.spanID = id
      return span
    }
    func name(_ place: Int) -> SpanName {
      SpanName(traceID: hexadecimal(spans[place].traceID), spanID: hexadecimal(ids[place]))
    }
    var rewrite = OTLPRewrite()
    rewrite.spans = [name(0), name(2)]
    rewrite.tenant = ("acme", [name(2)])
    let read = try receive(try rewritten(ExportModel(spans: spans), encoding, rewrite), encoding).collected
    #expect(read.spans.map(\.spanID) == [hexadecimal(ids[0]), hexadecimal(ids[2])])
    #expect(read.spans.map(\.tenant) == [nil, "acme"])
  }

  /// Receivers may take the one or the other of two names for the same.
  @Test func aSpanOfTwoNamesIsNobodys() throws {
    var span = SpanModel()
    span.spanID = Array(1...8)
    let json = ExportModel(spans: [span]).json
    let doubled = json.split(separator: #""spanId""#, omittingEmptySubsequences: false)
      .joined(separator: #""span_id":"ffffffffffffffff","spanId""#)
    var rewrite = OTLPRewrite()
    rewrite.spans = [SpanName(traceID: hexadecimal(span.traceID), spanID: hexadecimal(span.spanID))]
    for (body, count) in [(json, 1), (doubled, 0)] {
      let out = try #require(rewrite.rewritten(Array(body.utf8), .traces, .json))
      #expect(try receive(out, .json).collected.spans.count == count)
    }
  }
}
