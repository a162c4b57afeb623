public import ArgumentParser
public import Intake

/// How rows of a file are read as trials; everything left open is guessed from names and content, and the guesses are said.
struct InputFlags: ParsableArguments {
  @Option(help: ArgumentHelp("Column that identifies the item.", valueName: "column"))
  var item: String?

  @Option(
    help: ArgumentHelp(
      "Column of the score, or prediction=label for two columns that should agree; given twice or more, each is a variant.",
      valueName: "column"))
  var score: [String] = []

  @Option(
    help: ArgumentHelp(
      "Column of the dependence cluster: items that share a document, a user, a conversation.", valueName: "column"))
  var cluster: String?

  @Option(help: ArgumentHelp("Column to break the result down by; may be given several times.", valueName: "column"))
  var slice: [String] = []

  @Option(
    name: .customLong("repeat"), help: ArgumentHelp("Column that numbers repeats of an item.", valueName: "column"))
  var repetition: String?

  @Flag(help: "Rows of one item are repeats, numbered by their order.")
  var repeatsByOrder = false

  @Option(
    help: ArgumentHelp(
      "Column that tells predictions of one item apart, when each is judged again.", valueName: "column"))
  var prediction: String?

  @Option(help: ArgumentHelp("Column that numbers the judge's runs on one prediction.", valueName: "column"))
  var judgeRepeat: String?

  @Option(help: ArgumentHelp("Column of the suite or task; items of different ones never pair.", valueName: "column"))
  var suite: String?

  @Option(help: ArgumentHelp("Column that names the variant (model, prompt) of a row.", valueName: "column"))
  var variant: String?

  @Option(help: ArgumentHelp("Metric to compare, where the input has several.", valueName: "name"))
  var metric: String?

  @Option(
    help: ArgumentHelp("Scorer to compare, in Inspect logs and lm-evaluation-harness samples.", valueName: "name"))
  var scorer: String?

  @Option(help: ArgumentHelp("Prompt to compare, in promptfoo results.", valueName: "label"))
  var prompt: String?

  @Option(help: ArgumentHelp("Provider to compare, in promptfoo results.", valueName: "id"))
  var provider: String?

  @Option(help: ArgumentHelp("Column of what a row cost.", valueName: "column"))
  var cost: String?

  @Option(help: ArgumentHelp("Column of the tokens a row used.", valueName: "column"))
  var tokens: String?

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Read only rows where a column has a value; may be given several times.", valueName: "column=value"))
  var filters: [String] = []

  @Option(help: ArgumentHelp("Read the input as this format instead of detecting it.", valueName: "format"))
  var inputFormat: FileFormat?

  func validate() throws {
    for filter in filters where !filter.contains("=") {
      throw ValidationError("--where takes column=value, for example --where split=test, not '\(filter)'.")
    }
  }

  var options: IntakeOptions {
    var options = IntakeOptions()
    options.item = item
    options.scores = score
    options.cluster = cluster
    options.slices = slice
    options.repetition = repetition
    options.variant = variant
    options.prediction = prediction
    options.judgeRepeat = judgeRepeat
    options.suite = suite
    options.metric = metric
    options.scorer = scorer
    options.prompt = prompt
    options.provider = provider
    options.cost = cost
    options.tokens = tokens
    options.format = inputFormat
    options.filters = filters.map { filter in
      let parts = filter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return IntakeOptions.Filter(column: String(parts[0]), value: String(parts[1]))
    }
    return options
  }
}

extension FileFormat: ExpressibleByArgument {}
