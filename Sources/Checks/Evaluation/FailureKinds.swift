import Records
import Statistics

/// What failed and how long its input was, of the newest trials: for looking at, nothing is judged by it.
struct FailureKinds {
  /// A range of lengths of the input.
  struct Bucket: Equatable {
    let label: String
    /// Longest input of the bucket, in tokens; nil for the last.
    let most: Int64?
    var trials = 0
    var failures = 0
  }

  /// More kinds than this are free text.
  private static let kindLimit = 1_000

  private(set) var kinds: [String: Int] = [:]
  private(set) var buckets = [
    Bucket(label: "up to 2k tokens", most: 2_000), Bucket(label: "2k to 8k tokens", most: 8_000),
    Bucket(label: "8k to 32k tokens", most: 32_000), Bucket(label: "above 32k tokens", most: nil),
  ]
  private(set) var seen = 0

  mutating func add(attributes: String?, inputTokens: Int64?, passed: Bool?) {
    guard let passed else { return }
    seen += 1
    let hasKind = !passed && (attributes?.contains("\"failure_type\"") ?? false)
    let hasLength = attributes?.contains("\"context_tokens\"") ?? false
    let values = hasKind || hasLength ? attributes.flatMap { try? JSONValue(parsing: $0) } : nil
    if hasKind, let kind = values?["failure_type"]?.text,
      kinds[kind] != nil || kinds.count < FailureKinds.kindLimit
    {
      kinds[kind, default: 0] += 1
    }
    guard let tokens = values?["context_tokens"]?.whole ?? inputTokens, tokens >= 0 else { return }
    guard let place = buckets.firstIndex(where: { bucket in bucket.most.map { tokens <= $0 } ?? true }) else { return }
    buckets[place].trials += 1
    buckets[place].failures += passed ? 0 : 1
  }

  var figures: [Figure] {
    var figures: [Figure] = []
    if !kinds.isEmpty {
      let ordered = kinds.keys.orderedByBytes().map { (key: $0, value: kinds[$0] ?? 0) }.ordered { -$0.value }
      figures.append(
        .table(
          title: "Kinds of failure, of the newest \(NumberWords.counted(seen, "trial"))",
          columns: ["kind", "failures"],
          rows: ordered.prefix(10).map { [$0.key, "\($0.value)"] }))
    }
    let filled = buckets.filter { $0.trials > 0 }
    if !filled.isEmpty {
      figures.append(
        .intervals(
          title: "Failure rate by length of the input, of the newest \(NumberWords.counted(seen, "trial"))",
          unit: .share,
          rows: filled.map { bucket in
            let interval = ProportionInterval.wilson(
              successes: Double(bucket.failures), trials: Double(bucket.trials))
            return Figure.IntervalRow(
              bucket.label, Double(bucket.failures) / Double(bucket.trials), low: interval.low, high: interval.high,
              note: NumberWords.counted(bucket.trials, "trial"))
          }))
    }
    return figures
  }
}
