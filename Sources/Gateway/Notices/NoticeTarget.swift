public import Guards
public import Store

/// Somebody who is told what schedules find.
public struct NoticeTarget: Sendable {
  /// What it speaks.
  public enum Kind: String, Sendable, CaseIterable {
    case slack, pagerduty, alertmanager, webhook
  }

  public let kind: Kind
  /// Its address, with its headers, and what must not be shown of it.
  public let address: ForwardTarget
  /// PagerDuty's routing key, or what signs a webhook's notices; neither printed nor logged.
  public let key: String?
  public var rule: NoticeRule
  /// What it is told of; none is all. A subject that ends with `*` is all that begin so.
  public var checks: [String] = []
  public var subjects: [String] = []
  /// Where people reach this server; nil makes no links.
  public var link: String?

  public var name: String { address.name }

  public init(_ kind: Kind, at address: ForwardTarget, key: String? = nil, rule: NoticeRule = NoticeRule()) {
    (self.kind, self.address, self.key, self.rule) = (kind, address, key, rule)
  }

  /// Where PagerDuty takes events, but for those of its service region in the EU.
  public static let pagerDutyURL = "https://events.pagerduty.com/v2/enqueue"

  /// Where what it is told waits. In order: what is over must not be told before it began.
  public var lane: SpoolLane { SpoolLane(target: NoticeTarget.lanePrefix + name, inOrder: true) }

  /// No target of `forward` is called so.
  public static let lanePrefix = "notify/"

  func isTold(of check: String) -> Bool { checks.isEmpty || checks.contains(check) }

  func isTold(of check: String, _ subject: String) -> Bool {
    isTold(of: check)
      && (subjects.isEmpty
        || subjects.contains { $0.hasSuffix("*") ? subject.hasPrefix($0.dropLast()) : subject == $0 })
  }
}
