import Records
import Simulation
import Testing

@Suite struct WorldTests {
  @Test func equalSeedsGiveEqualRecords() {
    let plan = Plan()
    let first = Array(World(seed: 7, plan: plan).records)
    let second = Array(World(seed: 7, plan: plan).records)
    let other = Array(World(seed: 8, plan: plan).records)
    #expect(first == second)
    #expect(first != other)
    #expect(
      Set(first.map(\.kind)) == [
        .trial, .span, .annotation, .artifact, .change, .charge, .run, .item, .attempt, .receipt, .incident,
      ])
  }

  @Test func partsAreIndependentOfEachOther() {
    let dirt = Dirt.none
    let whole = World(seed: 3, plan: Plan(dirt: dirt)).records.filter { $0.suite == "promises" }
    let alone = World(seed: 3, plan: Plan(parts: [.promises], dirt: dirt)).records.filter { $0.suite == "promises" }
    #expect(whole == alone)
    #expect(!whole.isEmpty)
  }

  @Test func everyDayComesOnceAndTheRestLast() {
    let world = World(seed: 1, plan: Plan(parts: [.helpcenter]))
    #expect(world.days.map(\.number) == Array(0...91))
    #expect(world.quarter.date(0).description == "2026-07-06T00:00:00Z")
    #expect(world.asOf.description == "2026-10-04T23:59:59Z")
    for record in world.records { #expect(record.time <= world.asOf) }
  }

  /// Duplicates are equal to the last bit; what is late comes after records that are more than half a day newer.
  @Test func dirtIsAsStated() {
    let plan = Plan(parts: [.assistant, .helpcenter])
    let clean = Array(World(seed: 5, plan: Plan(parts: plan.parts, dirt: .none)).records)
    let records = Array(World(seed: 5, plan: plan).records)
    let duplicates = records.count - clean.count
    expect(duplicates, of: clean.count, isAbout: plan.dirt.duplicates)
    var newest = Instant(nanoseconds: 0)
    var late = 0
    for record in records {
      if record.time.nanoseconds < newest.nanoseconds - 43_200_000_000_000 { late += 1 }
      newest = max(newest, record.time)
    }
    // Most duplicates are late as well.
    #expect(Double(late) > Double(clean.count) * plan.dirt.late * 0.8)
    #expect(Double(late) < Double(clean.count) * (plan.dirt.late + plan.dirt.duplicates) * 1.25)
    let trials = records.filter { $0.kind == .trial }
    expect(trials.filter { $0.isMissing }.count, of: trials.count, isAbout: plan.dirt.missingScores)
    let spans = records.filter { $0.kind == .span }
    expect(spans.filter { $0.isMissing }.count, of: spans.count, isAbout: plan.dirt.missingClusters)
    #expect(clean.allSatisfy { !$0.isMissing })
  }

  @Test func documentsAreSkewedAndRepeatsUnequal() {
    let trials = World(seed: 2, plan: Plan(parts: [.assistant], dirt: .none)).trials("answers", "prod")
    var sizes: [String: Set<String>] = [:]
    var repeats: [String: Int] = [:]
    for trial in trials {
      sizes[trial.cluster ?? "", default: []].insert(trial.item)
      repeats[trial.item, default: 0] += 1
    }
    let counts = sizes.values.map(\.count).sorted()
    #expect(counts.first == 1)
    #expect((counts.last ?? 0) >= 10)
    #expect(counts[counts.count / 2] <= 2)
    #expect(Set(repeats.values) == [1, 2, 3])
  }
}
