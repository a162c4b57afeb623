public import Gateway
public import Guards
public import Records

/// Whose models are called, and how calls are written down.
public struct Calling: Sendable {
  public let plan: CallPlan
  public let pressure: CallRecorder.Pressure
  /// Calls that may be under way or wait for the disk, and the bytes of their requests.
  public let places: Int
  public let bytes: Int
  /// How much calls may use.
  public let budgets: Budgets
  /// 64 bits that nobody can foresee, of which ids are made; only the command line may ask the system for them.
  public let random: @Sendable () -> UInt64
  /// When upstreams that fail are not asked.
  public var breakers = Breakers()

  /// What tenants may use; nil where none are declared.
  public var tenants: Tenants?
  /// How much may go wrong.
  public var failures = Failures()
  /// Who may wait for upstreams that have only so many places.
  public var room = CallQueues.Room()

  /// Tenants, their limits and their canaries.
  public struct Tenants: Sendable {
    public var mode = TenantRule.Mode.observe
    public var entries: [CallTenants.Entry] = []
    public var canaries = CanaryList([])

    public init() {}
  }

  /// Failure budgets, and what is known of tools and people to keep them.
  public struct Failures: Sendable {
    public var entries: [FailureDesk.Entry] = []
    /// Tools that change nothing.
    public var readers: Set<String> = []
    /// Who may approve a call, and until when they are here.
    public var people: [String: Instant?] = [:]

    public init() {}
  }

  /// How breakers work, and how often fallbacks may.
  public struct Breakers: Sendable {
    public var mode = BreakerRule.Mode.off
    public var rule = BreakerRule()
    /// Names of annotations that judge calls.
    public var judges: [String] = []
    /// Whether an answer counts as failed that breaks a schema which its provider only aimed at.
    public var countsMissedSchemas = false
    /// Of all calls, those that may be made a second time elsewhere.
    public var fallbackShare = 0.2

    public init() {}
  }

  /// Budgets, and what is known of models to keep them.
  public struct Budgets: Sendable {
    public var entries: [CallBudgets.Entry] = []
    public var models = CallBudgets.Models()
    public var patience = CallBudgets.Patience()

    public init() {}
  }

  public init(
    _ plan: CallPlan, pressure: CallRecorder.Pressure = .wait, places: Int = 4_096, bytes: Int = 256 << 20,
    budgets: Budgets = Budgets(), random: @escaping @Sendable () -> UInt64
  ) {
    self.plan = plan
    self.pressure = pressure
    self.places = places
    self.bytes = bytes
    self.budgets = budgets
    self.random = random
  }

  /// Hexadecimal digits, not all of them zero, 16 for each word.
  func id(words: Int) -> String {
    (0..<words).map { _ in
      let digits = String(max(1, random()), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
