import Project
import Records
import Store
import Testing

@testable import Checks

/// All that `pipeline-bottleneck` shows: of nothing, of one stage, and of time that belongs to none.
@Suite struct PipelineBottleneckShownTests {
  private typealias Part = TraceBench.Part

  private static func yaml(_ policy: String = "") -> String {
    "pipelines: {p: {stages: {a: {}, b: {}}, policies: {pipeline-bottleneck: {\(policy)}}}}"
  }

  @Test func ofNoTracesNothingIsDrawn() async throws {
    let none = try await TraceBench.finding(Self.yaml(), [])
    #expect(
      none.measured == [
        "traces 0", "trace_mean -", "share a 0", "slow_share a -", "cap a 0", "speed_up a 1", "share b 0",
        "slow_share b -", "cap b 0", "speed_up b 1",
      ])
    #expect(none.drawn.isEmpty)
  }

  @Test func stagesThatNeverRanAreNotDrawn() async throws {
    let one = try await TraceBench.finding(Self.yaml(), .traces(72, [TraceBench.root(100), Part("a", 0, 100)]))
    #expect(
      one.measured == [
        "traces 72", "trace_mean 100", "trace_p95 100", "unattributed 0", "share a 1", "slow_share a 1", "cap a 100",
        "speed_up a -", "p95 a 100", "share b 0", "slow_share b 0", "cap b 0", "speed_up b 1",
      ])
    #expect(one.drawn == ["Share of the time that everything waits for 1", "Stages 1"])
    #expect(one.next == "Work on a first: at most −100 ms of a mean trace.")
    // Twenty traces are shown, however many there are.
    #expect(one.evidence.count == 20)
  }

  @Test func timeThatBelongsToNoStageNamesNone() async throws {
    let spans = [SpanRecord].traces(72, [TraceBench.root(100), Part("a", 50, 50)])
    let finding = try await TraceBench.finding(Self.yaml("unattributed: 1"), spans)
    #expect(
      finding.measured == [
        "traces 72", "trace_mean 100", "trace_p95 100", "unattributed 1", "share a 0", "slow_share a 0", "cap a 0",
        "speed_up a 1", "p95 a 0", "share b 0", "slow_share b 0", "cap b 0", "speed_up b 1",
      ])
    #expect(finding.drawn == ["Share of the time that everything waits for 2", "Stages 2"])
    #expect(
      finding.headline
        == "Nobody knows what p waits for: 72 whole traces in 7 days, none of whose time belongs to a stage.")
    #expect(finding.next == "Record spans with a stage.")
    // Nothing is larger than a stage without time, and a part of nothing is no part.
    let claimed = try await TraceBench.finding(
      Self.yaml("unattributed: 1"), spans, [TraceBench.claim(["stage": "b", "saved_ms": 1])])
    #expect(claimed.reasons.map(\.code) == ["CLAIM_EXCEEDS_CAP"])
    #expect(Array(claimed.measured.suffix(2)) == ["claimed b 1", "claimed_cut b -"])
  }

  // MARK: Bounds of memory

  /// A trace with so many spans, one after the other, a millisecond apart.
  private static func fold(_ spans: Int, isStaged: Bool) throws -> PipelineFold {
    var settings = PipelineSettings()
    settings.feature = "f"
    var fold = PipelineFold(settings)
    let parts = (0..<spans).map { number in
      let start = Double(2 * number + 1)
      return isStaged
        ? Part("s\(number)", start, start + 1) : Part.unnamed("s\(number)", start, start + 1)
    }
    fold.add(try #require(WindowTrace(TraceBench.spans("t", [TraceBench.root(Double(2 * spans))] + parts))))
    return fold
  }

  /// Each span is a gap of its own, and so is the time before it.
  @Test func fourThousandGapsAreTold() throws {
    #expect(try Self.fold(2047, isStaged: false).gaps.count == 4094)
    #expect(try Self.fold(2049, isStaged: false).gaps.count == 4096)
  }

  @Test func stagesBeyondTheLastAreOther() throws {
    #expect(try Self.fold(254, isStaged: true).stages.count == 255)
    #expect(try Self.fold(257, isStaged: true).stages.count == 256)
  }
}
