/// One scored output as a reader sees it, borrowed from the input: what a comparison needs, and the details for a ledger.
///
/// A reader reuses one row for the whole file; a sink copies what it keeps.
public struct TrialRow {
  /// The task or suite the item belongs to, when the format names one. Items of different suites never pair.
  public var suite: BorrowedText?
  /// What identifies the item in its suite.
  public var item: BorrowedText
  /// The arm, when the format names one (a column, a model, a prompt × provider).
  public var variant: BorrowedText?
  /// Which repeat of the item this is (an epoch, a trial number); nil when the format has no repeats.
  public var repetition: BorrowedText?
  /// Which prediction of the item was judged, when predictions are judged more than once.
  public var prediction: BorrowedText?
  /// Which run of the judge on that prediction this is.
  public var judgeRepeat: BorrowedText?
  /// The score; nil is a missing score, which is never a zero.
  public var score: Double?
  /// The dependence cluster: items that are not independent of each other share one.
  public var cluster: BorrowedText?
  /// Values of the slices that were asked for, in the order they were asked for; nil where the row has none.
  public var slices: [BorrowedText?]
  /// Hash of the prompt, when the format carries it: items whose prompts differ between arms are counted.
  public var configuration: BorrowedText?
  /// Version of the suite, when the format carries it: versions are never compared with each other.
  public var suiteVersion: BorrowedText?
  /// What the row cost, in the currency of the file.
  public var cost: Double?
  /// Input and output tokens of the row together.
  public var tokens: Double?
  /// What a ledger keeps and a comparison does not need; filled only when it was asked for.
  public var details = TrialDetails()

  public init(item: BorrowedText) {
    self.item = item
    self.slices = []
  }
}

/// Takes rows as they are read.
public protocol TrialSink {
  /// Called before the rows of each file; does nothing unless a sink cares.
  mutating func begin(file: String)
  /// Called before the rows of a file when their details are read: what the `slices` of its rows are called.
  mutating func name(slices: [String])
  /// Called once a row, in file order. The row's texts are valid only during the call.
  mutating func receive(_ row: borrowing TrialRow) throws
}

extension TrialSink {
  public mutating func begin(file: String) {}
  public mutating func name(slices: [String]) {}
}
