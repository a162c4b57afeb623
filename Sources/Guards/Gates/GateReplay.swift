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
  /// - Parameter runs: the gate at an instant, with what its checks said then.
  public init(name: String, from: Instant, to: Instant, of runs: some Sequence<(at: Instant, gate: Gate)>) {
    self.name = name
    self.from = from
    self.to = to
    self.runs = 0
    refusedByFail = 0
    refusedByUnknown = 0
    var found: [Key: Row] = [:]
    for run in runs where from <= run.at && run.at < to {
      self.runs += 1
      let refusals = run.gate.refusals
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
            first: run.at, last: run.at)
        row.runs += 1
        row.first = min(row.first, run.at)
        row.last = max(row.last, run.at)
        found[key] = row
      }
    }
    rows = found.values.sorted { left, right in
      left.runs == right.runs ? GateReplay.order(left) < GateReplay.order(right) : left.runs > right.runs
    }
  }

  private struct Key: Hashable {
    let check: String
    let subject: String
    let error: String
    let verdict: Finding.Verdict

    init(_ refusal: Gate.Refusal) {
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
