import Records
import Testing

@testable import Gateway

/// Which pages of a Langfuse are asked for, and what its answers mean.
struct LangfusePullTests {
  private static func pull() throws -> LangfusePull {
    let from = try #require(Instant("2026-03-02T00:00:00Z"))
    let to = try #require(Instant("2026-03-09T00:00:00Z"))
    return LangfusePull(LangfusePull.Window(from: from, to: to), name: "http://l")
  }

  private static func page(_ rows: Int, _ meta: String) -> [UInt8] {
    Array(#"{"data":[\#(Array(repeating: "{}", count: rows).joined(separator: ","))],"meta":{\#(meta)}}"#.utf8)
  }

  private func path(_ pull: LangfusePull) -> String { pull.path ?? "none" }

  @Test func cursorsLeadThroughTheNewestInterface() throws {
    var pull = try Self.pull()
    #expect(
      path(pull)
        == "/api/public/v2/observations?fields=core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context"
        + "&expandMetadata=attributes,resourceAttributes,scope&limit=250"
        + "&fromStartTime=2026-03-02T00%3A00%3A00Z&toStartTime=2026-03-09T00%3A00%3A00Z")
    #expect(try pull.take(status: 200, body: Self.page(2, #""cursor":"a+/=""#)))
    #expect(path(pull).hasSuffix("&cursor=a%2B%2F%3D"))
    #expect(try pull.take(status: 200, body: Self.page(1, "")))
    #expect(
      path(pull) == "/api/public/v3/scores?fields=details,subject,annotation&limit=100"
        + "&fromTimestamp=2026-03-02T00%3A00%3A00Z&toTimestamp=2026-03-09T00%3A00%3A00Z")
    #expect(try pull.take(status: 200, body: Self.page(1, #""limit":100"#)))
    #expect(pull.path == nil && pull.rows == 4)
  }

  @Test func pagesWhereThereAreNoCursors() throws {
    var pull = try Self.pull()
    #expect(try !pull.take(status: 404, body: []))
    // Traces that began a day before may have observations in the window.
    #expect(
      path(pull) == "/api/public/traces?orderBy=timestamp.asc&limit=100&page=1"
        + "&fromTimestamp=2026-03-01T00%3A00%3A00Z&toTimestamp=2026-03-09T00%3A00%3A00Z")
    #expect(try pull.take(status: 200, body: Self.page(100, #""page":1,"totalPages":2"#)))
    #expect(path(pull).contains("traces?orderBy=timestamp.asc&limit=100&page=2"))
    #expect(try pull.take(status: 200, body: Self.page(1, #""page":2,"totalPages":2"#)))
    #expect(path(pull).hasPrefix("/api/public/observations?limit=100&page=1&fromStartTime="))
    // Without a number of pages, a full one is not the last.
    #expect(try pull.take(status: 200, body: Self.page(100, "")))
    #expect(path(pull).contains("observations?limit=100&page=2"))
    #expect(try pull.take(status: 200, body: Self.page(99, "")))
    for path in ["/api/public/v3/scores?", "/api/public/v2/scores?", "/api/public/scores?"] {
      #expect(self.path(pull).hasPrefix(path))
      if path != "/api/public/scores?" { #expect(try !pull.take(status: 404, body: [])) }
    }
    #expect(try pull.take(status: 200, body: Self.page(0, #""totalPages":0"#)))
    #expect(pull.path == nil)
  }

  @Test func whatIsNotThereLaterIsAFault() throws {
    var pull = try Self.pull()
    _ = try pull.take(status: 200, body: Self.page(1, #""cursor":"x""#))
    #expect(throws: LangfusePull.Fault.self) { try pull.take(status: 404, body: []) }
    #expect(throws: LangfusePull.Fault.self) { try pull.take(status: 200, body: Self.page(1, #""cursor":"x""#)) }
  }

  @Test func faultsSayWhatToDo() throws {
    func fault(_ status: Int, _ body: String) throws -> String {
      var pull = try Self.pull()
      do throws(LangfusePull.Fault) {
        _ = try pull.take(status: status, body: Array(body.utf8))
        return "none"
      } catch {
        return error.description
      }
    }
    #expect(
      try fault(401, #"{"message":"Invalid credentials"}"#)
        == "http://l answers /api/public/v2/observations with 401: Invalid credentials. Check LANGFUSE_PUBLIC_KEY and "
        + "LANGFUSE_SECRET_KEY, and that they are of a project on this server.")
    #expect(try fault(403, "").contains("may not read"))
    #expect(try fault(302, "").contains("elsewhere"))
    #expect(try fault(429, "<html>").contains("asked too often"))
    #expect(try fault(200, "{\"data\":[").contains("no JSON: byte 9"))
    #expect(try fault(200, "<html>").contains("Check that the address is that of a Langfuse"))
    #expect(try fault(200, #"{"status":"OK"}"#).contains("no page of a list"))
    var pull = try Self.pull()
    _ = try pull.take(status: 404, body: [])
    #expect(throws: LangfusePull.Fault.self) { try pull.take(status: 404, body: []) }
  }

  @Test func waitsAsLongAsTheServerSays() throws {
    let now = try #require(Instant("2026-03-09T00:00:00Z"))
    var pace = PullPace()
    #expect(pace.wait(status: 200, retryAfter: nil, now: now) == nil)
    #expect(pace.wait(status: 429, retryAfter: "17", now: now) == .seconds(17))
    #expect(pace.wait(status: 503, retryAfter: "Mon, 09 Mar 2026 00:00:05 GMT", now: now) == .seconds(5))
    #expect(pace.wait(status: nil, retryAfter: nil, now: now) == .seconds(2))
    #expect(pace.wait(status: 500, retryAfter: nil, now: now) == .seconds(4))
    #expect(pace.wait(status: 408, retryAfter: nil, now: now) == .seconds(8))
    // Six requests, and no more.
    #expect(pace.wait(status: 500, retryAfter: nil, now: now) == nil)
    for status in [400, 401, 403, 404, 501] {
      var pace = PullPace()
      #expect(pace.wait(status: status, retryAfter: "1", now: now) == nil)
    }
  }
}
