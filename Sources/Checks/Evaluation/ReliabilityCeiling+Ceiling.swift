import Statistics

extension ReliabilityCeiling {
  /// The accuracy that remains unreachable for every model: 1 − e·i, e the error, i the share of errors no model removes.
  ///
  /// The interval of e·i is MOVER's over the Wilson limits of both. Counts are real, so that a plan can ask about more.
  struct Ceiling: Equatable {
    /// Items, and how many of them are wrong.
    var items: Double
    var wrong: Double
    /// Wrong items that were classified, and how many of those no model removes.
    var adjudicated: Double
    var irreducible: Double

    enum Reading {
      case reachable, unreachable, undecided
    }

    /// e with its interval.
    var error: BoundedEstimate {
      BoundedEstimate(
        estimate: Share.of(wrong, items) ?? 0,
        interval: ProportionInterval.wilson(successes: wrong, trials: items))
    }

    /// i with its interval; 1 where nothing is known, the worst that can be.
    var share: BoundedEstimate {
      BoundedEstimate(
        estimate: Share.of(irreducible, adjudicated) ?? 1,
        interval: ProportionInterval.wilson(successes: irreducible, trials: adjudicated))
    }

    /// The ceiling, low and high within 0…1.
    var bounds: BoundedEstimate {
      let lost = Mover.product(error, share)
      return BoundedEstimate(
        estimate: 1 - lost.estimate,
        interval: Interval(low: max(0, 1 - lost.interval.high), high: min(1, 1 - lost.interval.low)))
    }

    func reading(target: Double) -> Reading {
      let interval = bounds.interval
      if target.isAbove(interval.high) { return .unreachable }
      return target.isAbove(interval.low) ? .undecided : .reachable
    }

    /// What would decide if the shares stayed as they are.
    enum Shortfall: Equatable {
      /// More errors to classify.
      case adjudications(Int)
      /// More items, all of whose errors are classified.
      case items(Int)
      /// The target is the ceiling itself: no number decides.
      case none
    }

    func shortfall(target: Double) -> Shortfall {
      func classified(_ count: Int) -> Ceiling {
        var more = self
        more.adjudicated = Double(count)
        more.irreducible = share.estimate * Double(count)
        return more
      }
      func enlarged(_ count: Int) -> Ceiling {
        var more = self
        more.items = Double(count)
        more.wrong = error.estimate * Double(count)
        more.adjudicated = more.wrong
        more.irreducible = share.estimate * more.wrong
        return more
      }
      let known = Int(adjudicated)
      let errors = max(known, Int(wrong.rounded(.down)))
      let isDecided = { (ceiling: Ceiling) in ceiling.reading(target: target) != .undecided }
      if isDecided(classified(errors)) {
        return .adjudications(Ceiling.smallest(above: known, upTo: errors) { isDecided(classified($0)) } - known)
      }
      let (size, most) = (Int(items), 1 << 40)
      guard isDecided(enlarged(most)) else { return .none }
      return .items(Ceiling.smallest(above: size, upTo: most) { isDecided(enlarged($0)) } - size)
    }

    /// The smallest whole number above one at which something holds that holds at `most`, by bisection.
    private static func smallest(above: Int, upTo most: Int, _ holds: (Int) -> Bool) -> Int {
      var (no, yes) = (above, most)
      while yes - no > 1 {
        let middle = no + (yes - no) / 2
        if holds(middle) { yes = middle } else { no = middle }
      }
      return yes
    }
  }

  /// What the past releases paid for being wrong less often: ln(error) = a − b·spend, by least squares.
  struct Return: Equatable {
    let decay: ExponentialDecay
    /// The newest release's error.
    let error: Double

    /// Nil for fewer than three releases with errors, where all cost the same, and where the newest has no error.
    init?(_ releases: [(spend: Double, error: Double)]) {
      let seen = releases.filter { $0.error > 0 }
      guard seen.count > 2, let last = releases.last, last.error > 0,
        let decay = ExponentialDecay(x: seen.map(\.spend), y: seen.map(\.error))
      else { return nil }
      self.decay = decay
      error = last.error
    }

    /// What one more percentage point costs; nil where money bought nothing.
    var ofNextPoint: Double? { decay.rate > 0 ? 0.01 / (decay.rate * error) : nil }

    /// From the newest release's error on; 0 where it is reached, nil where money bought nothing.
    func to(error target: Double) -> Double? {
      decay.distance(from: error, to: target).map { max(0, $0) }
    }
  }

  /// Every stage must succeed: the product of their rates, with the product of their simultaneous exact limits.
  struct Chain: Equatable {
    let bounds: BoundedEstimate

    /// Nil without stages.
    init?(_ stages: [(succeeded: Int, spans: Int)], level: Double = 0.95) {
      guard !stages.isEmpty else { return nil }
      let each = Multiplicity.simultaneousLevel(level, comparisons: stages.count)
      var (product, low, high) = (1.0, 1.0, 1.0)
      for stage in stages {
        let limits = ProportionInterval.clopperPearson(successes: stage.succeeded, trials: stage.spans, level: each)
        product *= Double(stage.succeeded) / Double(stage.spans)
        low *= limits.low
        high *= limits.high
      }
      bounds = BoundedEstimate(estimate: product, interval: Interval(low: low, high: high))
    }
  }
}
