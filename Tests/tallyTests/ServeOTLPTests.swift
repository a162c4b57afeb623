import Foundation
import Testing

/// OpenTelemetry's exports over HTTP, as `tally serve` answers them.
struct ServeOTLPTests {
  private static let json = ["Content-Type": "application/json"]

  private static func export(_ spans: String...) -> Data {
    Data(
      """
      {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"support-bot"}}]},\
      "scopeSpans":[{"spans":[\(spans.joined(separator: ","))]}]}]}
      """.utf8)
  }

  private static func span(_ id: String, trace: String = "4bf92f3577b34da6a3ce929d0e0e4736") -> String {
    """
    {"traceId":"\(trace)","spanId":"\(id)","name":"chat gpt-4o","kind":3,"startTimeUnixNano":"1764064800000000000",\
    "endTimeUnixNano":1764064801500000000,"attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},\
    {"key":"gen_ai.response.model","value":{"stringValue":"gpt-4o-2024-08-06"}},\
    {"key":"gen_ai.usage.input_tokens","value":{"intValue":"1204"}}]}
    """
  }

  @Test func keepsWhatItCanAndCountsTheRest() async throws {
    let shop = try Workshop()
    let server = try Served(in: shop.folder)
    let whole = try await server.post(
      "v1/traces", ServeOTLPTests.export(ServeOTLPTests.span("00f067aa0ba902b7")), headers: ServeOTLPTests.json)
    #expect(whole.status == 200)
    #expect(whole.text.filter { !$0.isWhitespace } == "{}")
    let partial = try await server.post(
      "v1/traces",
      ServeOTLPTests.export(
        ServeOTLPTests.span("00f067aa0ba902b8"), ServeOTLPTests.span("00f067aa0ba902b9", trace: ""),
        ServeOTLPTests.span("not hex")), headers: ServeOTLPTests.json)
    #expect(partial.status == 200)
    let success = try partial.json()["partialSuccess"]
    #expect(success["rejectedSpans"].string == "2")
    #expect(success["errorMessage"].string?.hasPrefix("2 of 3 rejected") == true)
    #expect(try server.stop() == 0)
    let run = try shop.tally("spans", "--feature", "support-bot", "--format", "json")
    let lines = run.lines.filter { !$0.isEmpty }
    #expect(lines.count == 2)
    #expect(
      lines.allSatisfy { $0.contains("\"model_served\":\"gpt-4o-2024-08-06\"") && $0.contains("\"input_tokens\":1204") }
    )
  }

  @Test func saysWhatItCannotRead() async throws {
    let shop = try Workshop()
    let server = try Served(in: shop.folder)
    let broken = try await server.post("v1/traces", Data("{\"resourceSpans\":[".utf8), headers: ServeOTLPTests.json)
    #expect(broken.status == 400)
    #expect(try broken.json()["message"].string?.contains("request body:1:") == true)
    let binary = try await server.post(
      "v1/traces", Data([0x0A, 0xFF, 0x01]), headers: ["Content-Type": "application/x-protobuf"])
    #expect(binary.status == 400)
    // A google.rpc.Status: field 2, the message.
    #expect(binary.body.first == 0x12 && binary.text.contains("byte "))
    let text = try await server.post("v1/traces", Data("hello".utf8), headers: ["Content-Type": "text/plain"])
    #expect(text.status == 415)
    let squeezed = try await server.post(
      "v1/traces", Data("hello".utf8), headers: ServeOTLPTests.json.merging(["Content-Encoding": "gzip"]) { $1 })
    #expect(squeezed.status == 400)
    #expect(try squeezed.json()["message"].string?.contains("damaged gzip data") == true)
    let strange = try await server.post(
      "v1/traces", Data("hello".utf8), headers: ServeOTLPTests.json.merging(["Content-Encoding": "br"]) { $1 })
    #expect(strange.status == 415)
    #expect(try strange.json()["message"].string?.contains("compressed as 'br'") == true)
    #expect(try await server.get("readyz").text == "ready at commit 0\n")
    #expect(try server.stop() == 0)
  }

  @Test func anExportOfNothingIsFine() async throws {
    let shop = try Workshop()
    let server = try Served(in: shop.folder)
    for (path, headers, body) in [
      ("v1/traces", ServeOTLPTests.json, "{}"), ("v1/logs", ServeOTLPTests.json, "{}"),
      ("v1/traces", ["Content-Type": "application/x-protobuf"], ""),
    ] {
      let answer = try await server.post(path, Data(body.utf8), headers: headers)
      #expect(answer.status == 200, "\(path)")
    }
    #expect(try server.stop() == 0)
  }
}
