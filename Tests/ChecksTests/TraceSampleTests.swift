import Records
import Testing

@testable import Checks

@Suite struct TraceSampleTests {
  /// The traces whose ids hash lowest, whatever comes when, with all that was seen of them.
  @Test func theLowestHashesStay() {
    let ids = (0..<300).map { "trace-\($0)" }
    let wanted = ids.sorted { SHA256Digest(of: $0).words.0 < SHA256Digest(of: $1).words.0 }.prefix(TraceSample.most)
    for order in [ids, ids.reversed()] {
      var sample = TraceSample()
      for round in 0..<2 { for id in order { sample.add(trace: id, span: "\(id) \(round)", parent: "p") } }
      #expect(sample.traces.map(\.id) == Array(wanted))
      #expect(sample.traces.allSatisfy { $0.links.elements.last?.span == "\($0.id) 1" })
    }
    var long = TraceSample()
    for number in 0...TraceSample.mostLinks { long.add(trace: "t", span: "\(number)", parent: "p") }
    #expect(long.traces.first?.links.elements.count == TraceSample.mostLinks)
  }
}
