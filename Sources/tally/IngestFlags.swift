public import ArgumentParser
import Intake
public import Records

/// What the trials and spans of a delivery are called.
struct IngestNaming: ParsableArguments {
  @Option(help: ArgumentHelp("Suite of the trials.", valueName: "name")) var suite: String?
  @Option(help: ArgumentHelp("Version of the suite; versions are never compared.", valueName: "version"))
  var suiteVersion: String?
  @Option(help: ArgumentHelp("Variant that was tried: prod, candidate, a model.", valueName: "name"))
  var variant: String?
  @Option(help: ArgumentHelp("What is scored, as it is called in the ledger.", valueName: "name"))
  var metric: String?
  @Option(help: ArgumentHelp("Who scored, id@version.", valueName: "id")) var judge: String?
  @Option(
    help: ArgumentHelp(
      "Time of rows without one (else the log's, else the file's modification time).", valueName: "time"))
  var at: Instant?

  @Option(
    help: ArgumentHelp(
      "Attribute of spans that names their feature (else service.name); may be given several times.",
      valueName: "attribute"))
  var featureAttribute: [String] = []
  @Option(
    help: ArgumentHelp(
      "Attribute of spans that names their tenant; may be given several times.", valueName: "attribute"))
  var tenantAttribute: [String] = []
  @Option(
    help: ArgumentHelp("Attribute of spans to keep as a tag; may be given several times.", valueName: "attribute"))
  var tagAttribute: [String] = []

  func validate() throws {
    for (name, value) in [
      ("suite", suite), ("suite-version", suiteVersion), ("variant", variant), ("metric", metric), ("judge", judge),
    ] where value?.isEmpty == true {
      throw ValidationError("--\(name) takes a name that is not empty.")
    }
  }

  func apply(to options: inout RecordOptions) {
    options.suite = suite
    options.suiteVersion = suiteVersion
    options.variant = variant
    options.metric = metric
    options.judge = judge
    options.at = at
    options.spans.featureAttributes = featureAttribute
    options.spans.tenantAttributes = tenantAttribute
    options.spans.tagAttributes = tagAttribute
  }
}

extension Instant: ExpressibleByArgument {
  /// RFC 3339, or a date, which is the day's beginning in UTC.
  public init?(argument: String) {
    guard let instant = Instant(argument) else { return nil }
    self = instant
  }
}

/// How rows of a file are read as trials; everything left open is guessed from names and content, and the guesses are said.
struct IngestReading: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Column that identifies the item; given several times, the columns identify it together.", valueName: "column"))
  var item: [String] = []
  @Option(
    help: ArgumentHelp(
      """
      Column of the score, or prediction=label for two columns that should agree; given twice or more, each is a \
      variant. Of a log, the metric to take.
      """,
      valueName: "column"))
  var score: [String] = []
  @Option(help: ArgumentHelp("Column of the right label.", valueName: "column")) var expected: String?
  @Option(help: ArgumentHelp("Column of the label that was given.", valueName: "column")) var predicted: String?
  @Option(help: ArgumentHelp("Column of the prediction's confidence, 0 to 1.", valueName: "column"))
  var confidence: String?
  @Option(
    help: ArgumentHelp(
      """
      Columns of class probabilities, p0..p19 or a,b,c: the most probable class is the prediction. One column alone is \
      the probability of class 1 against class 0.
      """, valueName: "columns"))
  var probabilities: [String] = []
  @Option(help: ArgumentHelp("Column of a row's time.", valueName: "column")) var timeColumn: String?
  @Option(
    help: ArgumentHelp(
      "Column of the dependence cluster: items that share a document, a user, a conversation.", valueName: "column"))
  var cluster: String?
  @Option(
    name: [.customLong("tag"), .customLong("slice")],
    help: ArgumentHelp("Column to keep as a tag; may be given several times.", valueName: "column"))
  var tag: [String] = []
  @Option(
    name: .customLong("repeat"), help: ArgumentHelp("Column that numbers repeats of an item.", valueName: "column"))
  var repetition: String?
  @Flag(help: "Rows of one item are repeats, numbered by their order.") var repeatsByOrder = false
  @Option(
    help: ArgumentHelp(
      "Column that tells predictions of one item apart, when each is judged again.", valueName: "column"))
  var prediction: String?
  @Option(help: ArgumentHelp("Column that numbers the judge's runs on one prediction.", valueName: "column"))
  var judgeRepeat: String?
  @Option(help: ArgumentHelp("Column that names the suite of a row.", valueName: "column")) var suiteColumn: String?
  @Option(help: ArgumentHelp("Column that names the variant of a row.", valueName: "column")) var variantColumn: String?
  @Option(
    help: ArgumentHelp("Scorer to take, in Inspect logs and lm-evaluation-harness samples.", valueName: "name"))
  var scorer: String?
  @Option(help: ArgumentHelp("Prompt to take, in promptfoo results.", valueName: "label")) var prompt: String?
  @Option(help: ArgumentHelp("Provider to take, in promptfoo results.", valueName: "id")) var provider: String?
  @Option(help: ArgumentHelp("Column of what a row cost, in US dollars.", valueName: "column")) var cost: String?
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

  func apply(to records: inout RecordOptions) {
    records.repeatsByOrder = repeatsByOrder
    apply(to: &records.reading)
  }

  private func apply(to options: inout IntakeOptions) {
    options.item = item.first
    options.moreItems = Array(item.dropFirst())
    options.scores = score
    options.expected = expected
    options.predicted = predicted
    options.confidence = confidence
    options.probabilities = probabilities
    options.time = timeColumn
    options.cluster = cluster
    options.slices = tag
    options.repetition = repetition
    options.prediction = prediction
    options.judgeRepeat = judgeRepeat
    options.suite = suiteColumn
    options.variant = variantColumn
    options.scorer = scorer
    options.prompt = prompt
    options.provider = provider
    options.cost = cost
    options.format = inputFormat
    options.filters = filters.map { filter in
      let parts = filter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return IntakeOptions.Filter(column: String(parts[0]), value: String(parts[1]))
    }
  }
}
