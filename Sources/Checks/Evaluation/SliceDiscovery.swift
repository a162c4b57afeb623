import Statistics

/// Searches tags and pairs of tags for slices that err more than the rest and that nobody declared.
///
/// Memory is bounded: a tag with more than `valueLimit` values is an identifier and no slice, and pairs are counted over
/// at most `combinationLimit` combinations of tags.
struct SliceDiscovery {
  static let valueLimit = 1_000
  static let combinationLimit = 20_000
  /// A suite with more tags than this has more pairs than anybody reads.
  static let tagLimit = 100

  /// One tag with its value, or two.
  struct Rule: Hashable {
    let conditions: [String: String]

    /// `lang = "de" and intent = "refund"`.
    var text: String {
      conditions.orderedByBytes(of: \.key)
        .map { "\($0.key) = \"\($0.value)\"" }.joined(separator: " and ")
    }
  }

  /// A slice that errs more than the rest.
  struct Found: Equatable {
    let rule: Rule
    let items: Int
    let errors: Int
    /// Its error rate as a multiple of the overall one.
    let lift: Double
    /// Of Fisher's exact test, one-sided, after Benjamini and Hochberg.
    let adjustedPValue: Double
  }

  private struct Counts {
    var items = 0
    var errors = 0.0
  }

  private struct Combination {
    let tags: [String: String]
    let counts: Counts
  }

  private var total = Counts()
  /// By tag, then value; nil for a tag with too many values.
  private var singles: [String: [String: Counts]?] = [:]
  private var combinations: [Combination] = []
  /// Combinations of tags beyond the limit, which pairs do not see.
  private(set) var isCut = false

  /// Takes items that bear the same tags.
  /// - Parameter errors: an item that was tried several times is an error by the share of tries that failed.
  mutating func add(tags: [String: String], items: Int, errors: Double) {
    total.items += items
    total.errors += errors
    for (tag, value) in tags {
      guard singles[tag] != nil || singles.count < SliceDiscovery.tagLimit else { continue }
      guard var values = singles[tag, default: [:]] else { continue }
      // Taken out while it is changed, so that it is not copied.
      singles[tag] = .some(.some([:]))
      values[value, default: Counts()].items += items
      values[value, default: Counts()].errors += errors
      singles[tag] = .some(values.count > SliceDiscovery.valueLimit ? nil : values)
    }
    if combinations.count < SliceDiscovery.combinationLimit {
      combinations.append(Combination(tags: tags, counts: Counts(items: items, errors: errors)))
    } else {
      isCut = true
    }
  }

  /// What is found, the surest first.
  /// - Parameter known: rules that are declared, and need no discovery.
  func find(_ policy: SliceCoverage.Discovery, known: Set<Rule>) -> [Found] {
    guard !total.errors.isZero else { return [] }
    let candidates = (singleRules(policy) + pairRules(policy)).filter { $0.counts.items < total.items }
    let tested = candidates.orderedByBytes(of: \.rule.text)
    let overall = total.errors / Double(total.items)
    let adjusted = Multiplicity.benjaminiHochberg(tested.map { pValue($0.counts) })
    var found: [Found] = []
    for (candidate, p) in zip(tested, adjusted) {
      let rate = candidate.counts.errors / Double(candidate.counts.items)
      let lift = rate / overall
      guard p <= policy.falseDiscoveryRate, lift.isAtLeast(policy.minLift) else { continue }
      found.append(
        Found(
          rule: candidate.rule, items: candidate.counts.items, errors: Int(candidate.counts.errors.rounded(.down)),
          lift: lift, adjustedPValue: p))
    }
    // A pair says nothing new beside one of its tags.
    let plain = found.map(\.rule).filter { $0.conditions.count == 1 } + known.filter { $0.conditions.count == 1 }
    return found.filter { one in
      !known.contains(one.rule) && !plain.contains { isPart($0, of: one.rule) }
    }.orderedByBytes(of: \.rule.text).ordered(by: \.adjustedPValue)
  }

  private func isPart(_ part: Rule, of whole: Rule) -> Bool {
    whole.conditions.count > part.conditions.count
      && part.conditions.allSatisfy { whole.conditions[$0.key] == $0.value }
  }

  private func singleRules(_ policy: SliceCoverage.Discovery) -> [(rule: Rule, counts: Counts)] {
    singles.flatMap { tag, values in
      (values ?? [:]).filter { $0.value.items >= policy.minItems }
        .map { (Rule(conditions: [tag: $0.key]), $0.value) }
    }
  }

  /// Pairs of two tags each of which has enough items itself.
  private func pairRules(_ policy: SliceCoverage.Discovery) -> [(rule: Rule, counts: Counts)] {
    guard !isCut else { return [] }
    var pairs: [Rule: Counts] = [:]
    for combination in combinations {
      let large = combination.tags.filter { tag, value in
        (singles[tag] ?? nil)?[value].map { $0.items >= policy.minItems } ?? false
      }.ordered(by: \.key)
      for (index, first) in large.enumerated() {
        for second in large[(index + 1)...] {
          let rule = Rule(conditions: [first.key: first.value, second.key: second.value])
          pairs[rule, default: Counts()].items += combination.counts.items
          pairs[rule, default: Counts()].errors += combination.counts.errors
        }
      }
    }
    return pairs.filter { $0.value.items >= policy.minItems }.map { ($0.key, $0.value) }
  }

  /// One-sided Fisher inside against outside; shares of errors are rounded against the discovery.
  private func pValue(_ inside: Counts) -> Double {
    let errors = Int(inside.errors.rounded(.down))
    let outside = Int((total.errors - inside.errors).rounded(.up))
    let others = max(0, total.items - inside.items - outside)
    return Fisher.exact(
      a: errors, b: inside.items - errors, c: outside, d: others, alternative: .greater
    ).pValue
  }
}
