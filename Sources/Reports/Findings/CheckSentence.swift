internal import Records

/// The first sentence of a report: how many checks say what. A check counts once, with its worst subject.
struct CheckSentence {
  private var counts: [Finding.Verdict: Int] = [:]
  /// Checks whose findings are all waived.
  private var waived = 0
  private var total = 0

  init(_ entries: [CheckReport.Entry]) {
    var places: [String: Int] = [:]
    var groups: [[CheckReport.Entry]] = []
    for entry in entries {
      if let place = places[entry.finding.check] {
        groups[place].append(entry)
      } else {
        places[entry.finding.check] = groups.count
        groups.append([entry])
      }
    }
    total = groups.count
    for group in groups {
      if let verdict = CheckReport.worst(group) { counts[verdict, default: 0] += 1 } else { waived += 1 }
    }
  }

  /// `2 of 8 checks fail, 1 is unknown, 5 pass.`
  var text: String {
    guard total > 0 else {
      return "No check applies: nothing that a check judges is declared in the project file or seen in the ledger."
    }
    let parts = self.parts
    guard parts.count > 1 else { return only(parts.first) }
    let first = "\(parts[0].count) of \(total) checks \(parts[0].said)"
    let others = parts.dropFirst().map { "\($0.count) \($0.said)" }
    return ([first] + others).joined(separator: ", ") + "."
  }

  private typealias Part = (count: Int, said: String)

  private var parts: [Part] {
    let all: [Part] = [
      part(counts[.fail], "fails", "fail"), part(counts[.unknown], "is unknown", "are unknown"),
      part(counts[.warn], "warns", "warn"), part(counts[.pass], "passes", "pass"),
      part(waived, "is waived", "are waived"),
    ]
    return all.filter { $0.count > 0 }
  }

  private func part(_ count: Int?, _ one: String, _ many: String) -> Part {
    (count ?? 0, count == 1 ? one : many)
  }

  private func only(_ part: Part?) -> String {
    guard let part else { return "No check says anything." }
    switch total {
    case 1: return "The one check that applies \(part.said)."
    case 2: return "Both checks \(part.said)."
    default: return "All \(total) checks \(part.said)."
    }
  }

  /// `3 checks do not apply.`; nil when all do.
  static func notApplicable(_ checks: [String]) -> String? {
    guard !checks.isEmpty else { return nil }
    return checks.count == 1
      ? "1 check does not apply: its subject is neither declared nor seen."
      : "\(NumberFormat.count(checks.count)) checks do not apply: their subjects are neither declared nor seen."
  }
}
