/// Comparisons that are decided together: the chance that any of them finds a difference that is not there is held at α.
///
/// P-values are Holm's over the family and intervals Bonferroni's, so that an interval may reach over zero where the
/// adjusted p-value decides; outcomes are read from both. The bounds of what is missing are judged with the same
/// adjustment: the p-values of the others stay what they are.
/// Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979).
public enum ComparisonFamily {
  /// The results in the order of the members; one member alone is a family of one. O(the members together).
  /// - Throws: `MethodMismatch` when a policy asks for a method that does not fit the data.
  public static func compare(_ members: [Comparer]) throws(MethodMismatch) -> [ComparisonResult] {
    let sized = members.map { member in member.changed { $0.family = members.count } }
    var evidence: [Evidence?] = []
    for member in sized { evidence.append(try member.evidence()) }
    // What cannot be tested is still one of those that were asked.
    let pValues = evidence.map { $0?.pValue ?? 1 }
    var results: [ComparisonResult] = []
    for (index, member) in sized.enumerated() {
      var others = pValues
      others.remove(at: index)
      var member = member.changed { $0.familyPValues = others }
      // Nothing is resampled twice.
      member.known = evidence[index]
      results.append(try member.compare())
    }
    return results
  }
}

extension Comparer {
  fileprivate func changed(_ change: (inout ComparisonPolicy) -> Void) -> Comparer {
    var policy = policy
    change(&policy)
    return Comparer(table: table, base: base, candidate: candidate, policy: policy)
  }

  fileprivate func evidence() throws(MethodMismatch) -> Evidence? {
    isPaired
      ? try pairedEvidence(extraction.paired())
      : try unpairedEvidence(extraction.single(base), extraction.single(candidate))
  }

  /// Paired wherever there is anything to pair, unless it is not wanted.
  var isPaired: Bool { !policy.unpaired && extraction.overlap.common > 0 }
}
