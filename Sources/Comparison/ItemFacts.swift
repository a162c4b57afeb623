/// What the rows of one item say besides their scores.
struct ItemFacts {
  private(set) var rows = 0
  private(set) var cluster: Int32 = -1
  private(set) var clustersDiffer = false
  private(set) var sliceSet: UInt32 = 0
  private(set) var slicesDiffer = false
  private var configuration: UInt32 = 0
  private var configuredArm: UInt16 = 0
  /// The prompt of one arm differs from that of another; repeats within an arm may have prompts of their own.
  private(set) var configurationsDiffer = false

  mutating func note(_ entry: TrialEntry) {
    rows += 1
    if entry.cluster >= 0 {
      if cluster < 0 { cluster = entry.cluster } else if cluster != entry.cluster { clustersDiffer = true }
    }
    if entry.sliceSet != 0 {
      if sliceSet == 0 { sliceSet = entry.sliceSet } else if sliceSet != entry.sliceSet { slicesDiffer = true }
    }
    guard entry.configuration != 0 else { return }
    if configuration == 0 {
      (configuration, configuredArm) = (entry.configuration, entry.arm)
    } else if configuredArm != entry.arm, configuration != entry.configuration {
      configurationsDiffer = true
    }
  }
}
