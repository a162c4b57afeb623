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
  /// Whether rows come with the details that only a ledger keeps. The options from here on need it.
  public var keepsDetails = false
  /// Further columns that, with the first, identify the item.
  public var moreItems: [String] = []
  /// Column of the right label.
  public var expected: String?
  /// Column of the label that was given.
  public var predicted: String?
  /// Column of the prediction's confidence, 0…1.
  public var confidence: String?
  /// Columns of the probabilities of classes, from which prediction and confidence follow: names, or `p0..p19`. A single
  /// column is the probability of class 1 against class 0.
  public var probabilities: [String] = []
  /// Column of the time.
  public var time: String?
  /// The format, when it shall not be detected.
  public var format: FileFormat?

  public init() {}
}

extension IntakeOptions {
  /// What the option is called that names a column: where records are made, the short name names the thing itself.
  func column(_ option: String) -> String {
    guard keepsDetails else { return option }
    return switch option {
    case "--suite", "--variant": option + "-column"
    case "--slice": "--tag"
    default: option
    }
  }

  /// The options for a log, in which `--score` names one of its metrics and not a column.
  /// - Throws: `IntakeError` when several scores are named.
  func forLog(file: String) throws -> IntakeOptions {
    guard keepsDetails, let score = scores.first else { return self }
    guard scores.count == 1 else {
      throw IntakeError(
        file: file, problem: "a log has one score a trial, and \(scores.count) were named",
        remedy: "Store it once for each --score")
    }
    var options = self
    options.metric = score
    options.scores = []
    return options
  }

  /// Refuses options that choose among trials, of which spans and bills have none.
  func checkRecordOptions(_ format: FileFormat, holding content: String, file: String) throws {
    try checkLogOptions(format, file: file)
    let choices = [
      ("--scorer", scorer), ("--cluster", cluster), (column("--slice"), slices.first), ("--metric", metric),
    ]
    if let (option, value) = choices.first(where: { $0.1 != nil }), let value {
      throw IntakeError(
        file: file,
        problem: "\(option) \(value) chooses among trials, and this format (\(format.rawValue)) holds \(content)",
        remedy: "Leave it out")
    }
  }

  /// Refuses options that name columns, which the logs of evaluation tools do not have: passing over them would answer
  /// another question than the one that was asked.
  /// - Throws: `IntakeError` naming the option and what to use.
  func checkLogOptions(_ format: FileFormat, file: String) throws {
    let columns = [
      ("--item", item), ("--score", scores.first), (column("--suite"), suite), ("--repeat", repetition),
      (column("--variant"), variant), ("--expected", expected), ("--predicted", predicted),
      ("--confidence", confidence), ("--probabilities", probabilities.first), ("--time-column", time),
      ("--prediction", prediction), ("--judge-repeat", judgeRepeat), ("--cost", cost), ("--tokens", tokens),
      ("--where", filters.first?.column),
    ]
    if let (option, column) = columns.first(where: { $0.1 != nil }), let column {
      throw IntakeError(
        file: file,
        problem: "\(option) \(column) names a column, but this format (\(format.rawValue)) has fields of its own",
        remedy: keepsDetails
          ? "Leave it out; --scorer, --score, --prompt, --provider, --cluster and --tag choose from a log"
          : "Leave it out; --scorer, --metric, --prompt, --provider, --cluster and --slice choose from a log")
    }
    let isPromptfoo = format == .promptfoo
    if isPromptfoo, let scorer {
      throw IntakeError(
        file: file, problem: "--scorer \(scorer) does not apply to promptfoo", remedy: "Name a score with --metric")
    }
    if !isPromptfoo, let arm = prompt ?? provider {
      throw IntakeError(
        file: file, problem: "--prompt and --provider choose from promptfoo's results, not \(arm) from this format",
        remedy: "Leave them out")
    }
  }
}
