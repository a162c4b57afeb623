import Statistics
import Testing

/// Numbers of the checks' worked examples that methods of several families give together.
@Suite("Worked examples of the checks")
struct WorkedExampleTests {
  @Test(arguments: [
    // slice-coverage: the aggregate, the head, the tail, the rare class.
    (9_577.0, 10_000.0, 0.9536, 0.9615), (9_427, 9_600, 0.9791, 0.9845), (150, 400, 0.3290, 0.4234),
    (0, 10, 0, 0.2775),
    // classifier-risk: recall, precision, errors made with confidence, the breaker at 50 audits and after.
    (67, 100, 0.5731, 0.7544), (67, 94, 0.6144, 0.7945), (40, 60, 0.5406, 0.7727), (12, 50, 0.1430, 0.3741),
    (8, 50, 0.0834, 0.2851), (0, 50, 0, 0.0713), (1, 50, 0.0035, 0.1050), (2, 100, 0.0055, 0.0700),
    // reliability-ceiling: the error and its irreducible share.
    (400, 5_000, 0.0728, 0.0878), (62, 100, 0.5221, 0.7090),
  ])
  func `Shown rates`(x: Double, n: Double, low: Double, high: Double) {
    let interval = ProportionInterval.wilson(successes: x, trials: n)
    #expect(abs(interval.low - low) < 5.001e-5 && abs(interval.high - high) < 5.001e-5, "\(interval)")
  }

  @Test(arguments: [
    // capability-regression: target, multi-step, instruction, factual, refusal, JSON.
    (12, 36, 0.0543, 0.1883, 0.000717), (54, 8, -0.3020, -0.1604, 0), (12, 8, -0.0679, 0.0257, 0.503445),
    (10, 8, -0.0555, 0.0343, 0.814529), (15, 1, -0.1158, -0.0362, 0.000519), (4, 5, -0.0288, 0.0400, 1),
    // eval-validity (b).
    (6, 14, -0.0042, 0.0885, 0.115318), (4, 18, 0.0264, 0.1208, 0.004344),
  ])
  func `Two hundred pairs`(lost: Int, gained: Int, low: Double, high: Double, p: Double) {
    let interval = DifferenceInterval.tango(
      baseOnly: Double(lost), candidateOnly: Double(gained), pairs: 200)
    #expect(abs(interval.low - low) < 5.001e-5 && abs(interval.high - high) < 5.001e-5, "\(interval)")
    #expect(abs(McNemar.exact(baseOnly: lost, candidateOnly: gained).pValue - p) < 1e-6)
  }

  @Test func `Hard capabilities are corrected together`() {
    let p = [(15, 1), (4, 5)].map { McNemar.exact(baseOnly: $0, candidateOnly: $1).pValue }
    let adjusted = Multiplicity.holm(p)
    #expect(abs(adjusted[0] - 0.001038) < 5e-7 && adjusted[1] == 1)
  }

  @Test func `Items for an improvement that twenty changes cannot show`() {
    let share = SampleSize.planningDiscordance(observed: 20, pairs: 200, effect: 0.03)
    #expect(SampleSize.pairedBinary(discordance: share, effect: 0.03) == 870)
  }

  /// eval-rot: what a label would settle, traffic times the width of what is known.
  @Test func `Where to label next`() {
    let traffic = [0.20, 0.17, 0.17, 0.13, 0.20, 0.13]
    let counts: [(Double, Double)] = [(873, 900), (570, 600), (368, 400), (84, 100), (0, 0), (0, 0)]
    let priorities = zip(traffic, counts).map { share, count in
      share * ProportionInterval.wilson(successes: count.0, trials: count.1).width
    }
    for (priority, expected) in zip(priorities, [0.0045, 0.0060, 0.0091, 0.0186, 0.2000, 0.1300]) {
      #expect(abs(priority - expected) < 5.001e-5, "\(priority)")
    }
  }

  /// reliability-ceiling: five steps of 92 %, and what stays covered at the accepted threshold.
  @Test func `A chain and its selective release`() {
    let chain = [Double](repeating: 0.92, count: 5).reduce(1, *)
    #expect(abs(chain - 0.6591) < 5e-5)
    #expect(isClose(3_900 / 5_000.0, 0.78) && abs(1 - 74 / 3_900.0 - 0.981) < 5e-4)
  }
}
