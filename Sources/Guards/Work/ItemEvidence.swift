public import Records

/// What is known of one unit of batch work: what must exist, what was done, what was proved and what was claimed.
public struct ItemEvidence: Sendable, Equatable {
  /// Proof of one effect.
  public struct Receipt: Sendable, Equatable {
    /// What was read back from the outside.
    public enum ReadBack: Sendable, Equatable {
      case confirmed
      /// The effect is not there, or the object is another than the one that was claimed.
      case refuted
      /// Nobody looked.
      case none
    }

    public var step: String?
    public var output: String?
    /// Key of the intent.
    public var key: String?
    /// The effect as the other side calls it.
    public var effect: String?
    public var readBack: ReadBack
    public var at: Instant
    /// Whether a later receipt replaces it. Its effect took place all the same.
    public var isReplaced: Bool

    public init(
      step: String? = nil, output: String? = nil, key: String? = nil, effect: String? = nil, readBack: ReadBack = .none,
      at: Instant, isReplaced: Bool = false
    ) {
      self.step = step
      self.output = output
      self.key = key
      self.effect = effect
      self.readBack = readBack
      self.at = at
      self.isReplaced = isReplaced
    }
  }

  /// One call of a tool.
  public struct Call: Sendable, Equatable {
    /// Tool and canonical arguments; nil where the arguments are not known, so that it equals no other call.
    public var signature: String?
    /// The key that its intent should have; nil where the arguments are not known.
    public var intent: String?
    /// The key that was given with it.
    public var key: String?
    public var at: Instant

    public init(signature: String? = nil, intent: String? = nil, key: String? = nil, at: Instant) {
      self.signature = signature
      self.intent = intent
      self.key = key
      self.at = at
    }
  }

  /// What the last attempt says of itself.
  public enum Claim: Sendable, Equatable {
    /// Nobody has taken it.
    case none
    /// Under way, or waiting for something.
    case open
    case complete
    case failed
    case cancelled
  }

  /// A sign of life that says how far the work is.
  public struct Progress: Sendable, Equatable {
    public var marker: String
    public var at: Instant

    public init(_ marker: String, at: Instant) {
      self.marker = marker
      self.at = at
    }
  }

  public var declaredSteps: [String] = []
  public var receipts: [Receipt] = []
  public var calls: [Call] = []
  public var progress: [Progress] = []
  /// The newest word of each output check, by its class: whether it passed.
  public var checks: [String: Bool] = [:]
  /// In 10⁻¹² US dollars.
  public var cost: Int128 = 0
  public var budget: Int128?
  public var claim = Claim.none
  public var claimedAt: Instant?
  /// Attempts at the step that was tried most often.
  public var attempts = 0
  public var deadline: Instant?

  public init() {}
}
