import Guards
import Project
import Records
import Statistics
import Store

extension TokenArithmetic {
  /// What is known of one language at one model.
  struct Row {
    let model: String
    let language: String
    let calls: Int
    let localZero: Int
    /// Sorted.
    let gaps: [Double]
    /// The quantile of the gap; nil without pairs.
    let gap: Double?
    /// Whether there are enough pairs to rest on it.
    let isMeasured: Bool
    /// What the guard adds to an own count: the gap, or the default margin.
    let margin: Double
    /// Tokens for a character of the texts that were read; nil without any.
    let tokensPerCharacter: Double?
    /// Calls that the guard refuses, and those that did not fit the window.
    let refused: Int
    let overflowed: Int
    /// Those that did not fit and that the guard lets pass.
    let missed: Int
    /// Pairs above the default margin.
    let above: QuantileBudget

    init(
      _ model: String, _ language: String, _ counts: [TokenFold.Counts], window: Int?, _ policy: TokenArithmetic.Policy
    ) {
      (self.model, self.language) = (model, language)
      calls = counts.reduce(0) { $0 + $1.calls }
      localZero = counts.reduce(0) { $0 + $1.localZero }
      let gaps = counts.flatMap(\.gaps).sorted()
      self.gaps = gaps
      gap = OrderStatistic.quantile(policy.gapQuantile, sorted: gaps)
      isMeasured = gaps.count >= policy.gapMinimum
      let margin = isMeasured ? max(0, gap ?? 0) : policy.marginDefault
      self.margin = margin
      let characters = counts.reduce(0) { $0 + $1.characters }
      tokensPerCharacter = Share.of(Double(counts.reduce(0) { $0 + $1.tokensOfRead }), Double(characters))
      var (refused, overflowed, missed) = (0, 0, 0)
      if let window {
        let guarded = ContextWindow(tokens: Int64(window), gap: margin)
        let truth = ContextWindow(tokens: Int64(window), gap: 0)
        for call in counts.flatMap(\.guarded) {
          let isRefused = guarded.refusal(local: call.local, maxTokens: call.maxTokens) != nil
          let isTooLong = truth.refusal(local: call.billed, maxTokens: call.maxTokens) != nil
          if isRefused { refused += 1 }
          if isTooLong { overflowed += 1 }
          if isTooLong, !isRefused { missed += 1 }
        }
      }
      (self.refused, self.overflowed, self.missed) = (refused, overflowed, missed)
      above = QuantileBudget(
        above: gaps.count { $0.isAbove(policy.marginDefault) }, count: gaps.count, quantile: policy.gapQuantile)
    }

    var name: String { "\(TokenArithmetic.shown(language)) at \(TokenArithmetic.shown(model: model))" }
  }

  /// Valid answers of a model, beside the longest that calls to it ask for.
  struct Answers {
    let model: String
    let limit: Int64
    /// The quantile that must fit.
    let quantile: Double
    let budget: QuantileBudget
  }

  static func shown(_ language: String) -> String { language.isEmpty ? "unnamed language" : language }
  static func shown(model: String) -> String { model.isEmpty ? "a model that calls do not name" : model }

  /// Everything that was read and computed about one feature.
  struct Facts {
    let feature: String
    let reading: TokenReading
    let reach: SpanReach
    /// By language, then by model.
    let rows: [Row]
    let golden: GoldenCounts
    let changes: [ModelChange]
    let answers: [Answers]
    /// projected/actual by model.
    let bills: [(model: String, ratio: Double, calls: Int)]

    var fold: TokenFold { reading.fold }
    var pairs: Int { rows.reduce(0) { $0 + $1.gaps.count } }
    var localZero: Int { rows.reduce(0) { $0 + $1.localZero } }

    init(
      _ feature: String, _ reading: TokenReading, _ reach: SpanReach, _ golden: GoldenCounts, _ changes: [ModelChange],
      _ models: NamedEntries<ModelSettings>, _ policy: TokenArithmetic.Policy
    ) {
      let fold = reading.fold
      (self.feature, self.reading, self.reach, self.golden, self.changes) = (feature, reading, reach, golden, changes)
      var places: [String: [TokenFold.Counts]] = [:]
      var names: [String: (language: String, model: String)] = [:]
      for (place, counts) in fold.counts {
        let key = "\(place.language)\u{0}\(place.model)"
        places[key, default: []].append(counts)
        names[key] = (place.language, place.model)
      }
      rows = places.keys.orderedByBytes().compactMap { key in
        guard let name = names[key], let counts = places[key] else { return nil }
        return Row(name.model, name.language, counts, window: models[name.model]?.capabilities.contextTokens, policy)
      }
      answers = fold.validAnswers.keys.orderedByBytes().compactMap { model in
        guard let limit = fold.answerLimits[model]?.tokens, let tokens = fold.validAnswers[model] else { return nil }
        let sorted = tokens.sorted()
        return OrderStatistic.quantile(policy.answerQuantile, sorted: sorted).map { quantile in
          Answers(
            model: model, limit: limit, quantile: quantile,
            budget: QuantileBudget(
              above: sorted.count { $0.isAbove(Double(limit)) }, count: sorted.count, quantile: policy.answerQuantile))
        }
      }
      bills = fold.bills.keys.orderedByBytes().compactMap { model in
        guard let sums = fold.bills[model]?.sums(models[model]),
          let ratio = Share.of(Double(sums.projected), Double(sums.actual))
        else { return nil }
        return (model, ratio, sums.calls)
      }
    }

    /// Share of all calls.
    func share(_ calls: Int) -> Double { Share.of(calls, fold.calls) ?? 0 }

    /// Share of a language in all calls.
    func share(of language: String) -> Double {
      share(rows.filter { $0.language == language }.reduce(0) { $0 + $1.calls })
    }

    /// Rows of languages that occur often enough to be judged.
    func judged(_ policy: TokenArithmetic.Policy) -> [Row] {
      rows.filter { share(of: $0.language).isAtLeast(policy.languageShareMin) }
    }

    /// Tokens of real traffic for one of what development was done with; nil where the corpus does not say.
    func multiplier(_ model: String) -> Double? {
      let counts = golden.counts(model)
      var shares: [String: Double] = [:]
      for (place, held) in fold.counts where place.model == model {
        let names = [place.contentClass, place.language]
        guard let name = names.first(where: { counts[$0] != nil && !$0.isEmpty }) else { continue }
        shares[name, default: 0] += Double(held.calls)
      }
      return golden.corpus.multiplier(shares, counts)
    }

    /// Models of the rows, once each.
    var models: [String] { Set(rows.map(\.model)).orderedByBytes() }
  }
}
