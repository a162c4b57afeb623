/// Seconds that a computation takes, with what it found, so that nothing is optimised away.
func timed<Result>(_ body: () -> Result) -> (seconds: Double, result: Result) {
  let start = ContinuousClock.now
  let result = body()
  let duration = ContinuousClock.now - start
  return (Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18, result)
}
