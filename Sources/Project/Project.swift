/// What `tally.yaml` says, with what it includes: subjects, gates and thresholds. Every section may be absent.
///
/// Read one with `Project.load(file:policies:)`.
public struct Project: Configurable {
  /// Where the ledger is; nil for the usual place.
  public var ledger: String?
  /// How the results of each suite are compared.
  public var suites = NamedEntries<SuiteSettings>()
  /// In the order of the file: a span counts for the first slice that it fits.
  public var slices = NamedEntries<SliceSettings>()
  /// What users use, what it must reach and keep.
  public var features = NamedEntries<FeatureSettings>()
  /// Promises that a kind of failure stays below a rate.
  public var useCases = NamedEntries<UseCaseSettings>()
  /// Models that route by label, and what their errors cost.
  public var classifiers = NamedEntries<ClassifierSettings>()
  /// The stages that requests and documents go through.
  public var pipelines = NamedEntries<PipelineSettings>()
  /// Programs that decide by themselves which tools they call, and those tools.
  public var agents = NamedEntries<AgentSettings>()
  public var tools = NamedEntries<ToolSettings>()
  /// What is watched, and what is done when it shifts.
  public var signals = NamedEntries<SignalSettings>()
  public var runbooks = NamedEntries<[RunbookStepSettings]>()
  /// Models, by the names that calls ask for or that answer.
  public var models = NamedEntries<ModelSettings>()
  /// Tables of prices, in files.
  public var prices: [PriceFileSettings] = []
  /// What is taken out of records before they are stored.
  public var redaction = RedactionSettings()
  /// Who may answer for things, and the accounts at cloud providers that somebody must answer for.
  public var people = NamedEntries<PersonSettings>()
  public var teams = NamedEntries<TeamSettings>()
  public var accounts = NamedEntries<AccountSettings>()
  /// Customers, and what is kept apart of theirs.
  public var tenants = NamedEntries<TenantSettings>()
  /// Who gets what `tally serve` accepts, too.
  public var forward = NamedEntries<ForwardSettings>()
  /// Who runs the models that `tally serve` calls for others, and which model is called where.
  public var upstreams = NamedEntries<UpstreamSettings>()
  public var routes = NamedEntries<RouteSettings>()
  public var gateway = GatewaySettings()
  /// How much calls of models may use.
  public var budgets = NamedEntries<BudgetSettings>()
  /// How much of what features and agents do may go wrong.
  public var failureBudgets = NamedEntries<FailureRuleSettings>()
  /// When an upstream that fails is not asked any more; nil is never.
  public var breakers: BreakerSettings?
  /// The checks that `tally serve` runs by itself, and who is told of what they find.
  public var schedule = NamedEntries<ScheduleSettings>()
  public var notify = NamedEntries<NoticeSettings>()
  /// The checks that actions wait for.
  public var gates = NamedEntries<GateSettings>()
  /// Thresholds of checks for all subjects, and `default`. Ask `policy(_:subject:)` for what holds.
  public var policies = PolicyOverrides()
  /// Where everything is written.
  var provenance = Provenance()

  public init() {}

  public static let keys: [Key<Project>] = [
    Key(
      reserved: "include", schema: IncludePatterns.schema,
      "More files, by path or pattern (teams/*.yaml), relative to this file"),
    Key("ledger", \.ledger, .optional(.place), "Where the ledger is: a file or an address"),
    Key("suites", \.suites, .map(of: .object, named: "suite"), "Suites, and how their results are compared"),
    Key("slices", \.slices, .map(of: .object, named: "slice"), "Kinds of input that must hold a floor of their own"),
    Key("features", \.features, .map(of: .object, named: "feature"), "What users use, what it must reach and keep"),
    Key("use_cases", \.useCases, .map(of: .object, named: "use_case"), "Promises that failures stay below a rate"),
    Key(
      "classifiers", \.classifiers, .map(of: .object, named: "classifier"),
      "Models that route by label, and what their errors cost"),
    Key(
      "pipelines", \.pipelines, .map(of: .object, named: "pipeline"),
      "The stages that requests and documents go through"),
    Key("agents", \.agents, .map(of: .object, named: "agent"), "What agents may do, and how much may go wrong"),
    Key("tools", \.tools, .map(of: .object, named: "tool"), "What agents call, and whether it can be taken back"),
    Key("signals", \.signals, .map(of: .object, named: "signal"), "What is watched, window by window"),
    Key(
      "runbooks", \.runbooks, .map(of: .list(of: .object), named: "signal"),
      "What is done when a signal shifts, by whom"),
    Key("models", \.models, .map(of: .object, named: "model"), "Models, how they count, and what they cost"),
    Key("prices", \.prices, .list(of: .priceFile), "Tables of prices: files, and when their prices hold"),
    Key("redaction", \.redaction, .object, "What is taken out of records before they are stored"),
    Key("people", \.people, .map(of: .object, named: "person"), "Who may answer for things"),
    Key("teams", \.teams, .map(of: .object, named: "team"), "Teams that may answer for things"),
    Key("accounts", \.accounts, .map(of: .object, named: "account"), "Accounts at cloud providers, and their owners"),
    Key("tenants", \.tenants, .map(of: .object, named: "tenant"), "Customers, and what is kept apart of theirs"),
    Key("forward", \.forward, .map(of: .object, named: "target"), "Who gets what tally serve accepts, too"),
    Key("upstreams", \.upstreams, .map(of: .object, named: "upstream"), "Who runs the models that tally serve calls"),
    Key("routes", \.routes, .map(of: .object, named: "model"), "Which model is called where; a name may end with *"),
    Key("gateway", \.gateway, .object, "How calls of models are written down"),
    Key("budgets", \.budgets, .map(of: .object, named: "budget"), "How much calls of models may use, and whose"),
    Key(
      "failure_budgets", \.failureBudgets, .map(of: .object, named: "budget"),
      "How much of what features and agents do may go wrong"),
    Key("breakers", \.breakers, .optional(.object), "When an upstream that fails is not asked any more"),
    Key("gates", \.gates, .map(of: .object, named: "gate"), "The checks that an action waits for"),
    Key("schedule", \.schedule, .map(of: .object, named: "schedule"), "Checks that tally serve runs by itself"),
    Key("notify", \.notify, .map(of: .object, named: "target"), "Who is told when a scheduled finding changes"),
    Key("policies", \.policies, .policies(withDefault: true), "Thresholds: default for all checks, then by check"),
  ]

  public func faults() -> [Fault] {
    proxyFaults() + routeFaults() + fallbackFaults() + agentFaults() + runbookFaults() + scheduleFaults()
      + approvalFaults()
  }

  /// Where a setting or an entry is written, by its path (`suites.triage`); nil when it is written nowhere.
  public func location(of path: String) -> FileLocation? { provenance.locations[path] }

  /// The policies of all subjects.
  var subjectPolicies: [PolicyOverrides] {
    suites.map(\.value.policies) + features.map(\.value.policies) + useCases.map(\.value.policies)
      + classifiers.map(\.value.policies) + pipelines.map(\.value.policies) + agents.map(\.value.policies)
      + signals.map(\.value.policies)
  }
}

extension Project {
  /// Why a file that a setting names cannot be read.
  public struct UnreadableFile: Error, Sendable, CustomStringConvertible {
    public let description: String
  }

  /// The folder of the project file; files that settings name lie relative to it. Empty for the working directory.
  public var folder: String {
    get { provenance.folder }
    set { provenance.folder = newValue.isEmpty || newValue.hasSuffix("/") ? newValue : newValue + "/" }
  }

  /// The bytes of a file that a setting names.
  /// - Parameters:
  ///   - path: relative to the project file, or absolute.
  ///   - most: larger files are refused.
  public func bytes(of path: String, atMost most: Int = 64 << 20) throws(UnreadableFile) -> [UInt8] {
    do {
      return try FileAccess.bytes(of: path.hasPrefix("/") ? path : folder + path, atMost: most)
    } catch {
      throw UnreadableFile(description: "\(path): \(error.problem)")
    }
  }
}

/// Where the settings of a project are written. Two projects that say the same are equal wherever they say it.
struct Provenance: Sendable, Equatable {
  /// Where the project file is, with a slash at its end; empty for the working directory.
  var folder = ""
  var locations: [String: FileLocation] = [:]

  func origin(of path: String) -> SettingOrigin {
    locations[path].map { .written($0, section: nil) } ?? .builtIn
  }

  static func == (left: Provenance, right: Provenance) -> Bool { true }
}
