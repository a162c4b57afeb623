/// The truth about the two releases of the assistant that are compared.
struct Release: Sendable {
  static let people = [Judge.person("ana", error: 0.005), Judge.person("bo", error: 0.01)]

  var intents = Intent.all
  var traffic: TrafficMix
  /// Mix of the suite: that of the traffic, with more of what is rare.
  var suiteShares: [Double]
  /// Pass rates by intent as the judge shows them.
  var production: [Double]
  var candidate: [Double]
  /// What is declared for the candidate.
  var floors: [Double]
  var judge = Judge(name: "grader@3", sensitivity: 0.97, specificity: 0.95)
  /// Share of answers that people label.
  var labelledShare = 0.25

  init(_ plan: Plan) {
    let effect = plan.truth == .comfortable ? 0.09 : AssistantScene.minimumEffect
    let intents = intents
    traffic = TrafficMix(intents)
    suiteShares = intents.map { AssistantScene.criticalSlices.contains($0.name) ? 0.09 : $0.lateShare }
    production = intents.map { 0.76 + $0.ease }
    candidate = production.map { $0 + effect }
    floors = zip(intents, candidate).map { intent, rate in
      let isOnTheBar = plan.truth == .onTheBar && AssistantScene.criticalSlices.contains(intent.name)
      let slack = isOnTheBar ? 0 : 0.18
      return ((rate - slack) * 100).rounded() / 100
    }
    plant(plan.planted)
  }

  private mutating func plant(_ failure: PlantedFailure?) {
    let rare = intents.count - 1
    switch failure {
    case .luckyLooks, .unstableHarness: candidate = production
    case .worseRelease: candidate = production.map { $0 - 0.08 }
    case .rareSliceBelowFloor:
      // The others gain what makes up for it.
      candidate = candidate.map { $0 + 0.03 }
      candidate[rare] = 0.35
    case .unlistedTraffic:
      traffic.names.append("gift cards")
      traffic.first = traffic.first.map { $0 * 0.75 } + [0.25]
      traffic.last = traffic.last.map { $0 * 0.75 } + [0.25]
    case .mixOnlyGain:
      suiteShares = intents.indices.map { $0 == 0 ? 0.7 : 0.3 / Double(intents.count - 1) }
      production = intents.map { _ in 0.78 }
      candidate = intents.indices.map { $0 == 0 ? 0.94 : 0.66 }
    case .lenientJudge:
      let truths = (production.map(judge.truth(behind:)), candidate.map(judge.truth(behind:)))
      judge = Judge(name: judge.name, sensitivity: 0.99, specificity: 0.1)
      (production, candidate) = (truths.0.map(judge.shown), truths.1.map(judge.shown))
    default: break
    }
  }
}
