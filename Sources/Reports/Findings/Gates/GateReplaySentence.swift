internal import Guards
internal import Records

extension GateReplay {
  /// `In 7 days the gate release ran 42 times; enforced, it would have refused 3 of them.`
  var sentence: String {
    let span = "From \(from.minuteText) to \(to.minuteText)"
    let gate = "the gate \(TerminalText.safe(name))"
    guard runs > 0 else { return "\(span) \(gate) did not run." }
    let times = runs == 1 ? "once" : "\(NumberFormat.count(runs)) times"
    guard refusedRuns > 0 else { return "\(span) \(gate) ran \(times); enforced, it would have refused none of them." }
    return "\(span) \(gate) ran \(times); enforced, it would have refused \(NumberFormat.count(refusedRuns)) of them, "
      + "\(NumberFormat.count(refusedByFail)) because a check fails and \(NumberFormat.count(refusedByUnknown)) because "
      + "the evidence does not decide."
  }
}
