import Records

/// What the first rows of a table hold in one column: the evidence that confirms or refutes a guess by name.
struct ColumnProfile {
  let name: String
  /// The name without its writing habits, made once: every role looks through all columns.
  let normalised: String
  private(set) var values = 0
  private(set) var missing = 0
  private(set) var numbers = 0
  private(set) var outcomes = 0
  private(set) var others = 0
  private(set) var containers = 0
  /// Numbers from 0 to 1, whole numbers, and values that can be times.
  private(set) var shares = 0
  private(set) var wholes = 0
  private(set) var times = 0
  private(set) var longest = 0
  private(set) var hasGrades = false
  private(set) var hasFails = false
  private(set) var hasLetterP = false
  /// The first value that is no score, shortened.
  private(set) var firstOther: String?

  /// Rows that are looked at before columns are chosen.
  static let sampledRows = 64

  init(name: String) {
    self.name = name
    normalised = ColumnNames.normalised(name)
  }

  mutating func note(_ cell: Cell) {
    values += 1
    longest = max(longest, cell.text.bytes.count)
    switch cell.kind {
    case .absent, .null: missing += 1
    case .yes, .no: outcomes += 1
    case .number: if cell.isMissing { missing += 1 } else { noteNumber(cell.text) }
    case .container: containers += 1
    case .text: noteText(cell.text)
    }
  }

  private mutating func noteText(_ text: BorrowedText) {
    switch ScoreText.meaning(of: text.bytes) {
    case .missing: missing += 1
    case .value:
      if ScoreText.number(text.bytes) != nil { noteNumber(text) } else { outcomes += 1 }
    case .gradeLetter:
      outcomes += 1
      hasGrades = true
    case .letterF:
      outcomes += 1
      hasFails = true
    case .letterP:
      outcomes += 1
      hasLetterP = true
    case .unknown:
      others += 1
      if TimeText.instant(text) != nil { times += 1 }
      if firstOther == nil { firstOther = String(text.string.prefix(40)) }
    }
  }

  private mutating func noteNumber(_ text: BorrowedText) {
    numbers += 1
    if let value = ScoreText.number(text.bytes), (0...1).contains(value) { shares += 1 }
    if NumberText.whole(text.bytes) != nil { wholes += 1 }
    if TimeText.instant(text) != nil { times += 1 }
  }

  /// Whether the column is one of scores: at least half of its values are. The others are then faults to be named with
  /// their place, not a reason to look for another column.
  var canBeScore: Bool {
    others + containers == 0 || numbers + outcomes > 0 && numbers + outcomes >= others + containers
  }
  /// Whether every value is a number and there is one.
  var isNumeric: Bool { others == 0 && containers == 0 && outcomes == 0 && numbers > 0 }
  /// Whether every value is a number from 0 to 1 and there is one.
  var isShare: Bool { isNumeric && shares == numbers }
  /// Whether every value is a whole number and there is one.
  var isWhole: Bool { isNumeric && wholes == numbers }
  /// Whether every value is a time and there is one.
  var isTime: Bool { times > 0 && times + missing == values }
  /// Whether the values can identify: texts or numbers, and no list or object among them.
  var canBeItem: Bool { containers == 0 && longest > 0 && missing < values }
  /// Whether the values can name an arm: short texts on one line.
  var canBeLabel: Bool { containers == 0 && longest <= 200 && values > missing }
}

/// The columns of a table and what its first rows hold in them.
struct TableProfile {
  private(set) var columns: [ColumnProfile]
  private var indices: [String: Int] = [:]
  /// Rows looked at.
  var rows = 0

  /// Columns beyond this many are not looked at: objects with a key per item would make one each.
  static let maximumColumns = 4096

  init(names: [String] = []) {
    columns = names.map(ColumnProfile.init)
    for (index, name) in names.enumerated() where indices[name] == nil { indices[name] = index }
  }

  mutating func note(_ cell: Cell, column name: String) {
    if let index = indices[name] {
      columns[index].note(cell)
    } else if columns.count < TableProfile.maximumColumns {
      indices[name] = columns.count
      columns.append(ColumnProfile(name: name))
      columns[columns.count - 1].note(cell)
    }
  }

  mutating func note(_ cell: Cell, index: Int) {
    columns[index].note(cell)
  }

  func column(named name: String) -> ColumnProfile? {
    columns.first { $0.name == name }
  }
}
