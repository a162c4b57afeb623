/// A label of a finding that stops one kind of action only.
///
/// Most of what stops an action is a verdict. Some things a check notes are harmless until somebody acts on them: a case
/// without a card is a note in the nightly run, and no reason to let it into the suite.
public struct GateRule: Sendable, Equatable {
  /// The gate's name in `tally.yaml`, which is the action's.
  public let gate: String
  public let check: String
  public let code: String
  /// What whoever is refused can do.
  public let next: String

  /// Source: "Guard" of each check's specification.
  public static let all: [GateRule] = [
    GateRule(
      gate: "merge", check: "eval-rot", code: "CASE_WITHOUT_CARD",
      next: "Write reason, traffic_cluster and expires_at on the card of every case, and ingest the cards."),
    GateRule(
      gate: "merge", check: "eval-rot", code: "CASE_PINNED",
      next: "Put the pinned cases back, or have the owner of each unpin it first."),
    GateRule(
      gate: "dataset", check: "eval-rot", code: "TRAIN_EVAL_OVERLAP",
      next: "Take the items of the suite out of the training data, or retire them from the suite."),
    GateRule(
      gate: "merge", check: "pipeline-bottleneck", code: "CLAIM_MISSING",
      next: "Say in the change's attributes.claim which stage gets faster (stage) and by how much (saved_ms)."),
    GateRule(
      gate: "release", check: "eval-prod-parity", code: "BUNDLE_DIFFERS",
      next: "Serve the bundle that was tested, or test the one that is served."),
    GateRule(
      gate: "release", check: "eval-prod-parity", code: "PARITY_UNKNOWN",
      next: "Get the evidence that the finding names, then ask again."),
    GateRule(
      gate: "release", check: "deployment-gap", code: "DEPLOYMENT_GAP",
      next: "Measure every required dimension, and mend those that fail, before it is promoted."),
    GateRule(
      gate: "release", check: "eval-coevolution", code: "ANCHOR_ONLY",
      next: "Claim the score as today's traffic weighs it, or refresh the suite first."),
    GateRule(
      gate: "merge", check: "cloud-ownership", code: "ACCOUNT_NO_OWNER",
      next: "Write owner, cost_center, env and expires_at of every account in tally.yaml."),
    GateRule(
      gate: "merge", check: "context-waste", code: "CHEAPER_BUT_WORSE",
      next: "Run the suite on the shorter prompt with the claim no_regression, until eval-validity passes."),
    GateRule(
      gate: "release", check: "answer-provenance", code: "SNAPSHOT_MISSING",
      next: "Keep a snapshot of the index, and ingest it as an artifact of kind index under its digest."),
    GateRule(
      gate: "merge", check: "token-arithmetic", code: "PREFIX_BROKEN",
      next: "Put what is the same in every call first, and dates, ids and names behind it."),
    GateRule(
      gate: "merge", check: "token-arithmetic", code: "TOKENIZER_DRIFT",
      next: "Set budgets, chunk sizes and guards anew with the tokenizer of the new model, then ask again."),
    GateRule(
      gate: "merge", check: "incident-response", code: "NO_RUNBOOK",
      next:
        "Write under runbooks what is done when the signal shifts, each step with a role that somebody on call holds."),
  ]

  /// The rule of a gate about a code; nil where the gate has none. O(rules).
  public static func rule(of gate: String, check: String, code: String) -> GateRule? {
    all.first { $0.gate == gate && $0.check == check && $0.code == code }
  }
}
