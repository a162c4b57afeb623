/// One row in the table: 56 bytes, no references, so that millions can be sorted and spilled as they are.
struct TrialEntry {
  /// Suite and item.
  var key: ItemKey
  /// NaN is a missing score.
  var score: Double
  /// Which prediction (repeat) and which run of the judge: hashes within the item; 0 where the row names none.
  var prediction: UInt64
  var judgeRun: UInt64
  /// Hash of the prompt; 0 where the row names none.
  var configuration: UInt32
  /// Index of the row's cluster, −1 for none.
  var cluster: Int32
  /// Index of the row's combination of slice values.
  var sliceSet: UInt32
  var arm: UInt16
  /// Length of the label, whose bytes follow the entry in the chunk it lives in.
  var labelLength: UInt16
}
