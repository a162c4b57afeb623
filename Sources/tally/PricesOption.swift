import ArgumentParser
import Checks
import Intake
import Pricing
import Project
import Records

/// Which tables price spans: those that the command names, else those of the project file. The models' own prices of the
/// project file come before either.
struct PricesOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      A table of prices: the data file of genai-prices, or LiteLLM's map of models; may be given several times. Else those \
      of tally.yaml (prices).
      """, valueName: "file"))
  var prices: [String] = []

  func validate() throws {
    guard !prices.contains("") else { throw ValidationError("--prices takes the path of a file.") }
  }

  /// Nil when nothing prices anything.
  /// - Parameter file: the project file, beside which its tables lie.
  /// - Throws: `IntakeError` for a table that cannot be read: leaving spans unpriced without a word would be worse.
  func pricing(_ project: Project?, file: String?) throws -> SpanPricing? {
    let own = project?.ownPrices(source: file ?? ProjectOption.usualName)
    var tables = try prices.map { try PriceFile.read($0) }
    if tables.isEmpty {
      tables = try (project?.prices ?? []).map { settings in
        try PriceFile.read(
          ProjectOption.path(settings.path, beside: file), validity: Validity(from: settings.from, to: settings.to))
      }
    }
    guard own != nil || !tables.isEmpty else { return nil }
    return SpanPricing(PriceBook(own: own, tables))
  }

  /// The same, of the nearest project file.
  func pricing() throws -> SpanPricing? {
    guard let file = ProjectOption.nearest else { return try pricing(nil, file: nil) }
    return try pricing(try Project.load(file: file, policies: Catalogue.policies), file: file)
  }
}

/// Prices spans while they are stored; the tables are read when the first span comes, since most deliveries hold none.
struct SpanPricer {
  private let load: () throws -> SpanPricing?
  private var pricing: SpanPricing??
  private var used: Set<SHA256Digest> = []

  init(_ load: @escaping () throws -> SpanPricing?) {
    self.load = load
  }

  /// What a span costs; nil where nothing prices it.
  mutating func cost(of span: SpanRecord) throws -> CostRecord? {
    if pricing == nil { pricing = .some(try load()) }
    return (pricing ?? nil)?.cost(of: span)
  }

  /// The table that a cost names, where no cost named it before.
  mutating func newTables(of cost: CostRecord, now: Instant) -> [ArtifactRecord] {
    guard let version = cost.priceVersion.flatMap({ SHA256Digest(hexadecimal: $0) }), used.insert(version).inserted
    else { return [] }
    let tables = (pricing ?? nil)?.book.tables ?? []
    return tables.filter { $0.version == version }.prefix(1).map { $0.artifact(at: now) }
  }
}
