import Project
import Records
import Statistics
import Store

/// What may have made a signal shift: every change before its onset, and every version that appeared without one.
///
/// In the time from the look-back to now, the bad answers of each version stand beside those of all others of its surface: Fisher's
/// exact test, two-sided. Candidates are ranked by p, then by how near to the onset they happened. A rank is where to look first,
/// not a proof: what changed together cannot be told apart but by a replay.
struct SurfaceRanking {
  struct Candidate: Equatable {
    let surface: String
    /// Nil where the change does not say.
    let version: String?
    /// What a guard's change is about; nil where it is none.
    var about: GuardSubject?
    /// Who changed it; nil where nobody did, as far as is recorded.
    let actor: String?
    let at: Instant
    let bad: Int
    let count: Int
    let otherBad: Int
    let otherCount: Int

    /// Nil where the version answered nothing, or every answer.
    var pValue: Double? {
      guard count != 0, otherCount != 0 else { return nil }
      return Fisher.exact(a: bad, b: count - bad, c: otherBad, d: otherCount - otherBad).pValue
    }
  }

  private struct Version {
    var bad = 0
    var count = 0
    var first: Instant
  }

  /// Versions of a surface that are told apart; more are no versions.
  static let mostVersions = 1_000

  private let since: Instant
  private let onset: Instant
  private let feature: String?
  private var surfaces: [String: [String: Version]] = [:]
  private(set) var candidates: [Candidate] = []

  /// - Parameter feature: what guards did about others is no candidate; nil is all.
  init(onset: Instant, lookback: Duration, feature: String? = nil) {
    self.onset = onset
    self.feature = feature
    since = onset.advanced(by: .zero - lookback) ?? onset
  }

  /// From when on values count.
  var start: Instant { since }

  mutating func add(_ value: SignalValue, isBad: Bool) {
    guard value.at >= since else { return }
    for (surface, name) in value.versions {
      var versions = surfaces[surface] ?? [:]
      guard versions[name] != nil || versions.count < SurfaceRanking.mostVersions else { continue }
      var version = versions[name] ?? Version(first: value.at)
      version.count += 1
      if isBad { version.bad += 1 }
      version.first = min(version.first, value.at)
      versions[name] = version
      surfaces[surface] = versions
    }
  }

  /// Puts changes and appearances together, and ranks them.
  /// - Parameter known: whether a version was seen before; nil where nothing is known of the time before.
  mutating func rank(_ ledger: Snapshot, known: (_ surface: String, _ version: String) -> Bool?) throws {
    var found: [Candidate] = []
    var changed: Set<[String]> = []
    var changes: [ChangeRecord] = []
    try ledger.forEachChange { _, change in
      if change.at >= since, change.at <= onset { changes.append(change) }
    }
    for change in changes {
      let about = GuardSubject(change)
      if let about, try !about.mayHaveHarmed(feature, from: change.at, ledger) { continue }
      if let version = change.to { changed.insert([change.surface, version]) }
      var one = candidate(change.surface, change.to, actor: change.actor, at: change.at)
      one.about = about
      found.append(one)
    }
    for (surface, versions) in surfaces {
      for (version, seen) in versions
      where known(surface, version) == false && !changed.contains([surface, version]) {
        found.append(candidate(surface, version, actor: nil, at: seen.first))
      }
    }
    candidates = found.orderedByBytes { $0.version ?? "" }.orderedByBytes(of: \.surface).ordered(by: distance)
      .ordered { $0.pValue ?? 1 }
  }

  private func distance(_ candidate: Candidate) -> UInt64 {
    (onset.nanoseconds - candidate.at.nanoseconds).magnitude
  }

  private func candidate(_ surface: String, _ version: String?, actor: String?, at: Instant) -> Candidate {
    let versions = surfaces[surface] ?? [:]
    let own = version.flatMap { versions[$0] }
    let all = versions.values.reduce(into: (bad: 0, count: 0)) { sum, version in
      sum.bad += version.bad
      sum.count += version.count
    }
    return Candidate(
      surface: surface, version: version, actor: actor, at: at, bad: own?.bad ?? 0, count: own?.count ?? 0,
      otherBad: all.bad - (own?.bad ?? 0), otherCount: all.count - (own?.count ?? 0))
  }
}
