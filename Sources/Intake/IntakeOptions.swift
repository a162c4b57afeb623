/// What the user said about the input; whatever is left open is guessed from names and content.
public struct IntakeOptions: Sendable, Equatable {
  /// Keeps only the rows whose column has this value.
  public struct Filter: Sendable, Equatable {
    public var column: String
    public var value: String

    public init(column: String, value: String) {
      self.column = column
      self.value = value
    }
  }

  /// Column (JSON: dotted path) of the item's identifier.
  public var item: String?
  /// Columns of the score. `prediction=label` scores 1 where two columns hold the same text and 0 where they differ.
  /// With several, each becomes an arm of its own, named after the column.
  public var scores: [String] = []
  /// Column of the suite an item belongs to; items of different suites never pair.
  public var suite: String?
  /// Column of the dependence cluster.
  public var cluster: String?
  /// Columns whose values slice the result.
  public var slices: [String] = []
  /// Column of the repeat (epoch, trial number).
  public var repetition: String?
  /// Column of the arm.
  public var variant: String?
  /// Column of the prediction that was judged.
  public var prediction: String?
  /// Column of the judge's run on that prediction.
  public var judgeRepeat: String?
  /// Column of the cost.
  public var cost: String?
  /// Column of the tokens.
  public var tokens: String?
  /// Rows to keep; all must hold.
  public var filters: [Filter] = []
  /// The metric to take as score where a format carries several.
  public var metric: String?
  /// The scorer to take the score from where a format carries several.
  public var scorer: String?
  /// The prompt to keep where a format carries several.
  public var prompt: String?
  /// The provider to keep where a format carries several.
  public var provider: String?
  /// The format, when it shall not be detected.
  public var format: FileFormat?

  public init() {}
}
