public import Records

/// Whether an action may go ahead: the findings it waits for, and which of them stand in its way.
///
/// A required check that fails refuses, and one that is unknown does what the gate says. A label of a finding refuses where
/// a rule of this very gate says so (`GateRule`). A check that does not apply refuses nothing, but it proves nothing
/// either: `missing` names it.
public struct Gate: Sendable, Equatable {
  /// Whether a gate stands in the way.
  public enum Mode: String, Sendable, CaseIterable {
    /// It decides nothing.
    case off
    /// It records what it would have refused.
    case observe
    /// It refuses.
    case enforce
  }

  /// What a gate does when the evidence does not decide.
  public enum OnUnknown: String, Sendable, CaseIterable {
    /// Lets through, and says so.
    case report
    /// Refuses.
    case refuse
  }

  /// What the gate did.
  public enum Decision: Sendable, Equatable {
    case pass
    /// With the code of the first refusal.
    case refused(code: String)
    /// Under `observe`: with the code that `enforce` would have refused with.
    case wouldRefuse(code: String)
  }

  /// A check the gate asks for.
  public struct Requirement: Sendable, Equatable {
    public var check: String
    /// Its findings; none when it does not apply.
    public var entries: [DecidedFinding]

    public init(check: String, entries: [DecidedFinding]) {
      self.check = check
      self.entries = entries
    }
  }

  /// Why a gate refuses, in the form in which every guard refuses.
  public struct Refusal: Sendable, Equatable {
    /// The reason code of the finding.
    public var error: String
    public var check: String
    public var subject: String
    /// `fail` or `unknown`; a broken rule of the gate is a fail.
    public var verdict: Finding.Verdict
    /// The finding's record, where it was stored.
    public var finding: RecordID?
    public var sentence: String
    public var next: String
  }

  public var name: String
  public var mode: Mode
  public var onUnknown: OnUnknown
  public var required: [Requirement]

  public init(name: String, mode: Mode, onUnknown: OnUnknown, required: [Requirement]) {
    self.name = name
    self.mode = mode
    self.onUnknown = onUnknown
    self.required = required
  }

  public var entries: [DecidedFinding] { required.flatMap(\.entries) }

  /// The required checks that do not apply.
  public var missing: [String] { required.filter(\.entries.isEmpty).map(\.check) }

  /// What stands in the way if the gate is enforced: fails, then broken rules, then unknowns; the mode does not matter.
  public var refusals: [Refusal] {
    let verdicts = entries.compactMap(Gate.refusal)
    let fails = verdicts.filter { $0.verdict == .fail }
    // A rule whose code already refuses as the finding's verdict is said once.
    let rules = objections.filter { rule in
      !fails.contains { $0.check == rule.check && $0.subject == rule.subject && $0.error == rule.error }
    }
    return fails + rules
      + (onUnknown == .refuse ? verdicts.filter { $0.verdict == .unknown } : [])
  }

  /// Rules of this gate that a finding shows to be broken, whatever its verdict.
  public var objections: [Refusal] {
    entries.filter(\.counts).flatMap { entry in
      entry.finding.reasons.compactMap { reason in
        GateRule.rule(of: name, check: entry.finding.check, code: reason.code).map { rule in
          Refusal(
            error: reason.code, check: entry.finding.check, subject: entry.finding.subject, verdict: .fail,
            finding: entry.id, sentence: reason.text, next: rule.next)
        }
      }
    }
  }

  public var decision: Decision {
    guard mode != .off, let first = refusals.first else { return .pass }
    return mode == .enforce ? .refused(code: first.error) : .wouldRefuse(code: first.error)
  }

  /// 0 passed or observed, 1 refused by a fail, 2 refused by an unknown.
  public var exitCode: Int32 {
    guard mode == .enforce else { return 0 }
    return refusals.first?.verdict.exitCode ?? 0
  }

  private static func refusal(_ entry: DecidedFinding) -> Refusal? {
    let finding = entry.finding
    guard entry.counts, finding.verdict == .fail || finding.verdict == .unknown else { return nil }
    return Refusal(
      error: finding.leadingCode ?? finding.verdict.rawValue.uppercased(), check: finding.check,
      subject: finding.subject, verdict: finding.verdict, finding: entry.id, sentence: finding.sentence,
      next: finding.next)
  }
}
