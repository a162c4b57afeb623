/// A part of the company: one AI feature with its traffic, its evaluation and its people.
public enum Part: String, Sendable, CaseIterable {
  /// Answers customers; a new release is compared with the one in production (`eval-power`, `slice-coverage`,
  /// `eval-validity`).
  case assistant
  /// Answers in the help centre, watched by a nightly suite (`eval-rot`).
  case helpcenter
  /// Sorts tickets into classes (`classifier-risk`).
  case triage
  /// Drafts replies, with a fine-tuned model (`capability-regression`).
  case drafts
  /// Promises never to invent a policy, up to an allowed rate (`stochastic-stability`).
  case promises
  /// Reads invoices, towards a target that may be out of reach (`reliability-ceiling`).
  case invoices
  /// Searches the help pages, stage by stage (`pipeline-bottleneck`).
  case search
  /// Books for customers, measured in evaluation and in production (`eval-prod-parity`).
  case concierge
  /// Reads photographed receipts, deployed after it was measured offline (`deployment-gap`).
  case receipts
  /// Suggests replies to users who may adapt to it (`eval-coevolution`).
  case suggestions
  /// Accounts at a cloud provider, and their bill (`cloud-ownership`).
  case cloud
  /// Writes and sends statements in a weekly batch (`silent-failure`).
  case statements
  /// Explains the product from its handbook (`context-waste`).
  case guide
  /// Answers about contracts, with sources and claims (`answer-provenance`).
  case contracts
  /// Answers letters in two languages, by its own counts of tokens (`token-arithmetic`).
  case letters
  /// Refunds orders by an agent (`agent-trust`).
  case desk
  /// Answers calls, is watched by signals, and had an incident (`incident-response`).
  case hotline
  /// Answers three tenants who must not meet (`tenant-isolation`).
  case workspace
}

/// What a world is made of.
public struct Plan: Sendable {
  /// Where the truth lies when nothing is planted.
  public enum Truth: Sendable {
    /// On the right side of every declared bar, with slack: 4 points above the smallest effect that counts, 15 or more
    /// above the floors, a fifth of the failures that are allowed, 2.8 points below the ceiling.
    case comfortable
    /// Exactly on the bar, where the error of a check is defined: the harshest world in which no check may fail.
    case onTheBar
  }

  /// What is wrong, at most one thing in a part; nothing in a clean world.
  public var failures: [PlantedFailure]
  public var truth: Truth
  /// The parts that exist.
  public var parts: [Part]
  /// How the records arrive.
  public var dirt: Dirt
  /// Spans of a feature in a week.
  public var weeklySpans: Int
  /// For how many days before the end of the quarter traffic was recorded.
  public var trafficDays: Int
  /// How much larger the suites are than those that the proofs need.
  public var suiteScale: Double

  /// A company with all its parts, or with those that one failure needs.
  public init(
    planted: PlantedFailure? = nil, truth: Truth = .comfortable, parts: [Part]? = nil, dirt: Dirt = Dirt(),
    weeklySpans: Int = 250, trafficDays: Int = 35, suiteScale: Double = 1
  ) {
    failures = planted.map { [$0] } ?? []
    self.truth = truth
    self.parts = parts ?? planted.map { [$0.part] } ?? Part.allCases
    self.dirt = dirt
    self.weeklySpans = weeklySpans
    self.trafficDays = trafficDays
    self.suiteScale = suiteScale
  }

  /// A company of all parts with several failures.
  public init(failures: [PlantedFailure], weeklySpans: Int = 250, trafficDays: Int = 35) {
    self.init(weeklySpans: weeklySpans, trafficDays: trafficDays)
    self.failures = failures
  }

  /// The part that reads the plan; set while a part is made.
  private var part: Part?

  /// The plan as a part sees it.
  func seen(by part: Part) -> Plan {
    var plan = self
    plan.part = part
    return plan
  }

  /// What is wrong in the part that reads the plan.
  var planted: PlantedFailure? { failures.first { $0.part == part } }

  func items(_ count: Int) -> Int { Int(Double(count) * suiteScale) }
}
