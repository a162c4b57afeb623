public import Records

/// What a gate would have refused over a period, had it been enforced: `tally gate NAME --replay 7d`.
public struct GateReplay: Sendable, Equatable {
  /// One cause of refusals.
  public struct Row: Sendable, Equatable {
    public var check: String
    public var subject: String
    public var error: String
    /// `fail` or `unknown`.
    public var verdict: Finding.Verdict
    /// In how many runs it stood in the way.
    public var runs: Int
    public var first: Instant
    public var last: Instant

    public init(
      check: String, subject: String, error: String, verdict: Finding.Verdict, runs: Int, first: Instant, last: Instant
    ) {
      self.check = check
      self.subject = subject
      self.error = error
      self.verdict = verdict
      self.runs = runs
      self.first = first
      self.last = last
    }
  }

  public var name: String
  /// Half-open: [from, to).
  public var from: Instant
  public var to: Instant
  public var runs: Int
  /// Runs that a fail would have refused.
  public var refusedByFail: Int
  /// Runs that only an unknown would have refused.
  public var refusedByUnknown: Int
  /// The most frequent first.
  public var rows: [Row]

  public var refusedRuns: Int { refusedByFail + refusedByUnknown }

  /// Counts what the gate's runs in the period would have refused. Runs outside it are left out.
  ///
  /// O(n log n) in the refusals.
  public init(name: String, from: Instant, to: Instant, of reports: some Sequence<GateReport>) {
    self.name = name
    self.from = from
    self.to = to
    runs = 0
    refusedByFail = 0
    refusedByUnknown = 0
    var found: [Key: Row] = [:]
    for report in reports where from <= report.asOf && report.asOf < to {
      runs += 1
      let refusals = report.refusals
      switch refusals.first?.verdict {
      case .fail: refusedByFail += 1
      case .unknown: refusedByUnknown += 1
      default: break
      }
      for (key, refusal) in Dictionary(refusals.map { (Key($0), $0) }, uniquingKeysWith: { first, _ in first }) {
        var row =
          found[key]
          ?? Row(
            check: refusal.check, subject: refusal.subject, error: refusal.error, verdict: refusal.verdict, runs: 0,
            first: report.asOf, last: report.asOf)
        row.runs += 1
        row.first = min(row.first, report.asOf)
        row.last = max(row.last, report.asOf)
        found[key] = row
      }
    }
    rows = found.values.sorted { left, right in
      left.runs == right.runs ? GateReplay.order(left) < GateReplay.order(right) : left.runs > right.runs
    }
  }

  /// `In 7 days the gate release ran 42 times; enforced, it would have refused 3 of them.`
  var sentence: String {
    let span = "From \(from.minuteText) to \(to.minuteText)"
    let gate = "the gate \(TerminalText.safe(name))"
    guard runs > 0 else { return "\(span) \(gate) did not run." }
    let times = runs == 1 ? "once" : "\(NumberFormat.count(runs)) times"
    guard refusedRuns > 0 else { return "\(span) \(gate) ran \(times); enforced, it would have refused none of them." }
    return "\(span) \(gate) ran \(times); enforced, it would have refused \(NumberFormat.count(refusedRuns)) of them, "
      + "\(NumberFormat.count(refusedByFail)) because a check fails and \(NumberFormat.count(refusedByUnknown)) because "
      + "the evidence does not decide."
  }

  private struct Key: Hashable {
    let check: String
    let subject: String
    let error: String
    let verdict: Finding.Verdict

    init(_ refusal: GateReport.Refusal) {
      check = refusal.check
      subject = refusal.subject
      error = refusal.error
      verdict = refusal.verdict
    }
  }

  /// Fails before unknowns, then by the bytes of the names.
  private static func order(_ row: Row) -> String {
    "\(3 - row.verdict.severity)\u{0}\(row.check)\u{0}\(row.subject)\u{0}\(row.error)"
  }
}
