import Records
import Store
import Testing

@testable import Gateway

/// Who gets what, and where.
struct ForwardPlanTests {
  private static func target(_ name: String, _ kind: ForwardTarget.Kind) -> ForwardTarget {
    ForwardTarget(
      name: name, url: "https://\(name).example", kind: kind, headers: [], proxies: false, spoolLimit: 7,
      timeout: .seconds(1))
  }

  private let plan = ForwardPlan([target("collector", .otlp), target("cloud", .langfuse)])

  private func paths(_ signal: ForwardPlan.Signal) -> [String: String] {
    let stops = plan.delivery(signal, isJSON: true, [])?.stops ?? []
    return Dictionary(uniqueKeysWithValues: stops.map { ($0.lane.target, $0.path) })
  }

  @Test func everyKindGetsWhatItTakes() {
    #expect(paths(.traces) == ["collector": "/v1/traces", "cloud": "/api/public/otel/v1/traces"])
    #expect(paths(.logs) == ["collector": "/v1/logs"])
    #expect(paths(.scores) == ["cloud": "/api/public/scores"])
    #expect(paths(.events) == ["cloud": "/api/public/ingestion"])
    #expect(ForwardPlan([ForwardPlanTests.target("a", .otlp)]).delivery(.scores, isJSON: true, []) == nil)
    #expect(ForwardPlan().delivery(.traces, isJSON: false, []) == nil)
  }

  /// A later score may correct an earlier one; every lane that is written has somebody who empties it.
  @Test func scoresStayInOrder() {
    let lanes = Set(plan.lanes.map(\.lane))
    for signal in [ForwardPlan.Signal.traces, .logs, .scores, .events] {
      for stop in plan.delivery(signal, isJSON: true, [])?.stops ?? [] {
        #expect(lanes.contains(stop.lane) && stop.limit == 7)
        #expect(stop.lane.inOrder == (signal == .scores || signal == .events))
      }
    }
    #expect(lanes.count == 3)
  }

  @Test func deliveriesStayWhatTheyAre() {
    #expect(plan.delivery(.traces, isJSON: false, [1, 2])?.contentType == "application/x-protobuf")
    #expect(plan.delivery(.traces, isJSON: true, [1, 2])?.contentType == "application/json")
    #expect(plan.delivery(.traces, isJSON: true, [1, 2])?.body == [1, 2])
  }

  /// RFC 4648, section 10, and RFC 7617, section 2.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"), ("??>>", "Pz8+Pg=="), ("???", "Pz8/"),
  ])
  func base64(_ text: String, _ encoded: String) { #expect(BasicCredentials.base64(Array(text.utf8)) == encoded) }

  @Test func basicCredentials() {
    #expect(
      BasicCredentials.header(user: "Aladdin", password: "open sesame") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
  }
}
