import Records
import Statistics
import Store
import Testing

@testable import Checks

/// The pure parts of `deployment-gap`: vectors, and the mixes of features.
@Suite struct DeploymentGapPartTests {
  // MARK: Vectors

  @Test(
    arguments: [
      ([1, 2], [1, 2], false), ([1, 2], [1], true), ([], [], false), ([1], [1.00001], false), ([1], [1.0000101], true),
      // Relative above 1, absolute below.
      ([1000], [1000.01], false), ([1000], [1000.011], true), ([0.001], [0.001009], false), ([0], [0.0000111], true),
      ([-1000], [-1000.011], true), ([.nan], [.nan], false), ([.nan], [1], true), ([1], [.nan], true),
      ([.infinity], [.infinity], false), ([.infinity], [1], true), ([1], [.infinity], true),
      ([.infinity], [-.infinity], true),
    ] as [([Double], [Double], Bool)])
  func vectorsDiffer(train: [Double], serve: [Double], differ: Bool) {
    #expect(DeploymentGap.ParityPairs.differ(train, serve, tolerance: 1e-5) == differ)
  }

  private func attributes(_ id: String, _ path: String, _ vector: String) -> String {
    #"{"parity_id":"\#(id)","path":"\#(path)","vector":\#(vector)}"#
  }

  @Test func halvesFindEachOther() {
    var pairs = DeploymentGap.ParityPairs(tolerance: 1e-5)
    pairs.add(attributes("a", "serve", "[1]"))
    pairs.add(attributes("b", "train", "[null]"))
    #expect(pairs.pairs == 0 && pairs.single == 2)
    pairs.add(attributes("a", "train", "[1]"))
    pairs.add(attributes("b", "serve", #"["NaN"]"#))
    #expect(pairs.pairs == 2 && pairs.mismatches == 0 && pairs.single == 0)
    // Prepared again, it is another pair; a half that comes twice counts as it came last.
    pairs.add(attributes("a", "train", "[1]"))
    pairs.add(attributes("a", "train", "[2]"))
    pairs.add(attributes("a", "serve", "[1]"))
    #expect(pairs.pairs == 3 && pairs.mismatches == 1 && pairs.differing == ["a"])
    for text in [
      "{}", "[]", "nonsense", attributes("c", "other", "[1]"), attributes("c", "train", "7"),
      attributes("c", "train", "[[1]]"), attributes("c", "train", #"["x"]"#),
    ] {
      pairs.add(text)
    }
    #expect(pairs.unreadable == 7 && pairs.pairs == 3 && pairs.single == 0)
  }

  @Test func onlySomeThatDifferAreNamedAndOnlySomeHalvesWait() {
    var pairs = DeploymentGap.ParityPairs(tolerance: 0)
    for number in 0..<7 {
      pairs.add(attributes("p\(number)", "train", "[1]"))
      pairs.add(attributes("p\(number)", "serve", "[2]"))
    }
    #expect(pairs.differing == ["p0", "p1", "p2", "p3", "p4"] && pairs.mismatches == 7)
    for number in 0..<50_001 { pairs.add(attributes("w\(number)", "train", "[1]")) }
    #expect(pairs.single == 50_000)
    pairs.add(attributes("w0", "train", "[2]"))
    pairs.add(attributes("w0", "serve", "[2]"))
    #expect(pairs.pairs == 8 && pairs.mismatches == 7)
  }

  // MARK: Features

  /// The mixes that these items and spans give.
  private func mixes(_ items: [JSONValue], _ spans: [JSONValue]) async throws -> [DeploymentGap.Mix] {
    let bench = try await CheckBench(Deployment.yaml())
    try await bench.append { appender in
      for (number, features) in items.enumerated() {
        var trial = TrialRecord.trial("holdout", "\(number)", "int8", passed: true)
        trial.attributes = Deployment.features(features)
        try appender.append(trial)
      }
    }
    return try await bench.ledger.read { snapshot in
      let runs = SuiteRuns(
        try snapshot.trialSeries(suite: "holdout"), suite: "holdout", metric: "correct", version: nil)
      var mixes = try DeploymentGap.FeatureMixes(runs.arm("int8"), snapshot)
      for features in spans { mixes.add(Deployment.features(features)) }
      mixes.add(nil)
      mixes.add("{}")
      #expect(mixes.items == items.count && mixes.spans == spans.count)
      return mixes.all
    }
  }

  @Test func numbersFallIntoTenths() async throws {
    let items = (1...100).map { ["x": .integer(Int64($0))] as JSONValue } + [["y": 1]]
    let spans: [JSONValue] = [["x": 0], ["x": 10], ["x": 10.5], ["x": 1000], ["x": .null], [:], ["x": "ten"]]
    let mixes = try await mixes(items, spans)
    #expect(mixes.map(\.name) == ["x", "y"])
    // Ten bins, what is no number, what is missing.
    #expect(mixes[0].expected == [Int](repeating: 10, count: 10) + [0, 1])
    #expect(mixes[0].observed == [2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2])
    #expect(mixes[1].expected == [1, 0, 0, 100] && mixes[1].observed == [0, 0, 0, 7])
  }

  @Test func textsAreTheirOwnBins() async throws {
    let items: [JSONValue] = [["t": "a"], ["t": "a"], ["t": "b"], ["t": 1], ["t": true], ["t": .null], ["t": ["c"]]]
    let spans: [JSONValue] = [["t": "a"], ["t": 1], ["t": true], ["t": "z"], ["t": 2], ["t": ["c"]], ["t": .null]]
    let mix = try #require(try await mixes(items, spans).first)
    // "1", "a", "b", "true", others, missing.
    #expect(mix.expected == [1, 2, 1, 1, 1, 1] && mix.observed == [1, 1, 0, 1, 3, 1])
  }

  @Test func hostileFeaturesAreBounded() async throws {
    var many = JSONObject()
    for number in 0..<201 { many["f\(number)"] = .integer(1) }
    #expect(try await mixes([.object(many)], []).count == 200)
    let texts = (0..<1_001).map { ["t": .string("\($0)")] as JSONValue }
    let mix = try #require(try await mixes(texts, [["t": "0"], ["t": "1000"]]).first)
    #expect(mix.expected.count == 1_002 && mix.expected[1_000] == 1 && mix.observed.reduce(0, +) == 2)
    #expect(try await mixes([["__proto__": "'; --"]], [["__proto__": "=1+1"]]).first?.observed == [0, 1, 0])
    #expect(try await mixes([], [["a": 1]]).isEmpty)
  }

  // MARK: The gap

  private func slices(_ counts: (items: Int, labelled: Int, spans: Int)...) -> DeploymentGap.Slices {
    let all = counts.enumerated().map { place, count in
      var slice = DeploymentGap.Slices.Slice(name: "\(place)")
      (slice.items, slice.labelled, slice.spans) = (count.items, count.labelled, count.spans)
      return slice
    }
    return DeploymentGap.Slices(all, isStratified: true)
  }

  /// What nobody brings is no slice of production.
  @Test func slicesOfProduction() {
    let some = slices((0, 5, 9), (0, 0, 9), (5, 0, 9), (0, 5, 0), (5, 0, 0))
    #expect(some.unlabelled.map(\.name) == ["1", "2"] && some.uncovered.map(\.name) == ["0"])
  }

  @Test func theLargestPartAndItsNeed() throws {
    func gap(_ offline: (Double, Int), _ production: (Int, Int)) throws -> DeploymentGap.Gap {
      var slice = DeploymentGap.Slices.Slice(name: "a")
      (slice.right, slice.items) = offline
      (slice.labelledRight, slice.labelled) = production
      return try #require(DeploymentGap.Gap(DeploymentGap.Slices([slice], isStratified: false)))
    }
    let within = try gap((90, 100), (80, 100))
    #expect(within.largest == "within" && close(within.mix, 0, 1e-12))
    #expect(within.needed(0.1) == nil && within.needed(0.1 + 5e-10) == nil)
    // z²·(0.09 + 0.16)/0.05².
    #expect(within.needed(0.05) == 385 && within.needed(0.15) == 385)
    #expect(try gap((90, 100), (90, 100)).largest == "within")
    // Labels of slices that no traffic goes to weigh nothing.
    #expect(DeploymentGap.Gap(slices((items: 10, labelled: 5, spans: 0))) == nil)
    let none = DeploymentGap.Slices([DeploymentGap.Slices.Slice(name: "a")], isStratified: false)
    #expect(DeploymentGap.Gap(none) == nil && none.unlabelledShare == 0 && none.uncovered.isEmpty)
  }
}
