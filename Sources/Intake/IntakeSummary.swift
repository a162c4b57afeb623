public import Records

/// What was read, and what was assumed in reading it.
public struct IntakeSummary: Sendable, Equatable {
  /// A column that was chosen because nobody named one.
  public struct Guess: Sendable, Equatable, Hashable {
    /// What the column is taken for, for example `item`.
    public let role: String
    /// The column, or several joined with ` + `.
    public let column: String
    /// The option that names it instead, for example `--item`.
    public let option: String
    /// What could have been chosen instead, where the input says so.
    public let alternatives: [String]

    public init(role: String, column: String, option: String, alternatives: [String] = []) {
      self.role = role
      self.column = column
      self.option = option
      self.alternatives = alternatives
    }
  }

  /// One input file.
  public struct File: Sendable, Equatable {
    public let name: String
    public let format: FileFormat
    /// Trials delivered; a row with several scores counts once for each.
    public let rows: Int
  }

  /// The files in the order in which they were read.
  public internal(set) var files: [File] = []
  /// Trials delivered.
  public private(set) var rows = 0
  /// Records that were read as such, of all kinds; trials of other formats are `rows`.
  public internal(set) var records = 0
  /// Trials whose score is missing.
  public private(set) var missingScores = 0
  /// Rows that the filters left out.
  public internal(set) var filteredRows = 0
  /// Every guess, once.
  public private(set) var guesses: [Guess] = []
  /// What the user should know, once each.
  public private(set) var warnings: [String] = []
  /// The arms that rows named, in the order of their first row; empty when no row names one.
  public private(set) var variants: [String] = []
  /// Whether a file lists only the items that passed: an item that it does not name did not pass.
  public var listsOnlyPasses = false

  private var lastVariant = 0
  /// The arms again, once they are too many to look through.
  private var variantSet: Set<String> = []

  /// How many arms are told apart by name before the list stops growing.
  public static let maximumVariants = 4096

  public init() {}

  /// The format of the first file.
  public var format: FileFormat? { files.first?.format }

  public mutating func add(_ guess: Guess) {
    if !guesses.contains(guess) { guesses.append(guess) }
  }

  public mutating func warn(_ text: String) {
    if !warnings.contains(text) { warnings.append(text) }
  }

  /// Counts a row and hands it to the sink. Every reader delivers its rows here.
  @inline(__always)
  public mutating func deliver<Sink: TrialSink>(_ row: borrowing TrialRow, to sink: inout Sink) throws {
    rows += 1
    if row.score == nil { missingScores += 1 }
    if let variant = row.variant { note(variant) }
    try sink.receive(row)
  }

  /// Remembers an arm. Rows usually name the same arm as the row before, or go round in turn.
  @inline(__always)
  private mutating func note(_ variant: BorrowedText) {
    if lastVariant < variants.count, variant.hasText(variants[lastVariant]) { return }
    noteOther(variant)
  }

  private mutating func noteOther(_ variant: BorrowedText) {
    guard variants.count < IntakeSummary.maximumVariants else { return }
    if variants.count <= 16 {
      for step in 1..<max(variants.count, 1) {
        let candidate = (lastVariant + step) % variants.count
        if variant.hasText(variants[candidate]) {
          lastVariant = candidate
          return
        }
      }
    }
    let name = variant.string
    guard variantSet.insert(name).inserted else { return }
    lastVariant = variants.count
    variants.append(name)
  }
}
