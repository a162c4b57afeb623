internal import Records

extension ScheduledRun {
  /// How many findings of each verdict a check has; those that are waived count for themselves.
  var counts: [(check: String, verdicts: [(word: String, count: Int)])] {
    Dictionary(grouping: entries, by: \.finding.check).sorted { $0.key < $1.key }.map { check, found in
      let words = found.map { $0.counts ? $0.finding.verdict.rawValue : "waived" }
      let known = Finding.Verdict.allCases.reversed().map(\.rawValue) + ["waived"]
      return (check, known.map { word in (word, words.count { $0 == word }) }.filter { $0.1 > 0 })
    }
  }

  /// What the ledger keeps of it.
  var json: JSONValue {
    var object = JSONObject()
    object["problem"] = problem.map(JSONValue.string)
    object["checks"] = .array(
      counts.map { check, verdicts in
        var line = JSONObject()
        line["check"] = .string(check)
        for (word, count) in verdicts { line[word] = .integer(Int64(count)) }
        return .object(line)
      })
    object["failed"] = .array(
      failures.map { failure in
        var line = JSONObject()
        line["check"] = .string(failure.check)
        line["problem"] = .string(failure.problem)
        return .object(line)
      })
    object["not_applicable"] = .array(notApplicable.map(JSONValue.string))
    return .object(object)
  }
}

extension ScheduledRun {
  /// For metrics: how often each check said each verdict; `error` is for what could not run.
  public var outcomes: [(check: String, verdict: String, count: Int)] {
    counts.flatMap { check, verdicts in verdicts.map { (check, $0.word, $0.count) } }
      + failures.map { ($0.check, "error", 1) }
  }
}
