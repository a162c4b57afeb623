/// Two arms on the items they are compared on, best read as columns: `base[i]` and `candidate[i]` are the same item.
package struct PairedSample {
  package var base: [Double] = []
  package var candidate: [Double] = []
  /// A cluster for each item (every unclustered item is its own), empty when the items are independent.
  package var clusters: [Int32] = []
  /// Number of distinct clusters, those of one item included.
  package var clusterCount = 0
  /// Items that name no cluster although others do.
  package var unclustered = 0
  /// Every score is 0 or 1 and every item has one repeat: the counts say everything.
  package var isBinary = false
  /// Scores are means of passes and failures, of one repeat or of several.
  package var isProportion = false

  package init() {}

  var count: Int { base.count }
  var isClustered: Bool { !clusters.isEmpty }

  /// Candidate minus base, item by item; `sign` is −1 where lower is better.
  func differences(sign: Double) -> [Double] {
    var differences = [Double](repeating: 0, count: count)
    for index in differences.indices { differences[index] = sign * (candidate[index] - base[index]) }
    return differences
  }

  /// Items only the base passes, only the candidate passes, both, neither.
  var discordant: ComparisonResult.Discordant {
    // Sums instead of cases: which case comes next cannot be predicted.
    var (baseOnes, candidateOnes, both) = (0, 0, 0)
    for index in base.indices {
      let first = base[index] > 0.5 ? 1 : 0
      let second = candidate[index] > 0.5 ? 1 : 0
      baseOnes &+= first
      candidateOnes &+= second
      both &+= first & second
    }
    return ComparisonResult.Discordant(
      baseOnly: baseOnes - both, candidateOnly: candidateOnes - both, both: both,
      neither: count - baseOnes - candidateOnes + both)
  }
}

/// One arm by itself, for arms without common items and for each arm's own interval.
package struct ArmSample {
  package var scores: [Double] = []
  package var clusters: [Int32] = []
  package var clusterCount = 0
  package var isBinary = false
  package var isProportion = false

  package init(
    scores: [Double] = [], clusters: [Int32] = [], clusterCount: Int = 0, isBinary: Bool = false,
    isProportion: Bool = false
  ) {
    self.scores = scores
    self.clusters = clusters
    self.clusterCount = clusterCount
    self.isBinary = isBinary
    self.isProportion = isProportion
  }

  var count: Int { scores.count }
  var isClustered: Bool { !clusters.isEmpty }
  /// Rates whose items are not one independent trial each: plain binomial methods do not know their spread.
  var isRateOfUnits: Bool { isProportion && (isClustered || !isBinary) }

  /// Sums by cluster; items without clusters are their own.
  var units: ClusterSums {
    isClustered
      ? ClusterSums(values: scores, clusters: clusters)
      : ClusterSums(sums: scores, sizes: [Double](repeating: 1, count: count))
  }
}

/// Sums of values by cluster: what every cluster-robust estimate and cluster permutation needs.
struct ClusterSums {
  var sums: [Double]
  var sizes: [Double]

  init(sums: [Double], sizes: [Double]) {
    self.sums = sums
    self.sizes = sizes
  }

  /// O(items). Cluster numbers are renumbered by first appearance.
  init(values: [Double], clusters: [Int32]) {
    var index: [Int32: Int] = [:]
    sums = []
    sizes = []
    var last: (cluster: Int32, position: Int)?
    for (value, cluster) in zip(values, clusters) {
      let position: Int
      if let last, last.cluster == cluster {
        position = last.position
      } else if let known = index[cluster] {
        position = known
      } else {
        position = sums.count
        index[cluster] = position
        sums.append(0)
        sizes.append(0)
      }
      sums[position] += value
      sizes[position] += 1
      last = (cluster, position)
    }
  }
}
