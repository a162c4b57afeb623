import Checks
import Glibc
import Records
import Store
import Testing

@Suite(.serialized) struct ZZSpeed {
  func rss() -> Int {
    var usage = rusage()
    getrusage(0, &usage)
    return usage.ru_maxrss / 1024
  }
  @Test(arguments: [1, 5]) func million(repeats: Int) async throws {
    let bench = try await CheckBench(
      """
      suites: {intents: {natural_mix: true, feature: tickets, floor: 0.5}}
      slices: {a: {where: {segment: s1}}, b: {where: {segment: s2, lang: l1}}}
      use_cases: {r: {suite: intents, max_failure_rate: 0.01}}
      classifiers:
        intent: {suite: intents, review: 1.50 USD, feature: tickets, labels: {majority: {error: {default: 4 USD}}, minority: {critical: true, error: {default: 45 USD}}}}
      """)
    let clock = ContinuousClock()
    for chunk in 0..<10 {
      try await bench.append { appender in
        for number in 0..<100_000 {
          let index = chunk * 100_000 + number
          let item = index / repeats
          let bits = UInt64(truncatingIfNeeded: item) &* 0x9E37_79B9_7F4A_7C15 >> 32
          var trial = TrialRecord.trial("intents", "item-\(bits)", "v1", passed: bits % 10 != 0)
          trial.repetition = repeats > 1 ? Int64(index % repeats) : nil
          trial.tags = Tags(["segment": "s\(bits % 7)", "lang": "l\(bits % 5)", "x": "x\(bits % 50)"])
          trial.expected = bits % 13 == 0 ? "minority" : "majority"
          trial.predicted = bits % 11 == 0 ? "minority" : "majority"
          trial.confidence = Double(bits % 1000) / 1000
          try appender.append(trial)
        }
      }
    }
    print("RSS before", rss())
    for check in ["slice-coverage", "stochastic-stability", "classifier-risk"] {
      let elapsed = try await clock.measure { print(try await bench.finding(check).headline) }
      print("SPEED", repeats, check, elapsed, "RSS", rss())
    }
  }
}
