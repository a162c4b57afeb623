/// A finding, and what the team decided about it.
public struct DecidedFinding: Sendable, Equatable {
  /// What the check said.
  public var finding: Finding
  /// The waiver in force, if there is one: the finding is shown, its verdict does not count.
  public var waiver: Waiver?
  /// The finding's own record; nil when it was not stored.
  public var id: RecordID?

  public init(finding: Finding, waiver: Waiver? = nil, id: RecordID? = nil) {
    self.finding = finding
    self.waiver = waiver
    self.id = id
  }

  /// Whether the verdict counts.
  public var counts: Bool { waiver == nil }
}

extension Finding {
  /// The code that decided: the first reason's, reasons being in verdict order; nil where no code fired.
  public var leadingCode: String? { reasons.first?.code }

  /// The headline; the first reason where a check said nothing.
  public var sentence: String {
    if !headline.isEmpty { return headline }
    return reasons.first?.text ?? "The check gave no explanation."
  }
}
