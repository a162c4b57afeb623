import Guards
import Records
import Store

extension EvalRot {
  /// What the guards of merges and of data sets object to: labels here, refusals at their gates (`GateRule`).
  struct Objections {
    /// Live cases whose card lacks a field, by field, and all of them.
    private(set) var lacking: [SuiteCard.Field: Int] = [:]
    private(set) var incomplete: [String] = []
    /// Pinned cases that are gone.
    private(set) var deleted: [String] = []
    /// Items that are in training data.
    private(set) var trained: SuiteLeaks

    private struct Known {
      var card: SuiteCard
      var earlier: SuiteCard?
      var sha256: String
      var at: Instant
    }

    /// Memory grows with the suite.
    init(suite: String, _ ledger: Snapshot) throws {
      var cases: [String: Known] = [:]
      var digests: [String: String] = [:]
      try ledger.forEachArtifact(kind: "dataset_item") { _, artifact in
        guard let text = artifact.attributes, let attributes = try? JSONValue(parsing: text),
          attributes["suite"]?.text == suite
        else { return }
        let card = SuiteCard(attributes, asOf: ledger.asOf)
        digests[artifact.sha256] = artifact.name
        if let known = cases[artifact.name] {
          guard artifact.at >= known.at else { return }
          cases[artifact.name] = Known(card: card, earlier: known.card, sha256: artifact.sha256, at: artifact.at)
        } else {
          cases[artifact.name] = Known(card: card, earlier: nil, sha256: artifact.sha256, at: artifact.at)
        }
      }
      let list = try Objections.list(of: suite, items: Set(digests.keys), ledger)
      for (name, one) in cases.orderedByBytes(of: \.key) {
        // A case that came after the list was made is not missing from it.
        let isListed = list.flatMap { one.at <= $0.at ? $0.items.contains(one.sha256) : nil }
        if one.card.deletesPinned(earlier: one.earlier, isListed: isListed) { deleted.append(name) }
        guard one.card.isLive(asOf: ledger.asOf), !one.card.lacking.isEmpty else { continue }
        incomplete.append(name)
        for field in one.card.lacking { lacking[field, default: 0] += 1 }
      }
      let live = cases.values.filter { $0.card.isLive(asOf: ledger.asOf) }.map(\.sha256)
      trained = try SuiteLeaks(of: Set(live), suite: suite, in: SuiteLeaks.training, ledger)
    }

    /// The items of the newest version of the suite that lists them; nil where none does.
    private static func list(
      of suite: String, items: Set<String>, _ ledger: Snapshot
    ) throws -> (at: Instant, items: Set<String>)? {
      var newest: (at: Instant, items: Set<String>)?
      for kind in ["suite", "dataset"] {
        try ledger.forEachArtifact(kind: kind) { _, artifact in
          let listed = Set(artifact.derivedFrom.map(\.sha256))
          guard artifact.name == suite, !listed.isDisjoint(with: items) else { return }
          if let newest, newest.at > artifact.at { return }
          newest = (artifact.at, listed)
        }
      }
      return newest
    }
  }
}

extension SuiteCard {
  fileprivate init(_ attributes: JSONValue, asOf: Instant) {
    self.init(
      reason: attributes["reason"]?.text, trafficCluster: attributes["traffic_cluster"]?.text,
      expiresAt: attributes["expires_at"]?.text.flatMap { Instant($0) },
      isPinned: attributes["pin"]?.text.map { $0 != "none" } ?? false,
      isRetired: attributes["retired_at"]?.text.flatMap { Instant($0) }.map { $0 <= asOf } ?? false)
  }

  /// Neither retired nor expired.
  fileprivate func isLive(asOf: Instant) -> Bool { !isRetired && expiresAt.map { asOf < $0 } ?? true }
}

extension Judgement {
  /// - Parameter uncarded: items with trials but without any card.
  mutating func note(_ objections: EvalRot.Objections, uncarded: Int) {
    func label(_ code: String, _ text: String) { reasons.append(Finding.Reason(code, .pass, text)) }
    let cases = objections.incomplete.count + uncarded
    measure("cases_without_card", cases, unit: "items")
    if cases > 0 {
      var lacks = SuiteCard.Field.allCases.compactMap { field in
        objections.lacking[field].map { "\(field.rawValue) \(NumberWords.grouped($0))" }
      }
      if uncarded > 0 { lacks.append("the whole card \(NumberWords.grouped(uncarded))") }
      let names =
        objections.incomplete.isEmpty ? "" : ": " + NumberWords.list(objections.incomplete)
      label(
        "CASE_WITHOUT_CARD",
        "\(NumberWords.counted(cases, "case")) \(cases == 1 ? "lacks" : "lack") what a card must say (\(lacks.joined(separator: ", ")))\(names)."
      )
    }
    measure("pinned_deleted", objections.deleted.count, unit: "items")
    if !objections.deleted.isEmpty {
      label(
        "CASE_PINNED",
        "\(NumberWords.counted(objections.deleted.count, "pinned case")) left the suite: \(NumberWords.list(objections.deleted))."
      )
    }
    measure("in_training", objections.trained.items.count, unit: "items")
    if !objections.trained.items.isEmpty {
      evidence += objections.trained.holders
      label(
        "TRAIN_EVAL_OVERLAP",
        "\(NumberWords.counted(objections.trained.items.count, "item")) of the suite \(objections.trained.items.count == 1 ? "is" : "are") in training data as well."
      )
    }
  }
}
