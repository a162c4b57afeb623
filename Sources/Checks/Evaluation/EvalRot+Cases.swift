import Project
import Records
import Statistics
import Store

extension EvalRot {
  /// One case of the suite: its card, and how its trials went.
  struct Case {
    let id: RecordID
    var cluster: String?
    let addedAt: Instant?
    /// How often something was tuned on it.
    let tunedOn: Int
    let isPinned: Bool
    let isLive: Bool
    /// Of the newest variant.
    var trials = 0
    var right = 0
    /// Passes since it last failed, whichever variant ran it.
    var streak = 0

    var rate: Double { Double(right) / Double(trials) }

    init(_ id: RecordID, _ card: JSONValue, asOf: Instant) {
      self.id = id
      cluster = card["traffic_cluster"]?.text
      addedAt = card["added_at"]?.text.flatMap { Instant($0) }
      tunedOn = card["tuned_on"]?.whole.flatMap { Int(exactly: $0) } ?? card["tuned_on"]?.elements.count ?? 0
      isPinned = card["pin"]?.text.map { $0 != "none" } ?? false
      let ends = ["expires_at", "retired_at"].compactMap { card[$0]?.text.flatMap { Instant($0) } }
      isLive = ends.allSatisfy { asOf < $0 }
    }
  }

  /// The cases of a suite, and what is known of them. Memory grows with the suite, not with its trials.
  struct Cases {
    private(set) var all: [Case] = []
    private(set) var names: [String] = []
    private var places: [String: Int] = [:]
    /// Items with trials but without a card; beyond so many they are too many anyway.
    private var uncardedItems = BoundedSet<String>(limit: 100_000)
    var weeks = Weeks()
    let asOf: Instant
    private var pendingTopics: [(place: Int, topic: Int64)] = []

    var uncarded: Int { uncardedItems.count }
    var live: [Case] { all.filter(\.isLive) }
    var hasTrials: Bool { all.contains { $0.isLive && $0.trials > 0 } }

    /// Reads the cards: the newest artifact of a name counts.
    init(suite: String, _ ledger: Snapshot) throws {
      asOf = ledger.asOf
      var newest: [Instant] = []
      try ledger.forEachArtifact(kind: "dataset_item") { id, artifact in
        guard let text = artifact.attributes, let card = try? JSONValue(parsing: text), card["suite"]?.text == suite
        else { return }
        let one = Case(id, card, asOf: ledger.asOf)
        guard let place = places[artifact.name] else {
          places[artifact.name] = all.count
          all.append(one)
          names.append(artifact.name)
          newest.append(artifact.at)
          return
        }
        if artifact.at >= newest[place] { (all[place], newest[place]) = (one, artifact.at) }
      }
    }

    /// Reads the trials of every run that reaches into the last half year, and of the newest arm.
    mutating func readTrials(_ series: [TrialSeriesSummary], newest: SuiteRuns.Arm?, since: Instant, _ ledger: Snapshot)
      throws
    {
      let counted = Set(newest?.series.map(\.id) ?? [])
      for one in series where one.lastAt >= since || counted.contains(one.id) {
        let isNewest = counted.contains(one.id)
        var topics: [Int64: String?] = [:]
        var sums: [Int64: Weeks.Sum] = [:]
        try ledger.forEachOutcome(of: one) { outcome in
          guard let isRight = outcome.isRight else { return }
          if outcome.at >= since { sums[Weeks.number(outcome.at), default: Weeks.Sum()].add(isRight ? 1 : 0) }
          guard let place = places[outcome.item] else {
            if isNewest { uncardedItems.insert(outcome.item) }
            return
          }
          all[place].streak = isRight ? all[place].streak + 1 : 0
          guard isNewest else { return }
          all[place].trials += 1
          all[place].right += isRight ? 1 : 0
          guard all[place].cluster == nil, let topic = outcome.trafficCluster else { return }
          // Resolved after the pass: a statement is not asked while another one is being read.
          topics[topic] = .some(nil)
          pendingTopics.append((place, topic))
        }
        weeks.add(sums, version: one.suiteVersion, variant: one.variant)
        for topic in topics.keys.sorted() { topics[topic] = .some(try ledger.term(topic)) }
        for (place, topic) in pendingTopics where all[place].cluster == nil {
          all[place].cluster = topics[topic] ?? nil
        }
        pendingTopics.removeAll()
      }
    }

    /// Names of live cases that may go: their topic is gone, or they always pass among many.
    func retirable(_ mix: Mix, _ policy: Policy) -> [(name: String, id: RecordID, why: String)] {
      var left: [String: Int] = [:]
      for one in live { if let cluster = one.cluster { left[cluster, default: 0] += 1 } }
      var list: [(String, RecordID, String)] = []
      for (one, name) in zip(all, names) where one.isLive && !one.isPinned {
        guard let cluster = one.cluster, let others = left[cluster] else { continue }
        let share = mix.longShare(cluster)
        if let share, share.isBelow(policy.retireShare) {
          list.append((name, one.id, "its topic has \(NumberWords.percent(share)) of traffic"))
        } else if one.streak >= policy.saturatedRuns, others - 1 >= policy.crowd {
          list.append((name, one.id, "passed its last \(one.streak) trials"))
        } else {
          continue
        }
        left[cluster] = others - 1
      }
      return list
    }
  }
}
