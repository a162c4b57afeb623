import Project
import Records
import Store

extension EvalCoevolution {
  /// How long a user has had the feature.
  enum Tenure: String, CaseIterable, Hashable {
    case week = "0–7 days"
    case month = "8–30 days"
    case quarter = "31–90 days"
    case longer = "90+ days"

    init?(days: String?) {
      guard let days = days.flatMap(Double.init), days.isFinite, days >= 0 else { return nil }
      self = days <= 7 ? .week : days <= 30 ? .month : days <= 90 ? .quarter : .longer
    }
  }

  /// Where the mix without the feature comes from.
  enum Reference: Sendable {
    /// Users from whom the feature is held back.
    case holdout
    /// Nobody: users of the first week stand in.
    case newUsers
    /// Nobody at all.
    case none
  }

  /// Spans by topic, with the feature and without it.
  struct Traffic {
    typealias Counts = [String: Int]

    /// With the feature, and without it; the latter empty where nobody is without.
    private(set) var treated: Counts = [:]
    private(set) var holdout: Counts = [:]
    let reference: Reference
    /// Of the treated.
    private(set) var byTenure: [Tenure: Counts] = [:]
    /// Of the treated, by how many weeks ago; 0 is the week that ends now.
    private(set) var byWeek: [Int64: Counts] = [:]
    /// Spans without a topic, and spans that do not say whether they had the feature while others do.
    private(set) var unclustered = 0
    private(set) var unassigned = 0

    private enum Arm { case treated, holdout, unsaid }

    private struct Place: Hashable {
      let arm: Arm
      let tenure: Tenure?
      let week: Int64
    }

    /// One pass over the rollup of the window. Memory grows with topics and weeks.
    init(feature: String, days: Int, _ ledger: Snapshot) throws {
      var counts: [Place: Counts] = [:]
      var missing: [Arm: Int] = [:]
      var arms: Set<Arm> = []
      var read: [String: (arm: Arm, tenure: Tenure?)] = [:]
      let today = ledger.asOf.day
      try ledger.traffic(feature: feature, days: Int64(days)) { cell in
        // Each combination of tags is parsed once.
        let tags = read[cell.tags.canonical] ?? Traffic.read(cell.tags)
        read[cell.tags.canonical] = tags
        arms.insert(tags.arm)
        guard let topic = cell.trafficCluster else { return missing[tags.arm, default: 0] += Int(cell.spans) }
        let place = Place(arm: tags.arm, tenure: tags.tenure, week: (today - cell.day) / 7)
        counts[place, default: [:]][topic, default: 0] += Int(cell.spans)
      }
      // Who says nothing has the feature, unless others say so of themselves.
      let treatedArms: Set<Arm> = arms.contains(.treated) && arms.contains(.holdout) ? [.treated] : [.treated, .unsaid]
      for (place, spans) in counts {
        if place.arm == .holdout {
          holdout.merge(spans, uniquingKeysWith: +)
        } else if treatedArms.contains(place.arm) {
          treated.merge(spans, uniquingKeysWith: +)
          byWeek[place.week, default: [:]].merge(spans, uniquingKeysWith: +)
          if let tenure = place.tenure { byTenure[tenure, default: [:]].merge(spans, uniquingKeysWith: +) }
        } else {
          unassigned += spans.values.reduce(0, +)
        }
      }
      for (arm, spans) in missing {
        if arm == .holdout || treatedArms.contains(arm) { unclustered += spans } else { unassigned += spans }
      }
      if !holdout.isEmpty {
        reference = .holdout
      } else {
        holdout = byTenure[.week] ?? [:]
        reference = holdout.isEmpty ? .none : .newUsers
      }
    }

    private static func read(_ tags: Tags) -> (arm: Arm, tenure: Tenure?) {
      let values = tags.values
      let arm: Arm = values["arm"] == "holdout" ? .holdout : values["arm"] == "treated" ? .treated : .unsaid
      return (arm, Tenure(days: values["tenure_days"]))
    }

    /// Spans with a topic that are looked at; users of the first week are among the treated.
    var spans: Int {
      treated.values.reduce(0, +) + (reference == .holdout ? holdout.values.reduce(0, +) : 0)
    }
  }
}
