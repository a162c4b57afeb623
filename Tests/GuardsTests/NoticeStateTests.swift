import Guards
import Records
import SeededRandom
import Testing

/// What is told of a finding: changes, each once, and nothing else.
struct NoticeStateTests {
  private static let fail = NoticeCondition(.fail, "SLICE_BELOW")
  private static let other = NoticeCondition(.unknown, "TOO_FEW")

  private static func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

  /// Steps of a state that sees these, one a second.
  private func steps(_ sights: [NoticeState.Sight], _ rule: NoticeRule = NoticeRule()) -> [NoticeState.Step] {
    var state = NoticeState()
    return sights.enumerated().map { state.see($1, rule, now: NoticeStateTests.at(Int64($0))) }
  }

  @Test func whatBeginsChangesAndEndsIsToldOnce() {
    let (fail, other) = (NoticeStateTests.fail, NoticeStateTests.other)
    #expect(
      steps([.clear, .alerting(fail), .alerting(fail), .alerting(other), .alerting(other), .clear, .clear]) == [
        .nothing, .open(fail), .nothing, .change(from: fail, to: other), .nothing, .resolve(other, .cleared), .nothing,
      ])
    for (sight, ending) in [
      (NoticeState.Sight.waived, NoticeState.Ending.waived), (.gone, .gone), (.unscheduled, .unscheduled),
    ] {
      // A waiver ends what was told, and what comes after it is news.
      #expect(
        steps([sight, .alerting(fail), sight, sight, .alerting(fail)]) == [
          .nothing, .open(fail), .resolve(fail, ending), .nothing, .open(fail),
        ])
    }
  }

  /// A check that could not run neither begins nor ends anything, nor breaks a row.
  @Test func whatWasNotSeenChangesNothing() {
    let fail = NoticeStateTests.fail
    #expect(
      steps([.unseen, .alerting(fail), .unseen, .alerting(fail)]) == [.nothing, .open(fail), .nothing, .nothing])
    let patient = NoticeRule(runs: 2, wellRuns: 2)
    #expect(
      steps([.alerting(fail), .unseen, .alerting(fail), .clear, .unseen, .clear], patient) == [
        .nothing, .nothing, .open(fail), .nothing, .nothing, .resolve(fail, .cleared),
      ])
  }

  @Test func flappingIsDamped() {
    let (fail, other) = (NoticeStateTests.fail, NoticeStateTests.other)
    let patient = NoticeRule(runs: 3, wellRuns: 2)
    let flaps = Array(repeating: [NoticeState.Sight.alerting(fail), .alerting(other), .clear], count: 5).flatMap(\.self)
    #expect(steps(flaps, patient).allSatisfy { $0 == .nothing })
    // Two are too few, the third is told; and so with what changes, and with what ends.
    #expect(steps([.alerting(fail), .alerting(fail)], patient).last == .nothing)
    #expect(steps([.alerting(fail), .alerting(other), .alerting(fail)], patient).last == .open(fail))
    let open = [NoticeState.Sight](repeating: .alerting(fail), count: 3)
    #expect(
      steps(open + [.alerting(other), .alerting(other), .alerting(fail)], patient).suffix(3).allSatisfy {
        $0 == .nothing
      })
    #expect(
      steps(open + [.alerting(other), .alerting(other), .alerting(other)], patient).last
        == .change(from: fail, to: other))
    #expect(steps(open + [.clear, .alerting(fail), .clear], patient).last == .nothing)
    #expect(steps(open + [.clear, .clear], patient).last == .resolve(fail, .cleared))
  }

  @Test func remindersComeWhenTheyAreDue() {
    let fail = NoticeStateTests.fail
    let rule = NoticeRule(reminder: .seconds(10))
    var state = NoticeState()
    #expect(state.see(.alerting(fail), rule, now: NoticeStateTests.at(0)) == .open(fail))
    #expect(state.see(.alerting(fail), rule, now: Instant(nanoseconds: 9_999_999_999)) == .nothing)
    #expect(state.see(.alerting(fail), rule, now: NoticeStateTests.at(10)) == .remind(fail))
    #expect(state.see(.alerting(fail), rule, now: NoticeStateTests.at(19)) == .nothing)
    #expect(state.see(.alerting(fail), rule, now: NoticeStateTests.at(20)) == .remind(fail))
    #expect(state.openedAt == NoticeStateTests.at(0) && state.toldAt == NoticeStateTests.at(20))
    #expect(state.see(.alerting(fail), NoticeRule(), now: NoticeStateTests.at(900)) == .nothing)
  }

  private static let sights: [NoticeState.Sight] = [
    .alerting(fail), .alerting(other), .clear, .waived, .gone, .unscheduled, .unseen,
  ]

  /// Whoever hears the steps knows how it stands: an open only where nothing is open, the rest only where something is.
  private static func hear(_ step: NoticeState.Step, _ heard: inout NoticeCondition?) -> Bool {
    switch step {
    case .nothing: return true
    case .open(let condition):
      defer { heard = condition }
      return heard == nil
    case .change(let from, let to):
      defer { heard = to }
      return heard == from && from != to
    case .remind(let condition): return heard == condition
    case .resolve(let condition, _):
      defer { heard = nil }
      return heard == condition
    }
  }

  /// All states that any sights lead to, with every patience up to three: in each, every sight.
  @Test func everyStateIsSound() {
    var explored = 0
    for runs in 1...3 {
      for wellRuns in 1...3 {
        let rule = NoticeRule(runs: runs, wellRuns: wellRuns)
        var known: Set<NoticeState> = [NoticeState()]
        var open = [NoticeState()]
        while let state = open.popLast() {
          for sight in NoticeStateTests.sights {
            var (next, heard) = (state, state.told)
            let step = next.see(sight, rule, now: NoticeStateTests.at(5))
            #expect(NoticeStateTests.hear(step, &heard) && heard == next.told, "\(state) \(sight)")
            #expect(next.pending < runs && next.well < wellRuns)
            #expect((next.told == nil) == (next.openedAt == nil) && (next.told == nil) == (next.toldAt == nil))
            if sight == .unseen { #expect(next == state && step == .nothing) }
            if [.waived, .gone, .unscheduled].contains(sight) { #expect(next == NoticeState()) }
            if known.insert(next).inserted { open.append(next) }
          }
        }
        explored += known.count
        // Quiet: as many as runs may be pending. Told, each of two conditions: as many pending, or as many well.
        #expect(known.count == runs + 2 * (runs + wellRuns - 1))
      }
    }
    #expect(explored == 9 * 2 + 18 * 3)
  }

  /// Against the definition: something is open exactly if the last row of sights long enough to decide said so.
  @Test(arguments: 0..<50) func randomRunsAgreeWithTheDefinition(_ seed: UInt64) {
    var random = SplitMix(seed: seed)
    let rule = NoticeRule(runs: Int.random(in: 1...4, using: &random), wellRuns: Int.random(in: 1...4, using: &random))
    var (state, heard, row, well) = (NoticeState(), NoticeCondition?.none, 0, 0)
    var isOpen = false
    for second in 0..<400 {
      guard let sight = NoticeStateTests.sights.randomElement(using: &random) else { return }
      #expect(NoticeStateTests.hear(state.see(sight, rule, now: NoticeStateTests.at(Int64(second))), &heard))
      switch sight {
      case .alerting:
        (row, well) = (row + 1, 0)
        if row >= rule.runs { isOpen = true }
      case .clear:
        (row, well) = (0, well + 1)
        if well >= rule.wellRuns { isOpen = false }
      case .unseen: break
      case .waived, .gone, .unscheduled: (row, well, isOpen) = (0, 0, false)
      }
      #expect((heard != nil) == isOpen, "seed \(seed), second \(second)")
    }
  }
}
