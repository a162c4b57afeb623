/// Which columns of a table become which parts of a trial.
///
/// Every column that is needed has a slot; readers fill the slots of a row, the mapper makes trials of them.
struct RowPlan {
  struct Score {
    /// What the arm is called when there are several scores.
    let name: String
    let slot: Int
    /// Where the right answer stands, when the score is whether the column equals it.
    let reference: Int?
    /// Whether the prediction is the most probable class and not what stands in the slot.
    var isMostProbable = false
  }

  struct Filter {
    let slot: Int
    let value: [UInt8]
  }

  /// Names of the columns (JSON: dotted paths), by slot.
  private(set) var columns: [String] = []
  /// Slots whose column was named by the user and so must occur.
  private(set) var required: Set<Int> = []
  var item = 0
  /// Columns that identify the item together with the first.
  var moreItems: [Int] = []
  var scores: [Score] = []
  var suite: Int?
  var cluster: Int?
  var slices: [Int] = []
  var repetition: Int?
  var variant: Int?
  var prediction: Int?
  var judgeRepeat: Int?
  var cost: Int?
  /// Added up.
  var tokens: [Int] = []
  var filters: [Filter] = []
  /// Nil for a comparison.
  var details: DetailPlan?

  init() {}

  /// The slot of a column, made if it has none yet.
  mutating func slot(for column: String, isRequired: Bool) -> Int {
    let slot = columns.firstIndex(of: column) ?? columns.count
    if slot == columns.count { columns.append(column) }
    if isRequired { required.insert(slot) }
    return slot
  }
}
