public import Records

/// What a check found about a subject, before the frame makes a finding of it.
public struct Judgement: Sendable {
  /// Codes that fired; the worst of them is the verdict. None: pass.
  public var reasons: [Finding.Reason] = []
  /// One sentence.
  public var headline = ""
  public var measures: [Finding.Measure] = []
  public var figures: [Figure] = []
  /// Records that the verdict rests on; a sample is enough.
  public var evidence: [RecordID] = []
  public var missing: [Finding.Missing] = []
  /// The one next action.
  public var next = ""
  /// Test and interval.
  public var method = ""
  /// Set when something was drawn at random.
  public var seed: UInt64?
  /// How often the subject was looked at, this look included.
  public var looks = 1
  /// Records that were used, and those that were left out because a needed field is missing.
  public var used = 0
  public var excluded = 0
  /// Above this share of records that are left out, a pass or a warning is unknown: `max_missing_share` of the policy.
  public var maxMissingShare = 0.05

  public init() {}

  /// Whether too many records lack a needed field for a pass.
  var lacksFields: Bool {
    excluded > 0 && Double(excluded) > (maxMissingShare + 1e-9) * Double(used + excluded)
  }

  public var verdict: Finding.Verdict {
    reasons.map(\.verdict).max { $0.severity < $1.severity } ?? .pass
  }

  /// The first of the reasons that decide the verdict; nil where there is none.
  public var leading: Finding.Reason? { reasons.first { $0.verdict == verdict } }

  /// Codes that would alone give a verdict.
  public func codes(_ verdict: Finding.Verdict) -> [String] { reasons.filter { $0.verdict == verdict }.map(\.code) }

  public mutating func fail(_ code: String, about: String? = nil, _ text: String) {
    reasons.append(Finding.Reason(code, about: about, .fail, text))
  }

  public mutating func warn(_ code: String, about: String? = nil, _ text: String) {
    reasons.append(Finding.Reason(code, about: about, .warn, text))
  }

  /// What is unknown always says what would decide it.
  /// - Parameter howMuch: nil only where no amount decides.
  public mutating func unknown(
    _ code: String, about: String? = nil, _ text: String, missing what: String, _ howMuch: Int?
  ) {
    reasons.append(Finding.Reason(code, about: about, .unknown, text))
    let evidence = Finding.Missing(what, howMuch)
    if !missing.contains(evidence) { missing.append(evidence) }
  }

  public mutating func measure(
    _ name: String, _ value: Double?, low: Double? = nil, high: Double? = nil, limit: Double? = nil, unit: String
  ) {
    measures.append(Finding.Measure(name, value, low: low, high: high, limit: limit, unit: unit))
  }

  public mutating func measure(_ name: String, _ count: Int, limit: Double? = nil, unit: String) {
    measure(name, Double(count), limit: limit, unit: unit)
  }
}
