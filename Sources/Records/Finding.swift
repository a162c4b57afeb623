/// What a check said about one subject: a verdict, the sentence a person reads, the numbers behind it, and what to do.
public struct Finding: Sendable, Equatable {
  /// `fail > unknown > warn > pass`: a finding of several reasons takes the first of these that occurs.
  public enum Verdict: String, Sendable, CaseIterable {
    case pass, warn, unknown, fail

    /// 0 for the mildest.
    public var severity: Int {
      switch self {
      case .pass: 0
      case .warn: 1
      case .unknown: 2
      case .fail: 3
      }
    }

    /// 0 pass or warn, 1 fail, 2 unknown.
    public var exitCode: Int32 {
      switch self {
      case .pass, .warn: 0
      case .fail: 1
      case .unknown: 2
      }
    }
  }

  /// A code that fired, what it is about, and why in words.
  public struct Reason: Sendable, Equatable {
    /// UPPER_SNAKE; read together with the check.
    public var code: String
    /// The row it speaks of (a slice, a capability, a class); nil for the subject as a whole.
    public var about: String?
    /// The verdict it alone would give. A `pass` reason is a label.
    public var verdict: Verdict
    /// One sentence.
    public var text: String

    public init(_ code: String, about: String? = nil, _ verdict: Verdict, _ text: String) {
      self.code = code
      self.about = about
      self.verdict = verdict
      self.text = text
    }
  }

  /// A number with its interval and its limit. An unset value could not be computed; a reason says why.
  public struct Measure: Sendable, Equatable {
    public var name: String
    public var value: Double?
    public var low: Double?
    public var high: Double?
    public var limit: Double?
    /// `share`, `points`, `items`, `spans`, `days`, `USD`, `bits`, `ratio`, `seed`…
    public var unit: String

    public init(
      _ name: String, _ value: Double?, low: Double? = nil, high: Double? = nil, limit: Double? = nil, unit: String
    ) {
      self.name = name
      self.value = value
      self.low = low
      self.high = high
      self.limit = limit
      self.unit = unit
    }
  }

  /// Evidence that is missing.
  public struct Missing: Sendable, Equatable {
    public var what: String
    /// Nil only when no amount decides.
    public var howMuch: Int?

    public init(_ what: String, _ howMuch: Int?) {
      self.what = what
      self.howMuch = howMuch
    }
  }

  public var check: String
  public var subject: String
  public var verdict: Verdict
  /// In verdict order, worst first.
  public var reasons: [Reason]
  /// One sentence.
  public var headline: String
  public var measures: [Measure]
  /// What a person would rather look at.
  public var figures: [Figure]
  /// Records the verdict rests on, a sample when there are many.
  public var evidence: [RecordID]
  public var missing: [Missing]
  /// The one next action.
  public var next: String
  public var owner: String?
  /// Test and interval.
  public var method: String
  /// The state of the ledger that was judged.
  public var asOf: Instant
  /// Of resampling, when there was any.
  public var seed: UInt64?
  /// How often this comparison was looked at, this look included.
  public var looks: Int
  /// Of the effective policy, as canonical JSON.
  public var policySHA256: SHA256Digest
  /// Of everything that was read.
  public var inputsSHA256: SHA256Digest
  /// When it was computed.
  public var at: Instant
  /// From when on it proves nothing any more.
  public var expiresAt: Instant

  public init(check: String, subject: String, asOf: Instant, policySHA256: SHA256Digest, inputsSHA256: SHA256Digest) {
    self.check = check
    self.subject = subject
    self.verdict = .unknown
    self.reasons = []
    self.headline = ""
    self.measures = []
    self.figures = []
    self.evidence = []
    self.missing = []
    self.next = ""
    self.method = ""
    self.asOf = asOf
    self.looks = 1
    self.policySHA256 = policySHA256
    self.inputsSHA256 = inputsSHA256
    self.at = asOf
    self.expiresAt = asOf
  }

  public func measure(_ name: String) -> Measure? { measures.first { $0.name == name } }
}
